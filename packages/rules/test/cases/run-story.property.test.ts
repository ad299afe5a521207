/** Stories of people who try everything: whatever can be read is told to its end, and each step is answered for. */
import { runRuleTests } from '@postdelivery/rules'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aFile, aStory, type Json, read, returns, vocabulary } from './builders.ts'

const at = fc
  .integer({ min: 0, max: 60 })
  .map((day) => new Date(Date.UTC(2026, 9, 20 + day, 12)).toISOString())
const quantity = fc.constantFrom(1, 2, 3, 1_000_000)
const reference = fc.constantFrom('shirt', 'coat')
const captureId = fc.constantFrom(undefined, 'c-1', 'c-2')

const returned = fc
  .record({
    type: fc.constantFrom('return.registered', 'return.received', 'return.inspected'),
    at,
    captureId,
    returnId: fc.constantFrom('R-1', 'R-2'),
    reason: fc.constantFrom('damaged', 'wrong item', 'late'),
    lines: fc.array(fc.record({ reference, quantity }), { minLength: 1, maxLength: 2 }),
  })
  .map((event): Json => event)

const others = fc.oneof(
  fc.record({ type: fc.constantFrom('delivery.accepted', 'order.observed', 'shop.called'), at }),
  fc.record({ type: fc.constant('shipment.delivered'), at, deliveredAt: at, captureId }),
  fc.record({ type: fc.constant('customer.reported'), at, problem: fc.constant('damaged') }),
  fc.record({
    type: fc.constant('action.requested'),
    at,
    by: fc.constant('anna'),
    why: fc.constant('asked'),
    action: fc.constantFrom(
      { type: 'refund', params: { basis: 'remaining' } },
      { type: 'refund', params: { basis: 'amount', amountMinor: 999_999 } },
      { type: 'releaseAuthorization' },
      { type: 'extendDueDate', params: { days: 10, maxFeeMinor: { EUR: 1 } } },
    ),
  }),
)

const steps = fc.array(
  fc.record({
    event: fc.oneof({ arbitrary: returned, weight: 3 }, others as fc.Arbitrary<Json>),
    klarna: fc.constantFrom('confirmed', 'refused', 'pending'),
    people: fc.constantFrom('none', 'approved', 'rejected'),
    expect: fc.constant({ actions: [] }),
  }),
  { maxLength: 8 },
)

it('a story is told to its end whatever happens in it, and says the same when told again', () => {
  fc.assert(
    fc.property(steps, fc.option(at, { nil: undefined }), (events, until) => {
      const story = aStory(JSON.parse(JSON.stringify(events)), until === undefined ? {} : { until })
      const check = read(aFile([story]))
      if (!check.ok) throw new Error(JSON.stringify(check.issues))
      const [first, again] = [1, 2].map(
        () => runRuleTests(check.tests, returns, vocabulary).results,
      )
      const differences = first?.[0]?.differences ?? []

      expect(again).toEqual(first)
      // Nothing is expected of any step, so each difference is an action, a refusal or a deadline that came of it.
      expect(differences.filter(({ wanted }) => !EXPECTED.includes(wanted))).toEqual([])
    }),
    { numRuns: 60 },
  )
})

const EXPECTED = ['no other action', 'the event is taken', 'no step tells of it']
