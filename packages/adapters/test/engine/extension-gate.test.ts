import type { DueDateOptions, GatewayAnswer } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
} from './builders.ts'
import { aDecided, aRegistered, recoverAll } from './rig.ts'
import { GUIDE_OPTIONS, http, lost, timeout } from './scripted-klarna.ts'

const payLater = captured({ captures: [aCapture()] })

const withFee = (feeMinor: number): DueDateOptions => ({
  ...GUIDE_OPTIONS,
  options: [{ numberOfDays: 10, feeMinor }],
})

const closed: readonly [string, DueDateOptions | GatewayAnswer][] = [
  ['the option is gone', { currency: 'SEK', options: [{ numberOfDays: 30, feeMinor: 0 }] }],
  ['nothing is offered any more', { currency: 'SEK', options: [] }],
  ['the fee is above the cap', withFee(1001)],
  ['the currency is another', { ...GUIDE_OPTIONS, currency: 'EUR' }],
  ['Klarna refuses to say', http(403, 'NOT_ALLOWED')],
  ['Klarna does not know the capture', http(404, 'NO_SUCH_CAPTURE')],
]

describe('an offer that changed', () => {
  for (const [name, offer] of closed) {
    test(`${name}: before any attempt the extension is refused and nothing is sent`, async () => {
      const rig = await aDecided(ACTIONS.extend, {}, payLater)
      rig.klarna.offer(offer)

      await rig.play(DAY_MS)

      expect(rig.klarna.sent).toEqual([])
      expect(await rig.phases()).toEqual(['refused'])
      expect((await rig.commands())[0]?.chart.context.why).toBe('quote_changed')
    })

    test(`${name}: after an attempt in doubt a person is asked, and no other option is taken`, async () => {
      const rig = await aDecided(ACTIONS.extend, {}, payLater)
      rig.klarna.script(lost)
      await rig.run()
      rig.klarna.offer(offer)

      await rig.play(DAY_MS)

      expect(rig.klarna.sent).toHaveLength(1)
      expect(await rig.phases()).toEqual(['stuck'])
      expect(await rig.work()).toEqual(['stuck_command'])
      expect((await rig.commands())[0]?.chart.context.why).toBe('quote_changed_after_doubt')
    })
  }

  test('frees the fee that was reserved', async () => {
    const settings = {
      limits: {
        perCommand: { refundMaxMinor: {}, extensionFeeMaxMinor: { SEK: 5000 } },
        perOrder: { commandMaxCount: 10, refundMaxMinor: {}, extensionFeeMaxMinor: { SEK: 1000 } },
        perRuleAndDay: {
          commandMaxCount: 10,
          refundMaxMinor: {},
          extensionFeeMaxMinor: { SEK: 1000 },
        },
        perMerchantAndDay: {
          commandMaxCount: 10,
          refundMaxMinor: {},
          extensionFeeMaxMinor: { SEK: 1000 },
        },
      },
    }
    const rig = await aDecided(ACTIONS.extend, { settings }, payLater)
    rig.klarna.offer({ currency: 'SEK', options: [] })
    await rig.run()
    rig.klarna.offer(GUIDE_OPTIONS)

    await rig.tell(asked('extendDueDate', ACTIONS.extend.params, { id: 'ask-2' }))

    expect(await rig.phases()).toEqual(['refused', 'confirmed'])
  })

  test('to a lower fee is taken; our books keep the quote', async () => {
    const rig = await aDecided(ACTIONS.extend, {}, payLater)
    rig.klarna.offer(withFee(500))

    await rig.run()

    expect(await rig.phases()).toEqual(['confirmed'])
    expect((await rig.order()).captures[0]?.chart.context.feesMinor).toBe(1000)
  })

  test('to a higher fee below the cap is another offer: the quote is what was decided', async () => {
    const action = {
      type: 'extendDueDate',
      params: { days: 10, maxFeeMinor: { SEK: 2000 } },
    } as const
    const rig = await aDecided(action, {}, payLater)
    rig.klarna.offer(withFee(1500))

    await rig.run()

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.phases()).toEqual(['refused'])
  })
})

