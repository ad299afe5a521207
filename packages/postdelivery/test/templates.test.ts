/** Every template is clean, passes its own tests, tells a whole story, and starts without paying by itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  builtInVocabulary,
  coverageOf,
  formatRuleSet,
  lintRuleSets,
  type Rule,
  readRuleTests,
  runRuleTests,
  scoreMutants,
  validateRuleSets,
} from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { TEMPLATE_NAMES, templateFolder } from '../src/templates.ts'

type TemplateName = (typeof TEMPLATE_NAMES)[number]

const vocabulary = builtInVocabulary()
const textOf = (name: TemplateName, file: string): string =>
  readFileSync(join(templateFolder(name), file), 'utf8')
const fileOf = (name: TemplateName) => {
  const file = `${name}.rules.json`
  return { file, text: textOf(name, file) }
}
const rulesOf = (name: TemplateName) => validateRuleSets([fileOf(name)], vocabulary)

/** Whether a rule costs the shop something: an extension whose cap is nothing does not. */
const costs = ({ event }: Rule): boolean => {
  if (event.type !== 'extendDueDate') return event.type === 'refund'
  const { maxFeeMinor } = event.params
  return Object.values(maxFeeMinor).some((capMinor) => capMinor > 0)
}

describe('the list of templates', () => {
  it('names every folder, and every folder is complete', () => {
    const all = join(templateFolder('damaged-goods'), '..')

    expect(readdirSync(all).toSorted()).toEqual([...TEMPLATE_NAMES].toSorted())
    for (const name of TEMPLATE_NAMES)
      expect(readdirSync(templateFolder(name)).toSorted()).toEqual([
        'README.md',
        `${name}.rules.json`,
        `${name}.tests.json`,
      ])
  })

  it('can be in force all together, but for the one that takes the place of another', () => {
    const together = TEMPLATE_NAMES.filter((name) => name !== 'partial-return')

    expect(lintRuleSets(together.map(fileOf), vocabulary)).toEqual([])
    expect(
      new Set(lintRuleSets(TEMPLATE_NAMES.map(fileOf), vocabulary).map(({ code }) => code)),
    ).toEqual(new Set(['rules_compete', 'repeats_rule']))
  })
})

describe.each(TEMPLATE_NAMES)('template %s', (name) => {
  const check = rulesOf(name)
  const [ruleSet] = check.ok ? check.ruleSets : []
  const tests = readRuleTests(
    textOf(name, `${name}.tests.json`),
    vocabulary,
    ruleSet === undefined ? [] : [ruleSet],
  )

  it('has rules without an issue, of its own name', () => {
    expect(lintRuleSets([fileOf(name)], vocabulary)).toEqual([])
    expect(ruleSet?.name).toBe(name)
  })

  it('stands in the form that `fmt` gives', () => {
    for (const kind of ['rules', 'tests']) {
      const text = textOf(name, `${name}.${kind}.json`)
      expect(formatRuleSet(text)).toEqual({ ok: true, value: text })
    }
  })

  it('passes its own tests, a whole story among them', () => {
    expect(tests.issues).toEqual([])
    if (!tests.ok) return
    const run = runRuleTests(tests.tests, tests.ruleSet, vocabulary)

    expect(run.failed.map(({ testCase, differences }) => [testCase.name, differences])).toEqual([])
    expect(tests.tests.cases.some(({ kind }) => kind === 'story')).toBe(true)
  })

  it('has tests that see every comparison both ways and notice every small mistake', () => {
    if (!tests.ok) return
    const run = runRuleTests(tests.tests, tests.ruleSet, vocabulary)
    const score = scoreMutants(tests.ruleSet, [tests.tests], vocabulary)

    expect(coverageOf(tests.ruleSet, [run]).percent).toBe(100)
    // What waits for a person every time waits with any limits, so that no test can tell them apart.
    expect(
      score?.survivors.filter(({ part, rule }) => part !== 'limits' || rule.mode === 'live'),
    ).toEqual([])
  })

  it('pays nothing by itself, and names limits where it acts', () => {
    for (const rule of ruleSet?.rules ?? []) {
      expect(rule.description, rule.name).toBeDefined()
      if (costs(rule)) expect(['approval', 'shadow'], rule.name).toContain(rule.mode)
      if (rule.event.type !== 'review') {
        expect(rule.limits?.perOrder, rule.name).toBeDefined()
        expect(rule.limits?.perDay, rule.name).toBeDefined()
      }
    }
  })
})
