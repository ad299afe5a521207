import { type Advanced, advanceOrder, instantToMs, orderBooks } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { ACTIONS, asked, DAY_MS, HOUR_MS, ORDER_ID, SECOND_MS } from './builders.ts'
import { aDecided, type Rig, recoverAll, staff } from './rig.ts'
import { http, lost, notConnected, old, vanished } from './scripted-klarna.ts'

/** Spans between the calls that were sent, in milliseconds. */
const gaps = ({ klarna: { sent } }: Rig) =>
  sent.slice(1).map((each, index) => instantToMs(each.at) - instantToMs(sent[index]?.at ?? each.at))

describe('a refusal', () => {
  test('ends the command and gives back what it reserved', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script({ answer: http(403, 'REFUND_NOT_ALLOWED') })

    await rig.play(DAY_MS)

    expect(await rig.phases()).toEqual(['refused'])
    expect(orderBooks(await rig.order()).reservedMinor).toBe(0)
    expect(await rig.attempts()).toEqual(['refused:REFUND_NOT_ALLOWED'])
  })

  test('after an attempt in doubt proves nothing: the books are read', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost, { answer: http(403, 'REFUND_NOT_ALLOWED') })
    rig.klarna.scriptReads(null, old)

    await rig.play(HOUR_MS)

    expect(rig.klarna.sent).toHaveLength(2)
    expect(await rig.phases()).toEqual(['confirmed'])
    expect(orderBooks(await rig.order())).toMatchObject({ refundedMinor: 1000, reservedMinor: 0 })
  })

  test('after doubt that the books do not settle is the work of a person', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(vanished, { answer: http(403, 'REFUND_NOT_ALLOWED') })

    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['stuck'])
    expect(orderBooks(await rig.order()).reservedMinor).toBe(1000)
  })
})

describe('what Klarna cannot read', () => {
  for (const answer of [http(400, 'BAD_VALUE'), http(422, 'X'), http(403, 'NEW_CODE')]) {
    test(`${answer.status}:${answer.errorCode} is the work of a person at once`, async () => {
      const rig = await aDecided(ACTIONS.refund)
      rig.klarna.script({ answer })

      await rig.play(DAY_MS)

      expect(rig.klarna.sent).toHaveLength(1)
      expect(await rig.phases()).toEqual(['stuck'])
      expect(await rig.work()).toEqual(['stuck_command'])
    })
  }
})

describe('a full quota', () => {
  test('waits until it opens, as often as it takes, and counts as no attempt in doubt', async () => {
    const rig = await aDecided(ACTIONS.refund)
    const full = { answer: http(429, null, { rateLimitResetMs: 30 * SECOND_MS }) }
    rig.klarna.script(full, full, full, full, full, full)

    await rig.play(HOUR_MS)

    expect(gaps(rig).every((gap) => gap >= 30 * SECOND_MS)).toBe(true)
    expect(await rig.phases()).toEqual(['confirmed'])
    const [command] = await rig.commands()
    expect(command?.chart.context).toMatchObject({ unknownCount: 0, attemptCount: 7 })
  })

  test('that says it opens at once is not hammered', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(
      ...Array.from({ length: 50 }, () => ({ answer: http(429, null, { rateLimitResetMs: 0 }) })),
    )

    await rig.run()

    expect(rig.klarna.sent.length).toBeLessThan(5)
  })
})

describe('a Klarna that cannot be reached', () => {
  test('is tried again and nothing is in doubt', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script({ answer: notConnected }, { answer: notConnected })

    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(gaps(rig).every((gap) => gap >= 5 * SECOND_MS)).toBe(true)
  })

  for (const [name, isLook] of [
    ['for its calls', false],
    ['for its reads', true],
  ] as const) {
    test(`${name} for days is not tried every 5 s, and a person is told`, async () => {
      const rig = await aDecided(ACTIONS.refund)
      if (isLook) rig.klarna.failReads(notConnected)
      else rig.klarna.script(...Array.from({ length: 5000 }, () => ({ answer: notConnected })))

      await rig.play(2 * HOUR_MS)
      const triedCount = (await rig.store.events(ORDER_ID)).length
      expect(triedCount).toBeLessThan(300)
      await rig.play(3 * DAY_MS)

      expect(await rig.work()).not.toEqual([])
    })
  }
})

