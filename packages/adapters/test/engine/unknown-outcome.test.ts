import { type GatewayAnswer, instantToMs, orderBooks, SAME_KEY_STOP_MS } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { ACTIONS, DAY_MS, HOUR_MS, MINUTE_MS, type RuleSpec, SECOND_MS } from './builders.ts'
import { aDecided, type Rig } from './rig.ts'
import { type Fault, http, lost, notConnected, old, timeout, vanished } from './scripted-klarna.ts'

/** Spans between the calls that were sent, in milliseconds. */
const gaps = ({ klarna: { sent } }: Rig) =>
  sent.slice(1).map((each, index) => instantToMs(each.at) - instantToMs(sent[index]?.at ?? each.at))

describe('an outcome that nobody knows', () => {
  const doubts: readonly [string, GatewayAnswer][] = [
    ['a timeout', timeout],
    ['a lost connection', { ...timeout, reason: 'connection_lost' } as GatewayAnswer],
    ['500', http(500, 'INTERNAL_SERVER_ERROR')],
    ['503 bare', http(503)],
    ['409', http(409, 'CONFLICT')],
    ['a bare 403', http(403)],
    ['a redirect', http(302)],
  ]
  for (const [name, answer] of doubts) {
    test(`${name} is neither a success nor a refusal`, async () => {
      const rig = await aDecided(ACTIONS.refund)
      rig.klarna.script({ answer, does: true })

      await rig.run()

      expect(await rig.phases()).toEqual(['doubtful'])
      expect(orderBooks(await rig.order())).toMatchObject({ refundedMinor: 0, reservedMinor: 1000 })
    })
  }

  test('is repeated with the same key and bytes after 5 s, 5 min and 5 h, lengthened', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(vanished, vanished, vanished)

    await rig.play(DAY_MS)

    const [first = 0, second = 0, third = 0] = gaps(rig)
    expect(rig.klarna.sent).toHaveLength(4)
    expect(first).toBeGreaterThanOrEqual(5 * SECOND_MS)
    expect(first).toBeLessThanOrEqual(7.5 * SECOND_MS)
    expect(second).toBeGreaterThanOrEqual(5 * MINUTE_MS)
    expect(second).toBeLessThanOrEqual(7.5 * MINUTE_MS)
    expect(third).toBeGreaterThanOrEqual(5 * HOUR_MS)
    expect(third).toBeLessThanOrEqual(7.5 * HOUR_MS)
    expect(new Set(rig.klarna.sent.map(({ key, body }) => `${key} ${body}`)).size).toBe(1)
    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.attempts()).toEqual([
      'unknown:timeout',
      'unknown:timeout',
      'unknown:timeout',
      'done',
    ])
  })

  test('that was done all the same is done once: the repeat brings its answer', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    rig.klarna.script(lost)

    await rig.play(HOUR_MS)

    expect(rig.klarna.sent).toHaveLength(2)
    expect(rig.klarna.done).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('needs no repeat when the look before it finds the refund', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost)

    await rig.play(HOUR_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(orderBooks(await rig.order())).toMatchObject({ refundedMinor: 1000, reservedMinor: 0 })
  })
})

interface AuditCase {
  readonly action: RuleSpec['action']
  readonly faults: readonly Fault[]
  readonly phase: string
  readonly work: readonly string[]
}