describe('offers that cannot be read', () => {
  for (const [name, answer] of [
    ['503', http(503)],
    ['a timeout', timeout],
    ['a code that nobody documented', http(422, 'NEW_CODE')],
  ] as const) {
    test(`${name}: the extension waits, and goes on when they can`, async () => {
      const rig = await aDecided(ACTIONS.extend, {}, payLater)
      rig.klarna.offer(answer)
      await rig.play(MINUTE_MS)
      expect(rig.klarna.sent).toEqual([])
      expect(await rig.phases()).toEqual(['requested'])
      rig.klarna.offer(GUIDE_OPTIONS)

      await rig.play(HOUR_MS)

      expect(await rig.phases()).toEqual(['confirmed'])
    })
  }
})

test('an extension in doubt is repeated with the same key while the offer stands', async () => {
  const rig = await aDecided(ACTIONS.extend, {}, payLater)
  rig.klarna.script(lost)

  await rig.play(HOUR_MS)

  expect(rig.klarna.sent).toHaveLength(2)
  expect(rig.klarna.done).toHaveLength(1)
  expect((await rig.order()).captures[0]?.chart.context).toMatchObject({
    extendedDays: 10,
    extensionCount: 1,
    feesMinor: 1000,
  })
})

test('a process that died after the call counts as doubt for the gate', async () => {
  const rig = await aDecided(ACTIONS.extend, {}, payLater)
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
  rig.klarna.offer({ currency: 'SEK', options: [] })

  await recoverAll(rig)
  await rig.play(DAY_MS)

  expect(rig.klarna.done).toHaveLength(1)
  expect(await rig.phases()).toEqual(['stuck'])
})

describe('deciding an extension', () => {
  const decide = async (offer: DueDateOptions | GatewayAnswer, params: object) => {
    const rig = await aRegistered({}, payLater)
    rig.klarna.offer(offer)
    await rig.tell(asked('extendDueDate', { maxFeeMinor: { SEK: 1000 }, ...params }))
    const [, decision] = await rig.store.decisions(ORDER_ID)
    return { rig, action: decision?.actions[0] }
  }

  const choices: readonly [string, object, number][] = [
    ['the longest within the cap', { choose: 'longest' }, 10],
    ['the shortest', { choose: 'shortest' }, 2],
    ['the cheapest of at least 3 days', { choose: 'cheapest', atLeastDays: 3 }, 10],
    ['exactly 2 days', { days: 2 }, 2],
  ]
  for (const [name, params, days] of choices) {
    test(`fixes ${name}`, async () => {
      const { rig } = await decide(GUIDE_OPTIONS, params)

      expect(rig.klarna.done.map((each) => each.body)).toEqual([`{"number_of_days":${days}}`])
    })
  }

  const refusals: readonly [string, DueDateOptions | GatewayAnswer, object, string][] = [
    ['no offer', { currency: 'SEK', options: [] }, { choose: 'longest' }, 'no_option_offered'],
    ['a refused read', http(403, 'NOT_ALLOWED'), { choose: 'longest' }, 'no_option_offered'],
    ['days that are not offered', GUIDE_OPTIONS, { days: 5 }, 'no_option_within_cap'],
    ['only dearer offers', withFee(1001), { choose: 'longest' }, 'no_option_within_cap'],
    [
      'another currency',
      { ...GUIDE_OPTIONS, currency: 'EUR' },
      { choose: 'longest' },
      'currency_not_listed',
    ],
  ]
  for (const [name, offer, params, code] of refusals) {
    test(`with ${name} refuses ${code}`, async () => {
      const { rig, action } = await decide(offer, params)

      expect(action?.refusal?.code).toBe(code)
      expect(rig.klarna.sent).toEqual([])
    })
  }
})
