import { ACTION_TYPES, type DecidedAction, EVENT_TYPES } from '@postdelivery/core'
import { type CustomerAction, customerNote } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'

const OUTCOMES: readonly DecidedAction['outcome'][] = [
  'queued',
  'awaiting_approval',
  'superseded',
  'refused',
  'not_live',
  'observed',
  'conflict',
  'done',
]
const PHASES = [
  undefined,
  'requested',
  'awaitingApproval',
  'confirmed',
  'refused',
  'rejected',
  'doubtful',
  'auditing',
  'paused',
  'stuck',
  'toString',
]

/** Every combination of event, action, outcome and phase, held back or not. */
const everything = [...EVENT_TYPES, 'deadline.approaching', 'shop.fraud_suspected'].flatMap(
  (event) =>
    ACTION_TYPES.flatMap((type) =>
      OUTCOMES.flatMap((outcome) =>
        PHASES.flatMap((phase) =>
          [false, true].map((isHeld) => {
            const action: CustomerAction = {
              type,
              outcome,
              refundMinor: 3000,
              extensionDays: 10,
              currency: 'SEK',
              isHeld,
              ...(phase === undefined ? {} : { phase }),
            }
            return { event, action, note: customerNote(event, [action]) }
          }),
        ),
      ),
    ),
)

const refund = { type: 'refund', refundMinor: 3000, currency: 'SEK' } as const
const time = { type: 'extendDueDate', extensionDays: 10 } as const
const nothing = 'There is no change to your order or your invoice right now.'
const looking = 'We are looking into your order.'

const cases: readonly (readonly [string, string, readonly CustomerAction[], readonly string[]])[] =
  [
    [
      'a refund that was made',
      'return.received',
      [{ ...refund, outcome: 'queued', phase: 'confirmed' }],
      ['Your return has arrived.', 'Your refund of 30.00 SEK has been made.'],
    ],
    [
      'more time to pay',
      'customer.reported',
      [{ ...time, outcome: 'queued', phase: 'confirmed' }],
      ['Thank you for telling us.', 'You have 10 more days to pay your invoice.'],
    ],
    [
      'an approval that is waited for, without its amount',
      'return.received',
      [{ ...refund, outcome: 'awaiting_approval' }],
      ['Your return has arrived.', looking],
    ],
    [
      'what nobody knows the outcome of, without its amount',
      'return.received',
      [
        { ...refund, outcome: 'queued', phase: 'doubtful' },
        { ...refund, outcome: 'queued', phase: 'auditing' },
      ],
      ['Your return has arrived.', looking],
    ],
    [
      'what is held back, as something that people look at',
      'return.received',
      [{ ...refund, outcome: 'queued', phase: 'requested', isHeld: true }],
      ['Your return has arrived.', looking],
    ],
    [
      'what was made before everything was stopped',
      'return.received',
      [{ ...refund, outcome: 'queued', phase: 'confirmed', isHeld: true }],
      ['Your return has arrived.', 'Your refund of 30.00 SEK has been made.'],
    ],
    [
      'a refusal, as if nothing had been asked',
      'return.received',
      [{ ...refund, outcome: 'refused' }],
      ['Your return has arrived.', nothing],
    ],
    [
      'several actions, each once',
      'return.inspected',
      [
        { ...refund, outcome: 'queued' },
        { type: 'review', outcome: 'done' },
        { type: 'review', outcome: 'done' },
        { type: 'notify', outcome: 'done' },
      ],
      ['Your return has been looked at.', 'Your refund of 30.00 SEK is on its way.', looking],
    ],
    ['an event that is internal', 'deadline.approaching', [], [nothing]],
    [
      'an amount that is not known',
      'order.captured',
      [{ type: 'refund', outcome: 'queued' }],
      ['Your refund is on its way.'],
    ],
  ]

describe('what support tells the customer', () => {
  it.each(cases)('words %s', (_title, event, actions, want) => {
    expect(customerNote(event, actions).happened).toEqual(want)
  })

  it('always says what happened and what comes next, in whole sentences', () => {
    for (const { note } of everything) {
      expect(note.happened.length).toBeGreaterThan(0)
      expect(note.next.length).toBeGreaterThan(0)
      for (const sentence of [...note.happened, ...note.next])
        expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('has no word of rules, limits, judgements or people inside', () => {
    const inside =
      /rule|limit|threshold|approv|fraud|refus|reject|policy|cap\b|fee|review|engine|person|colleague|suspect|check/i
    for (const { note } of everything) {
      for (const sentence of [...note.happened, ...note.next]) expect(sentence).not.toMatch(inside)
    }
  })

  it('names an amount only for what is done or on its way', () => {
    for (const { action, note } of everything) {
      const isNamed = note.happened.join(' ').includes('30.00')
      if (!isNamed) continue
      expect(action.type).toBe('refund')
      expect([undefined, 'toString', 'requested', 'confirmed']).toContain(action.phase)
      if (action.phase !== 'confirmed') expect(action.isHeld).toBe(false)
    }
  })

  it('tells the same of a refusal, a silent rule and a rule that only watches', () => {
    for (const event of EVENT_TYPES) {
      const silence = customerNote(event, [])
      for (const outcome of ['refused', 'superseded', 'not_live', 'observed'] as const)
        expect(customerNote(event, [{ ...refund, outcome }])).toEqual(silence)
    }
  })
})
