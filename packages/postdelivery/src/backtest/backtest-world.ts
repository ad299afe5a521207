/** What stands in for Klarna and for time when a past order is replayed. */
import { listedOffers, type ReportedEvent, type SimulatedWorld } from '@postdelivery/core'
import type { BacktestPlan } from './backtest-plan.ts'
import type { PastOrder } from './past-order.ts'

/** A world that one order after another goes through. */
export interface BacktestWorld {
  readonly simulated: SimulatedWorld
  /** Says whose turn it is. */
  enter(order: PastOrder): void
}

/**
 * Makes the world of a plan.
 *
 * `isAwake` is for a simulation that is told no version but its own: whether a type of event wakes any rule of either.
 */
export function createWorld(
  plan: BacktestPlan,
  isAwake?: (eventType: string) => boolean,
): BacktestWorld {
  let offers: PastOrder['offers'] = null
  let asked: ReportedEvent | undefined
  const { settings, until, once, peopleAgree } = plan
  const toldTo = until === null || once ? {} : { until }
  return {
    simulated: {
      settings: once ? { ...settings, deadlineDays: NO_DEADLINES } : settings,
      ...toldTo,
      offersOf: (order, captureId) =>
        offers === null
          ? listedOffers(order, captureId)
          : { currency: order.currency, options: offers },
      approvalOf: () => (peopleAgree ? 'approved' : 'none'),
      ...(once && isAwake !== undefined ? { isAsked: (event) => event === asked } : {}),
    },
    enter(order) {
      ;({ offers } = order)
      if (isAwake !== undefined) asked = order.events.findLast(({ type }) => isAwake(type))
    },
  }
}

const NO_DEADLINES = { due_date: [], authorization_expiry: [], return_window: [] }
