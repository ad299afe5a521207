/**
 * Past orders of a shop that does not exist, made from a seed: something to try rules on before there are orders of your own.
 *
 * The shares of returns, damage and losses are made up; they say nothing about any market.
 */
import { type Chance, createChance } from './sample-chance.ts'
import { createPurchase } from './sample-purchase.ts'
import { drawStory } from './sample-stories.ts'

/** An event of a sample order; core reads it like any event from outside. */
export interface SampleEvent {
  readonly id: string
  readonly type: string
  readonly orderId: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly [field: string]: unknown
}

/** One past order, which is one line of a file for backtests. */
export interface PastOrder {
  readonly orderId: string
  /** As `submit` takes them, in the order in which they happened. The first is `order.captured`. */
  readonly events: readonly SampleEvent[]
}

/** How many orders, and which. */
export interface SamplePastOrdersOptions {
  /** Default: 200. */
  readonly orderCount?: number
  /** The same seed gives the same orders, and more of them begin with the same ones. Default: 1. */
  readonly seed?: number
}

/**
 * Makes past orders of a shop in the Nordics and the EU: kept, returned, damaged, late, lost, and without an invoice.
 *
 * Units: amounts in minor units of each order's currency. Pure: the same options give the same orders.
 *
 * @example
 * ```ts
 * import { samplePastOrders } from 'postdelivery/testing'
 *
 * const [first] = samplePastOrders({ orderCount: 1 })
 *
 * expect(first?.orderId).toBe('sample-0001')
 * expect(first?.events[0]?.type).toBe('order.captured')
 * ```
 */
export function samplePastOrders({
  orderCount = 200,
  seed = 1,
}: SamplePastOrdersOptions = {}): readonly PastOrder[] {
  const chance = createChance(seed)
  return Array.from({ length: orderCount }, (_, index) =>
    makeOrder(`sample-${String(index + 1).padStart(4, '0')}`, chance),
  )
}

/** Writes one order a line, as `backtest` reads them. */
export const pastOrdersToNdjson = (orders: readonly PastOrder[]): string =>
  orders.map((order) => `${JSON.stringify(order)}\n`).join('')

function makeOrder(orderId: string, chance: Chance): PastOrder {
  const { captured, ...purchase } = createPurchase(orderId, chance)
  const events = [captured, ...drawStory(purchase, chance)]
  return {
    orderId,
    events: events.map(({ type, at, ...rest }, index) => ({
      id: `${orderId}-${index + 1}`,
      type,
      orderId,
      at,
      ...rest,
    })),
  }
}