describe('a set-up that is broken', () => {
  test('pauses the command and everything after it until the merchant resumes', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    rig.klarna.script({ answer: http(401) })
    await rig.run()
    const [paused] = await rig.commands()
    await rig.tell(asked('addShippingInfo', ACTIONS.ship.params))
    await rig.play(12 * HOUR_MS)
    expect(await rig.phases()).toEqual(['paused', 'requested'])
    expect(await rig.work()).toEqual(['paused_command'])
    expect(rig.klarna.sent).toHaveLength(1)

    await rig.tell(staff(rig, paused?.command.id ?? '', { type: 'command.resumed' }))

    expect(await rig.phases()).toEqual(['confirmed', 'confirmed'])
    expect(await rig.work()).toEqual([])
    expect(new Set(rig.klarna.sent.map((each) => each.key)).size).toBe(2)
  })

  test('for days leaves nothing in doubt: the command is sent when the merchant resumes', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    rig.klarna.script({ answer: http(401) })
    await rig.play(3 * DAY_MS)
    const { id } = await rig.command()

    await rig.tell(staff(rig, id, { type: 'command.resumed' }))

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('after an attempt in doubt resumes in doubt', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost, { answer: http(403, 'ACCESS_DENIED') })
    rig.klarna.scriptReads(null, old)
    await rig.play(HOUR_MS)
    expect(await rig.phases()).toEqual(['paused'])
    rig.pass(2 * DAY_MS)
    const { id } = await rig.command()

    await rig.tell(staff(rig, id, { type: 'command.resumed' }))
    await rig.play(HOUR_MS)

    expect(rig.klarna.sent).toHaveLength(2)
    expect(rig.klarna.done).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })
})

test('a process that died during the call leaves an unknown outcome, never a success', async () => {
  const rig = await aDecided(ACTIONS.refund)
  const { perform } = rig.ports.gateway
  const died = { ...rig.klarna.gateway, perform: () => Promise.reject(new Error('killed')) }
  rig.ports = { ...rig.ports, gateway: died }
  await expect(rig.run()).rejects.toThrow('killed')
  expect(await rig.attempts()).toEqual(['open'])
  expect(await rig.store.sendingOrders()).toEqual([ORDER_ID])
  rig.ports = { ...rig.ports, gateway: { ...died, perform } }
  const idle: Advanced = await advanceOrder(rig.ports, ORDER_ID)
  expect(idle).toEqual({ type: 'idle', wakeAt: null } satisfies Advanced)

  await recoverAll(rig)
  await recoverAll(rig)
  await rig.play(HOUR_MS)

  expect(await rig.attempts()).toEqual(['unknown:process_died', 'done'])
  expect(rig.klarna.done).toHaveLength(1)
})

test('a process that is started again days later repeats nothing: the books are read', async () => {
  for (const [action, phase] of [
    [ACTIONS.refund, 'confirmed'],
    [ACTIONS.sendOut, 'stuck'],
  ] as const) {
    const rig = await aDecided(action)
    const { gateway } = rig.ports
    const dying = {
      ...gateway,
      perform: async (...call: Parameters<typeof gateway.perform>) => {
        await gateway.perform(...call)
        throw new Error('killed')
      },
    }
    rig.ports = { ...rig.ports, gateway: dying }
    await expect(rig.run()).rejects.toThrow('killed')
    rig.ports = { ...rig.ports, gateway }
    rig.pass(30 * HOUR_MS)

    await recoverAll(rig)
    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual([phase])
  }
})

test('a clock that is set back makes nothing earlier, and no wait shorter', async () => {
  const rig = await aDecided(ACTIONS.sendOut)
  rig.klarna.script(lost)
  await rig.run()
  const before = await rig.order()
  rig.pass(-0.9 * HOUR_MS)

  await rig.tell(asked('addShippingInfo', ACTIONS.ship.params))
  expect((await rig.order()).lastDecidedAt).toBe(before.lastDecidedAt)
  await rig.play(0.8 * HOUR_MS)
  expect(rig.klarna.sent.map((each) => each.operation)).toEqual([
    'triggerSendOut',
    'appendShippingInfo',
  ])
  await rig.play(HOUR_MS)

  expect(rig.klarna.done.map((each) => each.operation)).toEqual([
    'triggerSendOut',
    'appendShippingInfo',
  ])
  expect(await rig.phases()).toEqual(['confirmed', 'confirmed'])
})
