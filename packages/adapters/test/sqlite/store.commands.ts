/** The contract's part on commands: bytes and keys that never change, attempts, claims on shared limits. */
import { type Change, idempotencyKeyOf, type Reservation } from '@postdelivery/core'
import { expect, it } from 'vitest'
import { aChange, aCommand, anEvent, at, commandIdOfName, settled } from './builders.ts'
import type { AnyStore } from './store.contract.ts'

export function describeCommands(opened: () => AnyStore): void {
  let eventCount = 0
  const step = (change: Partial<Change>) => {
    eventCount += 1
    return opened().commit(
      aChange({ event: settled(anEvent({ eventId: `event-${eventCount}` })), ...change }),
    )
  }
  const commandId = commandIdOfName('a')

  it('keeps the exact request of a command', async () => {
    const { request, idempotencyKey } = aCommand('a')
    await step({
      commands: [aCommand('a'), { ...aCommand('b'), request: { ...request, body: null } }],
    })

    expect(await opened().request(commandId, 0)).toEqual({ ...request, idempotencyKey })
    expect(await opened().request(commandIdOfName('b'), 0)).toMatchObject({ body: null })
    expect(await opened().request(commandId, 1)).toBe(undefined)
    expect(await opened().request('unknown', 0)).toBe(undefined)
    expect(await opened().requests('order-1')).toMatchObject([
      { commandId, generation: 0, idempotencyKey },
      { commandId: commandIdOfName('b'), generation: 0 },
    ])
    expect(await opened().requests('order-2')).toEqual([])
  })

  it('takes the same command again without a change', async () => {
    await step({ commands: [aCommand('a')] })

    expect(await step({ commands: [aCommand('a')] })).toMatchObject({ type: 'committed' })
    expect(await opened().requests('order-1')).toHaveLength(1)
  })

  it.each([
    ['other bytes', { ...aCommand('a', 'order-1', '{"refunded_amount":999}') }],
    ['another key', { ...aCommand('a'), idempotencyKey: 'other' }],
  ])('refuses a known command with %s', async (_, changed) => {
    await step({ commands: [aCommand('a')] })

    await expect(step({ commands: [changed] })).rejects.toThrow('other bytes or another key')
    expect(await opened().request(commandId, 0)).toMatchObject(aCommand('a').request)
  })

  it('refuses one key for two commands', async () => {
    const { idempotencyKey } = aCommand('a')
    await step({ commands: [aCommand('a')] })

    const twice = step({ commands: [{ ...aCommand('b'), idempotencyKey }] })

    await expect(twice).rejects.toThrow('idempotency_key')
    expect(await opened().requests('order-1')).toHaveLength(1)
  })

  it('refuses a command of another order', async () => {
    await expect(step({ commands: [aCommand('a', 'order-2')] })).rejects.toThrow('another order')
  })

  it('gives a new generation a new key and the same bytes', async () => {
    const generation = { commandId, generation: 1, idempotencyKey: idempotencyKeyOf(commandId, 1) }
    await step({ commands: [aCommand('a')] })

    await step({ generations: [generation] })
    await step({ generations: [generation] })

    expect(await opened().request(commandId, 1)).toEqual({
      ...aCommand('a').request,
      idempotencyKey: generation.idempotencyKey,
    })
    expect(await opened().requests('order-1')).toHaveLength(2)
    await expect(
      step({ generations: [{ ...generation, idempotencyKey: 'other' }] }),
    ).rejects.toThrow('another key')
    await expect(step({ generations: [{ ...generation, commandId: 'unknown' }] })).rejects.toThrow(
      'has no request',
    )
    await expect(step({ generations: [{ ...generation, generation: 0 }] })).rejects.toThrow(
      'first generation',
    )
  })

  const started = { type: 'started', commandId, generation: 0, attempt: 1, at: at(1) } as const
  const answered = {
    type: 'answered',
    commandId,
    generation: 0,
    attempt: 1,
    at: at(2),
    outcome: { type: 'done', resultId: 'refund-1', evidence: 'answer' },
    correlationId: 'correlation-1',
  } as const

  it('records an attempt when it begins and when it is answered', async () => {
    const attempt = { commandId, generation: 0, attempt: 1, startedAt: at(1) }
    await step({ commands: [aCommand('a')], attempt: started })
    expect(await opened().attempts('order-1')).toEqual([
      { ...attempt, answeredAt: null, outcome: null, correlationId: null },
    ])

    await step({ attempt: answered })

    expect(await opened().attempts('order-1')).toEqual([
      {
        ...attempt,
        answeredAt: at(2),
        outcome: answered.outcome,
        correlationId: 'correlation-1',
      },
    ])
    expect(await opened().attempts('order-2')).toEqual([])
  })

  it.each([
    ['began before', [started], started],
    ['never began', [], answered],
    ['has its outcome already', [started, answered], answered],
  ] as const)('refuses an attempt that %s', async (why, before, again) => {
    await step({ commands: [aCommand('a')] })
    for (const attempt of before) await step({ attempt })

    await expect(step({ attempt: again })).rejects.toThrow(why)
  })

  it('refuses an attempt at a command whose bytes are not stored', async () => {
    await expect(step({ attempt: started })).rejects.toThrow('FOREIGN KEY')
  })

  const claim = (claimed: Partial<Reservation>): Reservation => ({
    commandId: 'a',
    bucket: 'day',
    amount: 1,
    ceiling: 10,
    ...claimed,
  })

  it('takes claims up to the ceiling and not above', async () => {
    expect(await step({ reservations: [claim({ amount: 10 })] })).toMatchObject({
      type: 'committed',
    })

    expect(await step({ reservations: [claim({ commandId: 'b', amount: 1 })] })).toEqual({
      type: 'limit_reached',
      commandId: 'b',
      bucket: 'day',
      ceiling: 10,
    })
    expect(
      await step({ reservations: [claim({ commandId: 'b', bucket: 'other', amount: 11 })] }),
    ).toMatchObject({ type: 'limit_reached', bucket: 'other' })
  })

  it('counts a claim once however often it is taken, and refuses another amount for it', async () => {
    await step({ reservations: [claim({ amount: 6 }), claim({ amount: 6 })] })

    expect(await step({ reservations: [claim({ amount: 6 })] })).toMatchObject({
      type: 'committed',
    })
    expect(await step({ reservations: [claim({ commandId: 'b', amount: 4 })] })).toMatchObject({
      type: 'committed',
    })
    await expect(step({ reservations: [claim({ amount: 7 })] })).rejects.toThrow('another amount')
  })

  it('gives claims back once, and before the same step takes others', async () => {
    await step({ reservations: [claim({ amount: 6 }), claim({ amount: 10, bucket: 'rule' })] })

    const swap = await step({
      freedCommandIds: ['a', 'a', 'unknown'],
      reservations: [claim({ commandId: 'b', amount: 10 })],
    })

    expect(swap).toMatchObject({ type: 'committed' })
    await step({ freedCommandIds: ['a'] })
    expect(await step({ reservations: [claim({ commandId: 'c' })] })).toMatchObject({
      type: 'limit_reached',
    })
    expect(
      await step({ reservations: [claim({ commandId: 'c', bucket: 'rule', amount: 10 })] }),
    ).toMatchObject({ type: 'committed' })
  })

  it.each([-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1])(
    'refuses a claim of %d',
    async (amount) => {
      await expect(
        step({ reservations: [claim({ amount, ceiling: Number.MAX_SAFE_INTEGER })] }),
      ).rejects.toThrow('a claim has no amount')
    },
  )
}
