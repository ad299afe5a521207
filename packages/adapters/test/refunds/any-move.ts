/** What may happen to an order with refunds, in any sequence: returns, wishes of staff, answers, doubts, the portal. */
import type { Outcome, ReturnStage } from '@postdelivery/core'
import fc from 'fast-check'

/** What is asked to be paid back. */
export interface Wish {
  readonly basis: 'returned_items' | 'remaining' | 'amount' | 'percent'
  readonly stage: ReturnStage | undefined
  readonly amountMinor: number
  readonly percent: number
  readonly returnFeeMinor: number | undefined
}

/** One thing that happens. Numbers named `...Pick` choose among what there is. */
export type Move =
  | {
      readonly kind: 'return'
      readonly stage: ReturnStage
      readonly returnPick: number
      readonly capturePick: number
      readonly lines: readonly { readonly linePick: number; readonly quantity: number }[]
      /** Whole minutes before or after the story's present. */
      readonly afterMinutes: number
      readonly wishes: readonly Wish[]
      readonly mode: 'live' | 'approval'
    }
  | {
      readonly kind: 'staff'
      readonly capturePick: number | undefined
      readonly returnPick: number | undefined
      readonly wish: Wish
    }
  | { readonly kind: 'answer'; readonly commandPick: number; readonly outcome: Outcome }
  | { readonly kind: 'audit'; readonly commandPick: number; readonly isPresent: boolean }
  | { readonly kind: 'approve' | 'reject' | 'expire' | 'resume'; readonly commandPick: number }
  | {
      readonly kind: 'resolve'
      readonly commandPick: number
      readonly how: 'happened' | 'did_not_happen' | 'try_as_new'
    }
  /** An answer to whatever is settled, or under a key that was given up. */
  | {
      readonly kind: 'late'
      readonly commandPick: number
      readonly isOldKey: boolean
      readonly outcome: Outcome
    }
  | { readonly kind: 'portal'; readonly percent: number }
  | { readonly kind: 'confirmBooks' }
  | { readonly kind: 'refresh'; readonly addsCapture: boolean; readonly refundedPercent: number }

const pick = fc.nat({ max: 40 })
const stage = fc.constantFrom('registered', 'received', 'inspected')

const wish: fc.Arbitrary<Wish> = fc.record({
  basis: fc.oneof(
    { weight: 6, arbitrary: fc.constant('returned_items') },
    fc.constantFrom('remaining', 'amount', 'percent'),
  ),
  stage: fc.option(stage, { nil: undefined, freq: 1 }),
  amountMinor: fc.integer({ min: 1, max: 5_000 }),
  percent: fc.integer({ min: 1, max: 100 }),
  // Most orders do not take one, and then nothing is refunded.
  returnFeeMinor: fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    fc.integer({ min: 1, max: 500 }),
  ),
})

const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  { type: 'done', resultId: 'refund-1', evidence: 'answer' },
  { type: 'done', resultId: 'refund-1', evidence: 'answer' },
  { type: 'refused', code: 'REFUND_NOT_ALLOWED' },
  { type: 'unknown', reason: 'timeout' },
  { type: 'not_started', reason: 'http_429', waitMs: 1000 },
  { type: 'configuration', reason: 'http_401' },
  { type: 'needs_person', reason: 'http_422' },
)

/** Any one of them, what happens often more often. */
export const anyMove: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      kind: fc.constant('return'),
      stage,
      returnPick: fc.nat({ max: 2 }),
      capturePick: pick,
      lines: fc.array(fc.record({ linePick: pick, quantity: fc.integer({ min: 1, max: 8 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      afterMinutes: fc.integer({ min: -3, max: 3 }),
      wishes: fc.array(wish, { minLength: 0, maxLength: 2 }),
      mode: fc.constantFrom('live', 'live', 'approval'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('staff'),
      capturePick: fc.option(pick, { nil: undefined }),
      returnPick: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 2 }),
      wish,
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('answer'), commandPick: pick, outcome }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('audit'),
      commandPick: pick,
      isPresent: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('approve', 'approve', 'reject', 'expire', 'resume'),
      commandPick: pick,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('resolve'),
      commandPick: pick,
      how: fc.constantFrom('happened', 'did_not_happen', 'try_as_new'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('late'),
      commandPick: pick,
      isOldKey: fc.boolean(),
      outcome: fc.constantFrom<Outcome>(
        { type: 'done', resultId: 'refund-late', evidence: 'answer' },
        { type: 'done', resultId: 'refund-late', evidence: 'answer' },
        { type: 'unknown', reason: 'http_500' },
      ),
    }),
  },
  fc.record({ kind: fc.constant('portal'), percent: fc.integer({ min: 1, max: 100 }) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirmBooks') }) },
  fc.record({
    kind: fc.constant('refresh'),
    addsCapture: fc.boolean(),
    refundedPercent: fc.constantFrom(0, 0, 0, 30),
  }),
)
