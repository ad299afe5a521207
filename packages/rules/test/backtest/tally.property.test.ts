import {
  changedDecisions,
  mergeTally,
  type ReplayedOrder,
  reportOf,
  startTally,
  type Tally,
  tallyOrder,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { limits, orders } from './builders.ts'

const EXAMPLES = 3

function tallyOf(list: readonly ReplayedOrder[]): Tally {
  const tally = startTally(EXAMPLES)
  for (const order of list) tallyOrder(tally, order)
  return tally
}

const reported = (tally: Tally) =>
  reportOf(tally, { limits, ruleLimits: { before: new Map(), after: new Map() } })

/** Orders with the share of each, and an order in which the shares are merged. */
const shared = fc
  .array(fc.record({ order: orders, share: fc.integer({ min: 0, max: 3 }) }), { maxLength: 25 })
  .chain((list) =>
    fc.record({
      list: fc.constant(list),
      turn: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    }),
  )

it('comes to the same however orders are shared out and tallies are merged', () => {
  fc.assert(
    fc.property(shared, ({ list, turn }) => {
      const whole = tallyOf(list.map(({ order }) => order))

      const parts = turn.map((share) =>
        tallyOf(list.filter((each) => each.share === share).map(({ order }) => order)),
      )
      const merged = startTally(EXAMPLES)
      for (const part of parts) mergeTally(merged, part)
      const [first, second, third, fourth] = parts
      if (!first || !second || !third || !fourth) throw new Error('four shares are expected')
      mergeTally(third, fourth)
      mergeTally(second, third)
      mergeTally(first, second)

      expect(reported(merged)).toEqual(reported(whole))
      expect(reported(first)).toEqual(reported(whole))
    }),
    { numRuns: 300 },
  )
})

it('loses no action and no money on the way into the tables', () => {
  fc.assert(
    fc.property(fc.array(orders, { maxLength: 10 }), (list) => {
      const report = reported(tallyOf(list))

      for (const side of ['before', 'after'] as const) {
        const actions = list.flatMap((order) => order[side].flatMap((each) => each.actions))
        const done = actions.filter(({ outcome }) => outcome === 'queued')
        const refunds = report.money.filter(({ outcome }) => outcome === 'queued')
        expect(sum(report.actions.map(({ count }) => count[side]))).toBe(actions.length)
        expect(sum(refunds.map(({ refundMinor }) => refundMinor[side]))).toBe(
          sum(done.map(({ refundMinor }) => refundMinor)),
        )
        expect(sum(refunds.map(({ feeMinor }) => feeMinor[side]))).toBe(
          sum(done.map(({ feeMinor }) => feeMinor)),
        )
      }
    }),
  )
})

it('counts a change exactly where an event was answered differently', () => {
  fc.assert(
    fc.property(orders, (order) => {
      const same = { ...order, after: order.before }
      const turned = { ...order, before: order.after, after: order.before }

      expect(changedDecisions(same)).toEqual([])
      expect(
        changedDecisions(turned)
          .map(({ eventId }) => eventId)
          .toSorted(),
      ).toEqual(
        changedDecisions(order)
          .map(({ eventId }) => eventId)
          .toSorted(),
      )
    }),
  )
})

const sum = (list: readonly number[]): number => list.reduce((all, each) => all + each, 0)
