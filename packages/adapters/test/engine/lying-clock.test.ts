import { type IsoInstant, isClockFailure } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { ACTIONS, asked, DAY_MS, HOUR_MS, MINUTE_MS, ORDER_ID, type RuleSpec } from './builders.ts'
import { aDecided, type Rig, staff } from './rig.ts'
import { http, lost, vanished } from './scripted-klarna.ts'

/** What stops the order. */
async function stopOf(
  rig: Rig,
): Promise<{ readonly message: string; readonly retryAt: IsoInstant }> {
  const error: unknown = await rig.run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!isClockFailure(error)) throw new Error(`the order is not stopped by the clock: ${error}`)
  return error
}

/** A command that was decided, and sent once, while the clock ran two days ahead; then the clock was set right. */
async function sentAhead(action: RuleSpec['action'], fault = lost): Promise<Rig> {
  const rig = await aDecided(action)
  rig.pass(2 * DAY_MS)
  rig.klarna.script(fault)
  await rig.run()
  rig.pass(-2 * DAY_MS)
  return rig
}

describe('an order that was changed more than an hour after what the clock says now', () => {
  test('is not worked on: nothing is sent and nothing is read', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.pass(-61 * MINUTE_MS)

    const { message } = await stopOf(rig)

    expect(message).toBe(
      'the clock says `2026-12-08T06:59:00.000Z`, this order was changed at `2026-12-08T08:00:00.000Z`: the clock ran ahead then or is behind now; the order goes on by itself at `2026-12-08T07:00:00.000Z`',
    )
    expect(rig.klarna.sent).toEqual([])
    expect(rig.klarna.readCount).toBe(0)
  })

  test('goes on by itself when it says', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.pass(-3 * HOUR_MS)
    await stopOf(rig)
    rig.pass(2 * HOUR_MS)

    await rig.run()

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('keeps its events, and decides them then', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.pass(-3 * HOUR_MS)
    await rig.submit(asked('sendOut'))
    await stopOf(rig)
    rig.pass(3 * HOUR_MS)

    await rig.run()

    expect(await rig.phases()).toEqual(['confirmed', 'confirmed'])
  })

  test('an hour is no reason to stop', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.pass(-HOUR_MS)

    await rig.run()

    expect(await rig.phases()).toEqual(['confirmed'])
  })
})

describe('what was sent while the clock ran ahead', () => {
  for (const [name, action] of [
    ['an extension', ACTIONS.extend],
    ['a send-out', ACTIONS.sendOut],
  ] as const) {
    test(`${name} in doubt is never sent again, not even when the clock has caught up`, async () => {
      const rig = await sentAhead(action)
      await stopOf(rig)
      // Two days later the key is forgotten at Klarna, though by its own time it is new.
      rig.pass(2 * DAY_MS)

      await rig.play(3 * DAY_MS)

      expect(rig.klarna.sent).toHaveLength(1)
      expect(rig.klarna.done).toHaveLength(1)
      expect(await rig.phases()).toEqual(['stuck'])
      expect(await rig.work()).toEqual(['stuck_command'])
      expect(await rig.alarms()).toEqual(['key_ended'])
    })
  }

  test('a refund in doubt is found by its reference', async () => {
    const rig = await sentAhead(ACTIONS.refund)
    await stopOf(rig)
    rig.pass(2 * DAY_MS)

    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('a refund that is not found is the work of a person', async () => {
    const rig = await sentAhead(ACTIONS.refund, vanished)
    await stopOf(rig)
    rig.pass(2 * DAY_MS)

    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual(['stuck'])
  })

  test('a refund that a full quota kept back is not sent under a key of unknown age', async () => {
    const rig = await sentAhead(ACTIONS.sendOut, { answer: http(429) })
    await stopOf(rig)
    rig.pass(2 * DAY_MS)

    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual(['stuck'])
  })

  test('is not sent after a pause either', async () => {
    const rig = await sentAhead(ACTIONS.sendOut, vanished)
    rig.pass(2 * DAY_MS)
    rig.klarna.script({ answer: http(401) })
    await rig.play(MINUTE_MS)
    expect(await rig.phases()).toEqual(['paused'])
    rig.pass(-2 * DAY_MS)
    await stopOf(rig)
    rig.pass(3 * DAY_MS)
    const { id } = await rig.command()

    await rig.tell(staff(rig, id, { type: 'command.resumed' }))
    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(2)
    expect(await rig.phases()).toEqual(['stuck'])
  })

  test('under a new key that a person opens it is sent', async () => {
    const rig = await sentAhead(ACTIONS.sendOut, vanished)
    await stopOf(rig)
    rig.pass(2 * DAY_MS)
    await rig.play(DAY_MS)
    const { id } = await rig.command()

    await rig.tell(staff(rig, id, { type: 'command.resolved', how: 'try_as_new' }))

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(new Set(rig.klarna.sent.map(({ key }) => key)).size).toBe(2)
  })

  test('is written down once, however often the order is looked at', async () => {
    const rig = await sentAhead(ACTIONS.extend)
    for (let look = 0; look < 3; look += 1) await stopOf(rig)

    const types = (await rig.store.events(ORDER_ID)).map(({ type }) => type)
    expect(types.filter((type) => type === 'clock.distrusted')).toHaveLength(1)
  })

  test('a key that was first used before keeps its age: the 20 hours hold', async () => {
    const rig = await aDecided(ACTIONS.extend)
    rig.klarna.script(lost)
    await rig.run()
    rig.pass(2 * DAY_MS)
    await rig.tell(asked('addShippingInfo', ACTIONS.ship.params))
    rig.pass(-2 * DAY_MS)
    await stopOf(rig)
    rig.pass(2 * DAY_MS)

    await rig.play(DAY_MS)

    expect(rig.klarna.sent.filter(({ operation }) => operation === 'extendDueDate')).toHaveLength(1)
  })
})
