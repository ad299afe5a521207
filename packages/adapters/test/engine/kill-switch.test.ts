import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  asked,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  SECOND_MS,
  told,
} from './builders.ts'
import { aDecided, aRegistered, type Rig, staff } from './rig.ts'
import { lost, old, vanished } from './scripted-klarna.ts'

const stop = (rig: Rig, scope: string) =>
  rig.store.setStop({ scope, by: 'lead@shop.example', why: 'a test', at: rig.now() })
const lift = (rig: Rig, scope: string) => rig.store.clearStop(scope, 'lead@shop.example', rig.now())

describe('a stop', () => {
  const scopes = [
    ['everything', true],
    ['action:sendOut', true],
    ['rule:stories/shop.go: sendOut', true],
    ['action:refund', false],
    ['action:triggerSendOut', false],
    ['rule:stories/another', false],
    ['rule:others/shop.go: sendOut', false],
  ] as const
  for (const [scope, isHeld] of scopes) {
    test(`of ${scope} ${isHeld ? 'holds' : 'lets pass'} the send-out of a rule`, async () => {
      const rig = await aRegistered({ rules: [{ on: 'shop.go', action: ACTIONS.sendOut }] })
      await stop(rig, scope)

      await rig.tell(told('go'))
      await rig.play(2 * DAY_MS)

      expect(rig.klarna.sent).toHaveLength(isHeld ? 0 : 1)
      expect(await rig.phases()).toEqual([isHeld ? 'requested' : 'confirmed'])
    })
  }

  for (const [name, action] of Object.entries(ACTIONS).filter(
    ([each]) => each !== 'extendAuthorization',
  )) {
    test(`of its action holds ${name}`, async () => {
      const rig = await aDecided(action)
      await stop(rig, `action:${action.type}`)

      await rig.play(DAY_MS)

      expect(rig.klarna.sent).toEqual([])
    })
  }

  test('of a rule lets pass what a person asks for', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    await stop(rig, 'rule:stories/shop.go: sendOut')

    await rig.run()

    expect(rig.klarna.sent).toHaveLength(1)
  })

  test('holds a refund in doubt, and so every other refund: nobody knows what was paid', async () => {
    const rig = await aRegistered({ rules: [{ on: 'shop.go', action: ACTIONS.refund }] })
    rig.klarna.script(vanished)
    await rig.tell(told('go'))
    await stop(rig, 'rule:stories/shop.go: refund')

    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 500 }))
    await rig.play(HOUR_MS)
    expect(rig.klarna.sent).toHaveLength(1)
    await lift(rig, 'rule:stories/shop.go: refund')
    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['confirmed', 'confirmed'])
  })

  test('holds a refund that was never sent, and lets those of others pass', async () => {
    const rig = await aRegistered({ rules: [{ on: 'shop.go', action: ACTIONS.refund }] })
    await stop(rig, 'rule:stories/shop.go: refund')
    await rig.tell(told('go'))

    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 500 }))

    expect(await rig.phases()).toEqual(['requested', 'confirmed'])
  })

  test('of one action lets the others pass', async () => {
    const rig = await aDecided(ACTIONS.refund)
    await stop(rig, 'action:refund')

    await rig.tell(asked('sendOut'))

    expect(await rig.phases()).toEqual(['requested', 'confirmed'])
  })

  test('that is lifted lets everything go on, once', async () => {
    const rig = await aDecided(ACTIONS.refund)
    await stop(rig, 'everything')
    await rig.play(3 * DAY_MS)

    await lift(rig, 'everything')
    await rig.play(HOUR_MS)

    expect(rig.klarna.done).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('holds repeats as well, and past 20 hours the books are read instead', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost)
    await rig.run()
    await stop(rig, 'action:refund')

    await rig.play(2 * DAY_MS)
    expect(rig.klarna.sent).toHaveLength(1)
    await lift(rig, 'action:refund')
    await rig.play(DAY_MS)

    expect(rig.klarna.sent).toHaveLength(1)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('lets reads go on: what is being audited is settled', async () => {
    const rig = await aDecided(ACTIONS.refund)
    rig.klarna.script(lost, lost, lost, lost)
    rig.klarna.scriptReads(null, old, old, old)
    await rig.run()
    while ((await rig.phases())[0] === 'doubtful') await rig.play(5 * MINUTE_MS)
    expect(await rig.phases()).toEqual(['auditing'])
    await stop(rig, 'everything')

    await rig.play(DAY_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('that is set while Klarna is looked at holds the call that would follow', async () => {
    for (const action of [ACTIONS.refund, ACTIONS.release, ACTIONS.extend]) {
      const rig = await aDecided(action)
      rig.klarna.onRead = () => stop(rig, 'everything')

      await rig.run()

      expect(rig.klarna.sent).toEqual([])
      expect(await rig.attempts()).toEqual([])
    }
  })

  test('does not keep from deciding, approving or giving up', async () => {
    const rig = await aDecided(ACTIONS.refund)
    await stop(rig, 'everything')
    const { id } = await rig.command()

    await rig.tell(asked('sendOut'))
    await rig.tell(staff(rig, id, { type: 'command.rejected', by: 'lead@shop.example', why: 'no' }))
    await lift(rig, 'everything')
    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['rejected', 'confirmed'])
    expect(rig.klarna.done.map((each) => each.operation)).toEqual(['triggerSendOut'])
  })

  test('does not move a wake-up that comes before its own', async () => {
    const rig = await aDecided(ACTIONS.sendOut)
    rig.klarna.script(vanished)
    await rig.run()
    await stop(rig, 'action:refund')
    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 500 }))

    await rig.play(10 * SECOND_MS)

    expect(rig.klarna.sent.map((each) => each.operation)).toEqual([
      'triggerSendOut',
      'triggerSendOut',
    ])
  })
})

describe('observe mode', () => {
  test('decides and says what it would do, and sends nothing', async () => {
    const rig = await aRegistered({
      rules: [
        { on: 'shop.go', action: ACTIONS.refund },
        { on: 'shop.go', action: ACTIONS.refund, name: 'a second one' },
        { on: 'shop.go', action: ACTIONS.extend },
        { on: 'shop.go', action: { type: 'notify', params: { channel: 'ops', message: 'hi' } } },
      ],
      settings: { observe: true },
    })

    await rig.tell(told('go'))
    await rig.play(3 * DAY_MS)

    const [, decision] = await rig.store.decisions(ORDER_ID)
    expect(decision?.actions.map((each) => each.outcome)).toEqual([
      'observed',
      'superseded',
      'observed',
      'observed',
    ])
    expect(decision?.summary).toContain('+10 days, fee 10.00 SEK (cap 10.00 SEK)')
    expect(rig.klarna.sent).toEqual([])
    expect(await rig.commands()).toEqual([])
    expect(await rig.store.undeliveredNotices(10)).toEqual([])
  })

  test('that is switched on holds what was decided before', async () => {
    const rig = await aDecided(ACTIONS.refund)
    const live = rig.ports
    rig.ports = { ...live, settings: { ...live.settings, observe: true } }
    await rig.play(2 * DAY_MS)
    expect(rig.klarna.sent).toEqual([])

    rig.ports = live
    await rig.play(HOUR_MS)

    expect(await rig.phases()).toEqual(['confirmed'])
  })
})
