import { planEvent, type ReportedEvent } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  ORDER_ID,
  returned,
  SETTINGS,
  told,
} from './builders.ts'
import { aRegistered, aRig, type Rig } from './rig.ts'
import { GUIDE_OPTIONS, http } from './scripted-klarna.ts'

const RULES = [
  { on: 'shop.go', action: ACTIONS.refund },
  { on: 'shop.go', action: ACTIONS.extend },
  { on: 'shop.go', action: ACTIONS.release },
]

const planned = async (rig: Rig, event: ReportedEvent) => {
  const plan = await planEvent(rig.ports, event)
  if (!plan.ok) throw new Error(`refused: ${plan.error.code}`)
  return plan.value
}

describe('a plan', () => {
  test('says the requests, the fees and the refunds, writes nothing and sends nothing', async () => {
    const rig = await aRegistered({ rules: RULES })
    const before = [await rig.store.order(ORDER_ID), await rig.store.events(ORDER_ID)]

    const plan = await planned(rig, told('go'))

    expect(plan).toMatchObject({ feesMinor: 1000, refundMinor: 1000 })
    expect(plan.requests.map((each) => `${each.method} ${each.path.split('/').at(-1)}`)).toEqual([
      'POST refunds',
      'PATCH extend-due-date',
      'POST release-remaining-authorization',
    ])
    expect([await rig.store.order(ORDER_ID), await rig.store.events(ORDER_ID)]).toEqual(before)
    expect(rig.klarna.sent).toEqual([])
    expect(await rig.store.nextDueAt()).toBe(null)
  })

  test('is what is then done: ids, keys, bytes, decision and order', async () => {
    const rig = await aRegistered({ rules: RULES })
    const plan = await planned(rig, told('go'))

    await rig.submit(told('go'), plan.hash)
    const [step] = await rig.run()

    expect(step).toMatchObject({ type: 'decided', decision: plan.decision, order: plan.order })
    expect(rig.klarna.sent.map(({ key, body }) => ({ key, body }))).toEqual(
      plan.requests.map(({ idempotencyKey, body }) => ({ key: idempotencyKey, body })),
    )
    expect((await rig.commands()).map((each) => each.command.id)).toEqual(
      plan.requests.map((each) => each.commandId),
    )
  })

  const drifts: readonly [string, (rig: Rig) => unknown][] = [
    ['the order changed', (rig) => rig.tell(returned())],
    [
      'the fee rose',
      (rig) =>
        rig.klarna.offer({ ...GUIDE_OPTIONS, options: [{ numberOfDays: 10, feeMinor: 999 }] }),
    ],
    ['the offer is gone', (rig) => rig.klarna.offer({ currency: 'SEK', options: [] })],
    [
      'people must agree now',
      (rig) => {
        const approval = { ...SETTINGS.approval, refundAboveMinor: { SEK: 1 } }
        rig.ports = { ...rig.ports, settings: { ...rig.ports.settings, approval } }
      },
    ],
    [
      'the rules changed',
      (rig) => {
        const { ruleBook } = rig.ports
        const inForce = { ...ruleBook.inForce(), evaluate: async () => [] }
        rig.ports = { ...rig.ports, ruleBook: { inForce: () => inForce } }
      },
    ],
    [
      'a shared limit was reached',
      async (rig) => {
        const limits = {
          ...SETTINGS.limits,
          perMerchantAndDay: {
            ...SETTINGS.limits.perMerchantAndDay,
            refundMaxMinor: { SEK: 999 },
          },
        }
        rig.ports = { ...rig.ports, settings: { ...rig.ports.settings, limits } }
      },
    ],
  ]
  for (const [name, drift] of drifts) {
    test(`is refused when ${name}, and nothing is done`, async () => {
      const rig = await aRegistered({ rules: RULES })
      const plan = await planned(rig, told('go'))
      await drift(rig)

      await rig.submit(told('go'), plan.hash)
      await rig.run()
      await rig.play(DAY_MS)

      const decision = await rig.store.decision(ORDER_ID, 'own-go')
      expect(decision).toMatchObject({ refusal: { code: 'plan_drifted' }, actions: [] })
      expect(await rig.commands()).toEqual([])
      expect(rig.klarna.sent).toEqual([])
    })
  }

  test('of a new order registers nothing', async () => {
    const rig = await aRig({ rules: [{ on: 'order.captured', action: ACTIONS.refund }] })

    const plan = await planned(rig, captured())

    expect(plan.refundMinor).toBe(1000)
    expect(await rig.store.order(ORDER_ID)).toBe(undefined)
  })

  const refusals: readonly [string, ReportedEvent, string][] = [
    ['an unknown order', returned({ orderId: 'nobody' }), 'unknown_order'],
    ['an unknown capture', returned({ captureId: 'nobody' }), 'unknown_capture'],
    [
      'too many units',
      returned({ lines: [{ reference: '123050', quantity: 99 }] }),
      'return_exceeds_captured',
    ],
    ['an event that was decided', captured(), 'event_decided'],
  ]
  for (const [name, event, code] of refusals) {
    test(`for ${name} is refused as ${code}`, async () => {
      const rig = await aRegistered()

      const plan = await planEvent(rig.ports, event)

      expect(plan).toMatchObject({ ok: false, error: { code } })
    })
  }

  test('whose source is down says so', async () => {
    const rig = await aRegistered({ rules: RULES })
    rig.klarna.offer(http(503))

    expect(await planEvent(rig.ports, told('go'))).toMatchObject({
      ok: false,
      error: { code: 'source_down', reason: 'due-date options at Klarna: http_503' },
    })
  })

  test('shows what an action would be refused for', async () => {
    const rig = await aRegistered(
      {},
      captured({ captures: [aCapture()], order: { payLater: false } }),
    )

    const plan = await planned(rig, asked('extendDueDate', ACTIONS.extend.params))

    expect(plan.requests).toEqual([])
    expect(plan.decision.actions[0]).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'not_pay_later' },
    })
  })
})
