import { type CommandResolved, idempotencyKeyOf, orderBooks } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { ACTIONS, DAY_MS, HOUR_MS, ORDER_ID } from './builders.ts'
import { aDecided, type Rig, staff } from './rig.ts'
import { http, lost, old, vanished } from './scripted-klarna.ts'

const resolve = async (rig: Rig, how: CommandResolved['how']): Promise<string | undefined> => {
  const [command] = await rig.commands()
  await rig.tell(staff(rig, command?.command.id ?? '', { type: 'command.resolved', how }))
  return (await rig.store.decisions(ORDER_ID)).at(-1)?.refusal?.code
}

/** A refund that nobody knows of after all repeats and reads. */
const stuck = async (): Promise<Rig> => {
  const rig = await aDecided(ACTIONS.refund)
  rig.klarna.script(vanished, vanished, vanished, vanished)
  await rig.play(DAY_MS)
  expect(await rig.phases()).toEqual(['stuck'])
  expect(await rig.work()).toEqual(['stuck_command'])
  return rig
}

describe('a stuck command that a person resolves', () => {
  test('as happened is booked and sent no more', async () => {
    const rig = await stuck()

    await resolve(rig, 'happened')
    await rig.play(DAY_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(orderBooks(await rig.order())).toMatchObject({ refundedMinor: 1000, reservedMinor: 0 })
    expect(await rig.work()).toEqual([])
    expect(rig.klarna.sent).toHaveLength(4)
  })

  test('as not happened gives back what it reserved', async () => {
    const rig = await stuck()

    await resolve(rig, 'did_not_happen')

    expect(await rig.phases()).toEqual(['refused'])
    expect(orderBooks(await rig.order())).toMatchObject({ refundedMinor: 0, reservedMinor: 0 })
    expect(await rig.work()).toEqual([])
  })

  test('as to be tried anew is sent with another key and the same bytes', async () => {
    const rig = await stuck()
    const { id } = await rig.command()

    await resolve(rig, 'try_as_new')

    const keys = rig.klarna.sent.map((each) => each.key)
    expect(keys.slice(0, 4)).toEqual(Array(4).fill(idempotencyKeyOf(id, 0)))
    expect(keys[4]).toBe(idempotencyKeyOf(id, 1))
    expect(new Set(rig.klarna.sent.map((each) => each.body)).size).toBe(1)
    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.work()).toEqual([])
    const requests = await rig.store.requests(ORDER_ID)
    expect(requests.map((each) => each.generation)).toEqual([0, 1])
    expect(new Set(requests.map((each) => each.hash)).size).toBe(1)
  })

  test('as to be tried anew looks first: what had happened is found, not done twice', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost, lost, lost, lost)
    rig.klarna.scriptReads(null, old, old, old, old, old)
    await rig.play(DAY_MS)
    expect(await rig.phases()).toEqual(['stuck'])

    await resolve(rig, 'try_as_new')

    expect(rig.klarna.sent).toHaveLength(4)
    expect(rig.klarna.done).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('goes through doubt with the new key as with the first, counting from anew', async () => {
    const rig = await stuck()
    rig.klarna.script(vanished, vanished, vanished, vanished)

    await resolve(rig, 'try_as_new')
    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(8)
    expect(new Set(rig.klarna.sent.map((each) => each.key)).size).toBe(2)
    expect(await rig.phases()).toEqual(['stuck'])
    expect(await rig.work()).toEqual(['stuck_command'])
  })

  test('twice in two minds: the first counts', async () => {
    const rig = await stuck()
    await resolve(rig, 'did_not_happen')

    expect(await resolve(rig, 'happened')).toBe('not_stuck')

    expect(await rig.phases()).toEqual(['refused'])
  })
})

describe('a person cannot', () => {
  const story = async (name: string): Promise<Rig> => {
    const rig = await aDecided(ACTIONS.refund)
    if (name === 'doubtful') rig.klarna.script(vanished)
    if (name === 'refused') rig.klarna.script({ answer: http(403, 'REFUND_NOT_ALLOWED') })
    if (name !== 'requested') await rig.run()
    else await rig.store.setStop({ scope: 'everything', by: 'x', why: 'x', at: rig.now() })
    expect(await rig.phases()).toEqual([name])
    return rig
  }
  for (const phase of ['requested', 'doubtful', 'confirmed', 'refused']) {
    test(`resolve or resume a command that is ${phase}; nothing changes, silence neither`, async () => {
      const rig = await story(phase)
      const before = (await rig.order()).commands

      for (const how of ['happened', 'did_not_happen', 'try_as_new'] as const)
        expect(await resolve(rig, how)).toBe('not_stuck')
      const [command] = await rig.commands()
      await rig.tell(staff(rig, command?.command.id ?? '', { type: 'command.resumed' }))

      expect((await rig.store.decisions(ORDER_ID)).at(-1)?.refusal?.code).toBe('not_paused')
      expect((await rig.order()).commands).toEqual(before)
    })
  }

  test('do anything to a command that the order does not have', async () => {
    const rig = await aDecided(ACTIONS.refund)

    await rig.tell(staff(rig, 'nobody', { type: 'command.resolved', how: 'happened' }))

    expect((await rig.store.decisions(ORDER_ID)).at(-1)?.refusal?.code).toBe('unknown_command')
  })
})

