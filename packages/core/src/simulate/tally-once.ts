/** Counts what several versions of rules say to an order once, at its last event: for quick backtests. */
import type { ReportedEvent } from '../events.ts'
import { TABLE_CHARTS } from '../lifecycle/table-charts.ts'
import type { CountedRules } from '../ports/rule-book.ts'
import { carryOrder, type Life } from './carry-order.ts'
import { createLedger } from './ledger.ts'
import { fullWorld, type SimulatedWorld } from './simulation.ts'
import { type AskedRules, askedRules, decideTallied, type TalliedStep } from './tally-order.ts'

/**
 * Makes a function that tells what each version decides about the last event of an order that wakes a rule of any of them.
 *
 * Everything before that event is applied, and no rule was asked about it; deadlines do not come. What staff asked for is
 * done. The versions see the same order, which is carried there once for all of them.
 * Returns: a step per version; none for an order without such an event.
 * Throws: the function, `AssertionError` when events are of several orders.
 */
export function createTallyOnce(
  versions: readonly CountedRules[],
  world: SimulatedWorld,
): (events: readonly ReportedEvent[]) => readonly TalliedStep[] {
  const asked = versions.map(askedRules)
  const settings = { ...world.settings, deadlineDays: NO_DEADLINES }
  const inhabited = fullWorld({ ...world, settings })
  const isAwake = (type: string) => versions.some((rules) => rules.awakeOn(type).length > 0)
  return (events) => {
    const lastIndex = events.findLastIndex(({ type }) => isAwake(type))
    if (lastIndex === -1) return []
    const steps: TalliedStep[] = []
    const life: Life = {
      world: { ...inhabited, ledger: createLedger() },
      charts: TABLE_CHARTS,
      order: null,
      seq: 0,
    }
    carryOrder(life, events.slice(0, lastIndex + 1), {
      decide(_, event, now) {
        if (event !== events[lastIndex]) decideTallied(life, NO_RULES, event, now)
        else for (const rules of asked) steps.push(decideTallied(copyOf(life), rules, event, now))
      },
      repeated() {},
    })
    return steps
  }

  /** Every version decides for itself, with limits of its own. */
  function copyOf(life: Life): Life {
    return { ...life, world: { ...inhabited, ledger: createLedger() } }
  }
}

const NO_DEADLINES = { due_date: [], authorization_expiry: [], return_window: [] }

/** Nobody is asked: events are applied, and what staff asked for is done. */
const NO_RULES: AskedRules = askedRules({
  ruleSets: [],
  evaluator: 'none',
  rules: [],
  factsNeeded: () => [],
  factsWanted: () => [],
  limitsOf: () => ({}),
  awakeOn: () => [],
  fired: () => [],
})
