/** The sample orders and the templates speak the same words: every template finds something to do in the samples. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createLedger,
  DEFAULT_DEADLINE_DAYS,
  DEFAULT_UNUSUAL_RATE,
  instant,
  parseEvent,
  type Settings,
  simulateOrder,
} from '@postdelivery/core'
import {
  builtInVocabulary,
  compileRules,
  simulatedRulesOf,
  validateRuleSets,
} from '@postdelivery/rules'
import { samplePastOrders } from 'postdelivery/testing'
import { expect, it } from 'vitest'
import { TEMPLATE_NAMES, templateFolder } from '../src/templates.ts'

const vocabulary = builtInVocabulary()

const maxMinor = Object.fromEntries(
  ['SEK', 'NOK', 'DKK', 'EUR'].map((currency) => [currency, 1_000_000_000]),
)
const money = { refundMaxMinor: maxMinor, extensionFeeMaxMinor: maxMinor }
const counted = { commandMaxCount: 1_000_000, ...money }
const settings: Settings = {
  timeZone: 'Europe/Stockholm',
  limits: {
    perCommand: money,
    perOrder: counted,
    perRuleAndDay: counted,
    perMerchantAndDay: counted,
  },
  approval: {
    refundAboveMinor: maxMinor,
    extensionFeeAboveMinor: maxMinor,
    approvers: 1,
    expiresAfterHours: 24,
  },
  deadlineDays: DEFAULT_DEADLINE_DAYS,
  unusualRate: DEFAULT_UNUSUAL_RATE,
  observe: false,
}

/** How often each rule of a template came to each outcome in the sample orders. */
function tally(name: (typeof TEMPLATE_NAMES)[number]): Readonly<Record<string, number>> {
  const file = `${name}.rules.json`
  const text = readFileSync(join(templateFolder(name), file), 'utf8')
  const check = validateRuleSets([{ file, text }], vocabulary)
  const rules = simulatedRulesOf(compileRules(vocabulary, check.ok ? check.ruleSets : []))
  const world = {
    settings,
    ledger: createLedger(),
    approvalOf: () => 'approved' as const,
    until: instant('2027-01-31T00:00:00Z'),
  }
  const counts: Record<string, number> = {}
  for (const { events } of samplePastOrders()) {
    const read = events.map(parseEvent).flatMap((event) => (event.ok ? [event.value] : []))
    for (const { decision } of simulateOrder(read, rules, world).steps) {
      for (const { rule, outcome } of decision?.actions ?? []) {
        const key = `${rule}: ${outcome}`
        counts[key] = (counts[key] ?? 0) + 1
      }
    }
  }
  return counts
}

it.each(TEMPLATE_NAMES)('%s finds something to do in the sample orders', (name) => {
  const found = Object.keys(tally(name))

  expect(found).not.toEqual([])
})