describe('after the last repeat', () => {
  const allVanish = [vanished, vanished, vanished, vanished]
  const found = { phase: 'confirmed', work: [] }
  const unfound = { phase: 'stuck', work: ['stuck_command'] }
  const cases: readonly [string, AuditCase][] = [
    [
      'a refund that was made is found by its reference',
      { action: ACTIONS.refund, faults: [lost, lost, lost, lost], ...found },
    ],
    [
      'a refund that is not found is stuck',
      { action: ACTIONS.refund, faults: allVanish, ...unfound },
    ],
    [
      'a release that was made is seen',
      { action: ACTIONS.release, faults: [lost, lost, lost, lost], ...found },
    ],
    [
      'a release that was not made is stuck',
      { action: ACTIONS.release, faults: allVanish, ...unfound },
    ],
    [
      'shipping info that arrived is found',
      { action: ACTIONS.ship, faults: [lost, lost, lost, lost], ...found },
    ],
    [
      'shipping info that is not found is stuck',
      { action: ACTIONS.ship, faults: allVanish, ...unfound },
    ],
  ]
  for (const [name, { action, faults, phase, work }] of cases) {
    test(`${name}`, async () => {
      const rig = await aDecided(action)
      rig.klarna.script(...faults)
      rig.klarna.scriptReads(null, old, old, old)

      await rig.play(DAY_MS)

      expect(rig.klarna.sent).toHaveLength(4)
      expect(await rig.phases()).toEqual([phase])
      expect(await rig.work()).toEqual(work)
    })
  }

  test("Klarna's books are read 10 and 30 minutes after the last attempt", async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(...allVanish)
    const reads: number[] = []
    rig.klarna.onRead = () => void reads.push(instantToMs(rig.now()))

    await rig.play(DAY_MS)

    const last = instantToMs(rig.klarna.sent.at(-1)?.at ?? rig.now())
    expect(reads.filter((at) => at > last).map((at) => at - last)).toEqual([
      10 * MINUTE_MS,
      30 * MINUTE_MS,
    ])
  })

  test('one read that lacks it proves nothing: the second finds it', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost, lost, lost, lost)
    rig.klarna.scriptReads(null, old, old, old, old)

    await rig.play(DAY_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('a read that fails does not count as one that found nothing', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost, lost, lost, lost)
    rig.klarna.scriptReads(null, old, old, old, http(503), http(503), timeout, http(401))

    await rig.play(DAY_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  for (const [name, action] of [
    ['an extension', ACTIONS.extend],
    ['a send-out', ACTIONS.sendOut],
  ] as const) {
    test(`${name} leaves no trace: a person is asked, without a read`, async () => {
      const rig = await aDecided(action)
      rig.klarna.script(...allVanish)
      await rig.play(8 * HOUR_MS)
      const readCount = rig.klarna.readCount

      await rig.play(DAY_MS)

      expect(rig.klarna.readCount).toBe(readCount)
      expect(rig.klarna.sent).toHaveLength(4)
      expect(await rig.phases()).toEqual(['stuck'])
      expect(await rig.work()).toEqual(['stuck_command'])
    })
  }

  test('reads that fail for days become the work of a person', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(...allVanish)
    await rig.play(9 * HOUR_MS)
    rig.klarna.failReads(http(401))

    await rig.play(3 * DAY_MS)

    expect(await rig.work()).not.toEqual([])
  })
})

describe('20 hours after the first attempt that could have reached Klarna', () => {
  test('no repeat starts any more; the books are read instead', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost)
    await rig.run()
    rig.pass(SAME_KEY_STOP_MS + 1)

    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
    expect(rig.klarna.done).toHaveLength(1)
  })

  test('a repeat at 20 hours sharp may still start', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    rig.klarna.script(lost)
    await rig.run()
    rig.pass(SAME_KEY_STOP_MS)

    await rig.run()

    expect(rig.klarna.sent).toHaveLength(2)
  })

  test('a look that takes long does not carry a repeat past the stop', async () => {
    const rig = await aDecided(ACTIONS.extend)
    rig.klarna.script(lost)
    await rig.run()
    rig.pass(SAME_KEY_STOP_MS - SECOND_MS)
    rig.klarna.onRead = () => rig.pass(65 * SECOND_MS)

    await rig.run()

    expect(rig.klarna.sent).toHaveLength(1)
  })

  test('an attempt that surely never left does not begin the count', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script({ answer: notConnected })
    await rig.run()
    rig.pass(3 * DAY_MS)

    await rig.run()

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('an attempt that never left does not forget one that reached Klarna', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    rig.klarna.script({ answer: http(429) }, { answer: notConnected })
    await rig.run()
    rig.pass(10 * HOUR_MS)
    await rig.run()
    rig.pass(11 * HOUR_MS)

    await rig.run()

    expect(rig.klarna.sent).toHaveLength(2)
  })
})
