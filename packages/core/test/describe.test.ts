import {
  type ConditionTrace,
  describeReasons,
  describeRefusal,
  firstRefusal,
  REFUSALS,
  refusal,
  WORK_KINDS,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { fired } from './builders.ts'

const leaf = (
  fact: string,
  operator: string,
  wanted: unknown,
  seen: never,
  verdict: 'true' | 'false' = 'true',
): ConditionTrace => ({ kind: 'condition', fact, operator, wanted, seen, verdict })

describe('sentences for people', () => {
  it('say the conditions that made a rule fire', () => {
    const trace: ConditionTrace = {
      kind: 'all',
      verdict: 'true',
      of: [
        leaf('return.reason', 'equal', 'damaged', 'damaged' as never),
        leaf('order.payLater', 'equal', true, true as never),
        leaf('return.valueMinor', 'lessThanInclusive', 50_000, 3000 as never),
        leaf('time.daysToDueDate', 'lessThan', 14, 6 as never),
        {
          kind: 'any',
          verdict: 'true',
          of: [
            leaf('order.country', 'in', ['SE', 'NO'], 'SE' as never),
            leaf('order.country', 'equal', 'DE', 'SE' as never, 'false'),
          ],
        },
        {
          kind: 'not',
          verdict: 'true',
          of: [leaf('capture.tracked', 'equal', true, false as never, 'false')],
        },
      ],
    }
    expect(describeReasons({ ...fired('sendOut'), trace }, 'SEK')).toBe(
      'damaged, pay later, value 30.00 SEK (<= 500.00 SEK), 6 days to due date (< 14), country "SE" (in ["SE","NO"])',
    )
    expect(describeReasons(fired('sendOut'), 'SEK')).toBe('')
  })

  it('say a refusal with its facts', () => {
    expect(
      describeRefusal(refusal('refund_exceeds_captured', { refundMinor: 2, leftMinor: 1 })),
    ).toBe(
      'the refund would exceed what is left of the captured amount (refundMinor 2, leftMinor 1)',
    )
    expect(describeRefusal(refusal('no_option_offered'))).toBe('Klarna offers no extension now')
  })

  it('choose the refusal that comes first in the table', () => {
    expect(firstRefusal([refusal('nothing_to_refund'), refusal('unknown_order')])?.code).toBe(
      'unknown_order',
    )
    expect(firstRefusal([])).toBeUndefined()
  })

  it('are lower case, without a full stop', () => {
    const sentences = [
      ...Object.values(REFUSALS),
      ...Object.values(WORK_KINDS).flatMap(({ what, next }) => [what, next]),
    ]
    for (const sentence of sentences) expect(sentence).toMatch(/^(?!.*\.$)(Klarna|[a-z])/)
  })
})