describe('a paused command', () => {
  const paused = async (): Promise<Rig> => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script({ answer: http(404, 'NO_SUCH_ORDER') })
    await rig.run()
    expect(await rig.phases()).toEqual(['paused'])
    return rig
  }
  const ways = [
    ['happened', 'confirmed', 1000],
    ['did_not_happen', 'refused', 0],
    ['try_as_new', 'confirmed', 1000],
  ] as const
  for (const [how, phase, refundedMinor] of ways) {
    test(`can be resolved as ${how}, so that an order is never held for ever`, async () => {
      const rig = await paused()

      await resolve(rig, how)
      await rig.play(HOUR_MS)

      expect(await rig.phases()).toEqual([phase])
      expect(await rig.work()).toEqual([])
      expect(orderBooks(await rig.order())).toMatchObject({ refundedMinor, reservedMinor: 0 })
    })
  }

  test('that meets the same answer again is paused again, as open work', async () => {
    const rig = await paused()
    const { id } = await rig.command()
    rig.klarna.script({ answer: http(401) })

    await rig.tell(staff(rig, id, { type: 'command.resumed' }))

    expect(await rig.phases()).toEqual(['paused'])
    expect(await rig.work()).toEqual(['paused_command'])
  })
})

describe('an answer that comes late', () => {
  test('of a success after a person said no: booked, alarmed, and the books compared', async () => {
    const rig = await stuck()
    await resolve(rig, 'did_not_happen')
    const { id } = await rig.command()

    await rig.tell({
      id: `answer:${id}:0:99`,
      type: 'command.answered',
      orderId: ORDER_ID,
      at: rig.now(),
      commandId: id,
      generation: 0,
      attempt: 99,
      outcome: { type: 'done', resultId: 'r-1', evidence: 'answer' },
      correlationId: null,
    })

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.alarms()).toEqual(['late_success'])
    expect(orderBooks(await rig.order()).refundedMinor).toBe(1000)
  })

  test('of a refusal after a success: the books stay, people hear of it', async () => {
    const rig = await aDecided(ACTIONS.refund)
    await rig.run()
    const { id } = await rig.command()

    await rig.tell({
      id: `answer:${id}:0:99`,
      type: 'command.answered',
      orderId: ORDER_ID,
      at: rig.now(),
      commandId: id,
      generation: 0,
      attempt: 99,
      outcome: { type: 'refused', code: 'REFUND_NOT_ALLOWED' },
      correlationId: null,
    })

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.alarms()).toEqual(['late_refusal'])
  })

  test('under a key that was given up, and is no success or no refund, only raises an alarm', async () => {
    const cases = [
      [ACTIONS.refund, { type: 'refused', code: 'REFUND_NOT_ALLOWED' }, 'answer_repeated'],
      [ACTIONS.sendOut, { type: 'done', resultId: null, evidence: 'answer' }, 'late_success'],
    ] as const
    for (const [action, outcome, code] of cases) {
      const rig = await aDecided(action)
      rig.klarna.script({ answer: http(422, 'X') })
      await rig.run()
      await resolve(rig, 'try_as_new')
      const { id } = await rig.command()

      await rig.tell({
        id: `answer:${id}:0:99`,
        type: 'command.answered',
        orderId: ORDER_ID,
        at: rig.now(),
        commandId: id,
        generation: 0,
        attempt: 99,
        outcome,
        correlationId: null,
      })

      expect(await rig.alarms()).toEqual([code])
      expect((await rig.order()).booksDiffer).toBe(null)
      expect(await rig.phases()).toEqual(['confirmed'])
    }
  })

  test('under a key that was given up stops the refunds of the order', async () => {
    const rig = await stuck()
    const { id } = await rig.command()
    await resolve(rig, 'try_as_new')

    await rig.tell({
      id: `answer:${id}:0:99`,
      type: 'command.answered',
      orderId: ORDER_ID,
      at: rig.now(),
      commandId: id,
      generation: 0,
      attempt: 99,
      outcome: { type: 'done', resultId: 'r-1', evidence: 'answer' },
      correlationId: null,
    })

    expect(await rig.alarms()).toEqual(['late_success', 'books_differ'])
    expect(await rig.work()).toEqual(['books_differ'])
  })
})
