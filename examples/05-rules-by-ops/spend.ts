/** What a rule set would have spent on past orders. */
import {
  createTally,
  DEFAULT_DEADLINE_DAYS,
  DEFAULT_UNUSUAL_RATE,
  parseEvent,
} from '@postdelivery/core'
import { compileRules, type RuleSet, simulatedRulesOf, type Vocabulary } from '@postdelivery/rules'
import type { PastOrder } from 'postdelivery/testing'
import { approval, limits } from '../limits.ts'

/** Extensions of due dates in one currency. */
export interface Spent {
  readonly count: number
  /** Klarna's fees in minor units, by its price list. */
  readonly feeMinor: number
}

/**
 * Carries every order through its events, so that what is done first changes what is decided later.
 *
 * Returns: what was spent, by currency.
 */
export function spendOn(
  orders: readonly PastOrder[],
  ruleSet: RuleSet,
  vocabulary: Vocabulary,
): ReadonlyMap<string, Spent> {
  const rules = simulatedRulesOf(compileRules(vocabulary, [ruleSet]))
  const tellOrder = createTally(rules, {
    settings: {
      timeZone: 'Europe/Stockholm',
      limits,
      approval,
      deadlineDays: DEFAULT_DEADLINE_DAYS,
      unusualRate: DEFAULT_UNUSUAL_RATE,
      observe: false,
    },
  })
  const spent = new Map<string, Spent>()
  for (const { events } of orders) {
    const read = events.map(parseEvent).flatMap((event) => (event.ok ? [event.value] : []))
    const { steps, order } = tellOrder(read)
    const currency = order?.currency ?? ''
    for (const { feeMinor } of steps.flatMap(({ actions }) =>
      actions.flatMap(({ commands }) => commands),
    )) {
      const before = spent.get(currency) ?? { count: 0, feeMinor: 0 }
      spent.set(currency, { count: before.count + 1, feeMinor: before.feeMinor + feeMinor })
    }
  }
  return spent
}
