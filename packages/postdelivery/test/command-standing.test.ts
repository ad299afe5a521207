import { type CommandState, instant, type OrderState, type Stop } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { type StandingContext, standingOf } from '../src/command-standing.ts'

const now = instant('2026-12-08T08:00:00Z')
const order = { booksDiffer: null, lastDecidedAt: now, commands: [] } as unknown as OrderState
const booksDiffer = { oursMinor: 1, klarnasMinor: 2 } as OrderState['booksDiffer']
const context: StandingContext = { order, settings: { observe: false }, stops: [], now }

/** A refund in a phase; the rest of it counts for nothing here. */
const aCommand = (value: unknown, why: string | null = null): CommandState =>
  ({
    command: { id: 'c', rule: 'returns/Pay back', body: { operation: 'refundOrder' } },
    chart: { value, context: { why } },
  }) as unknown as CommandState

const stopOf = (scope: string): Stop =>
  ({ scope, by: 'anna', why: 'wrong rule', at: '2026-12-08T08:00:00.000Z' }) as Stop

const cases: readonly (readonly [state: CommandState, want: string])[] = [
  [aCommand('confirmed', 'old news'), 'Klarna has done it'],
  [aCommand({ requested: 'ready' }), 'it is on its way to Klarna'],
  [aCommand('awaitingApproval', 'limit:command:refund'), 'it waits for people to agree'],
  [aCommand('refused', 'REFUND_NOT_ALLOWED'), 'Klarna refused it: REFUND NOT ALLOWED'],
  [
    aCommand('rejected', 'approval_expired'),
    'it was given up, and nothing was sent: approval expired',
  ],
  [
    aCommand('doubtful', 'timeout'),
    'nobody knows yet whether Klarna has done it; it is repeated under the same key',
  ],
  [
    aCommand('paused', 'http_401'),
    'Klarna does not accept our set-up; it goes on when a person says so: http 401',
  ],
  [aCommand('later'), 'later'],
]

describe('where a command is now', () => {
  it.each(cases)('%#: is said in words', (state, want) => {
    expect(standingOf(state, context).sentence).toBe(want)
  })

  it.each(['everything', 'action:refund', 'rule:returns/Pay back'])(
    'names the stop of %s that holds it back, and who set it',
    (scope) => {
      const stops = [stopOf('action:sendOut'), stopOf(scope)]

      expect(standingOf(aCommand('requested'), { ...context, stops })).toEqual({
        commandId: 'c',
        phase: 'requested',
        isHeld: true,
        sentence: `it is held back: ${scope} was stopped by anna (wrong rule)`,
      })
      expect(standingOf(aCommand('confirmed'), { ...context, stops })).toMatchObject({
        isHeld: false,
        sentence: 'Klarna has done it',
      })
    },
  )

  it('says that the books must be compared first, and no stop that has nothing to do with it', () => {
    const { sentence } = standingOf(aCommand('requested'), {
      ...context,
      order: { ...order, booksDiffer },
      stops: [stopOf('action:sendOut')],
    })

    expect(sentence).toContain('until a person has compared the books')
  })

  const others: readonly (readonly [Partial<StandingContext>, string])[] = [
    [{ settings: { observe: true } }, 'the engine only observes'],
    [{ order: { ...order, commands: [aCommand('paused')] } }, 'another command of the order is'],
    [{ order: { ...order, lastDecidedAt: instant('2026-12-08T10:00:00Z') } }, 'the clock is far'],
  ]

  it.each(others)('%#: says what else holds it back', (changes, want) => {
    const { isHeld, sentence } = standingOf(aCommand('requested'), { ...context, ...changes })

    expect(isHeld).toBe(true)
    expect(sentence).toContain(`it is held back: ${want}`)
  })
})
