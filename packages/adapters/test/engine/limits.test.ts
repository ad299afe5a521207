import { addDays, dateInZone, type Settings } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  HOUR_MS,
  SETTINGS,
  T0,
  TOMATOES,
  told,
} from './builders.ts'
import { aRegistered, aRig, type Rig, type RigOptions, staff } from './rig.ts'
import { http } from './scripted-klarna.ts'

type Limits = Settings['limits']
const limits = (changes: Partial<Limits>): Pick<Settings, 'limits'> => ({
  limits: { ...SETTINGS.limits, ...changes },
})

const reasonOf = async (rig: Rig, orderId?: string): Promise<string | null | undefined> =>
  (await rig.commands(orderId)).at(-1)?.chart.context.why

interface Case {
  readonly settings: Pick<Settings, 'limits'>
  readonly rule?: NonNullable<RigOptions['rules']>[number]['limits']
  readonly action?: NonNullable<RigOptions['rules']>[number]['action']
  readonly reason: string
  /** Events before the one that meets the limit. */
  readonly before: number
}

const { perMerchantAndDay: perDay, perRuleAndDay: perRule, perOrder } = SETTINGS.limits
const today = '2026-12-08'

/** The rule `shop.again: refund` asks for 10.00 each time, on an order of 60.00. */
const cases: readonly [string, Case][] = [
  [
    'of one refund',
    {
      settings: limits({
        perCommand: { refundMaxMinor: { SEK: 999 }, extensionFeeMaxMinor: {} },
      }),
      reason: 'limit:command:refund',
      before: 0,
    },
  ],
  [
    'of one refund in a currency that is not listed',
    {
      settings: limits({
        perCommand: { refundMaxMinor: { EUR: 999_999 }, extensionFeeMaxMinor: {} },
      }),
      reason: 'limit:currency:SEK',
      before: 0,
    },
  ],
  [
    "of one extension's fee",
    {
      settings: limits({
        perCommand: { refundMaxMinor: {}, extensionFeeMaxMinor: { SEK: 999 } },
      }),
      action: ACTIONS.extend,
      reason: 'limit:command:extension_fee',
      before: 0,
    },
  ],
  [
    'of the refunds of one order',
    {
      settings: limits({ perOrder: { ...perOrder, refundMaxMinor: { SEK: 2999 } } }),
      reason: 'limit:order:refund',
      before: 2,
    },
  ],
  [
    'of the commands of one order',
    {
      settings: limits({ perOrder: { ...perOrder, commandMaxCount: 2 } }),
      reason: 'limit:order:commands',
      before: 2,
    },
  ],
  [
    'of the extension fees of one order',
    {
      settings: limits({ perOrder: { ...perOrder, extensionFeeMaxMinor: { SEK: 999 } } }),
      action: ACTIONS.extend,
      reason: 'limit:order:extension_fee',
      before: 0,
    },
  ],
  [
    "of a rule's extension fees per day",
    {
      settings: limits({ perRuleAndDay: { ...perRule, extensionFeeMaxMinor: { SEK: 999 } } }),
      action: ACTIONS.extend,
      reason: `limit:rule:stories/shop.again: extendDueDate:extension_fee:SEK:${today}`,
      before: 0,
    },
  ],
  [
    "of a rule's own per order",
    { settings: limits({}), rule: { perOrder: 1 }, reason: 'limit:order:rule', before: 1 },
  ],
  [
    "of a rule's own per day",
    {
      settings: limits({}),
      rule: { perDay: 2 },
      reason: `limit:rule:stories/shop.again: refund:count:${today}`,
      before: 2,
    },
  ],
  [
    'of a rule per day',
    {
      settings: limits({ perRuleAndDay: { ...perRule, commandMaxCount: 1 } }),
      reason: `limit:rule:stories/shop.again: refund:count:${today}`,
      before: 1,
    },
  ],
  [
    "of a rule's refunds per day",
    {
      settings: limits({ perRuleAndDay: { ...perRule, refundMaxMinor: { SEK: 1999 } } }),
      reason: `limit:rule:stories/shop.again: refund:refund:SEK:${today}`,
      before: 1,
    },
  ],
  [
    'of the merchant per day',
    {
      settings: limits({ perMerchantAndDay: { ...perDay, commandMaxCount: 2 } }),
      reason: `limit:merchant:count:${today}`,
      before: 2,
    },
  ],
  [
    "of the merchant's refunds per day",
    {
      settings: limits({ perMerchantAndDay: { ...perDay, refundMaxMinor: { SEK: 2500 } } }),
      reason: `limit:merchant:refund:SEK:${today}`,
      before: 2,
    },
  ],
  [
    "of the merchant's fees per day",
    {
      settings: limits({ perMerchantAndDay: { ...perDay, extensionFeeMaxMinor: { SEK: 999 } } }),
      action: ACTIONS.extend,
      reason: `limit:merchant:extension_fee:SEK:${today}`,
      before: 0,
    },
  ],
]

describe('the limit', () => {
  for (const [name, { settings, rule, action = ACTIONS.refund, reason, before }] of cases) {
    test(`${name} makes the command wait for people, with the reason`, async () => {
      const own = rule === undefined ? {} : { limits: rule }
      const rig = await aRegistered({
        rules: [{ on: 'shop.again', action, ...own }],
        settings,
      })
      const again = (index: number) => ({ ...told('again'), id: `again-${index}` })
      for (let index = 0; index < before; index += 1) await rig.tell(again(index))
      expect(new Set(await rig.phases())).toEqual(new Set(before === 0 ? [] : ['confirmed']))

      await rig.tell(again(before))

      expect((await rig.phases()).at(-1)).toBe('awaitingApproval')
      expect(await reasonOf(rig)).toBe(reason)
      expect(await rig.work()).toEqual(['awaiting_approval'])
      expect(rig.klarna.done).toHaveLength(before)
    })
  }
})

/** Orders that share the merchant's day: 25.00 of refunds. */
const sharing = async (count: number, settings: Partial<Settings> = {}): Promise<Rig> => {
  const rig = await aRig({
    settings: {
      ...limits({ perMerchantAndDay: { ...perDay, refundMaxMinor: { SEK: 2500 } } }),
      ...settings,
    },
  })
  for (let index = 1; index <= count; index += 1)
    await rig.register(captured({ orderId: `order-${index}` }))
  return rig
}

const refund = (orderId: string, amountMinor: number, id = 'ask') =>
  asked('refund', { basis: 'amount', amountMinor }, { orderId, id })

const approve = async (rig: Rig, orderId: string): Promise<void> => {
  const [command] = await rig.commands(orderId)
  const { id = '' } = command?.command ?? {}
  const hash = command?.approvalHash ?? ''
  await rig.tell(staff(rig, id, { type: 'command.approved', by: 'lead', hash }, orderId))
}

describe('a limit that orders share', () => {
  test('is reached by all of them together', async () => {
    const rig = await sharing(3)

    for (const index of [1, 2, 3]) await rig.tell(refund(`order-${index}`, 1000))

    expect(await rig.phases('order-2')).toEqual(['confirmed'])
    expect(await rig.phases('order-3')).toEqual(['awaitingApproval'])
  })

  test('is given back by a refusal, a rejection and an expiry', async () => {
    const rig = await sharing(4, {
      approval: { ...SETTINGS.approval, refundAboveMinor: { SEK: 2000 } },
    })
    rig.klarna.script({ answer: http(403, 'REFUND_NOT_ALLOWED') })

    await rig.tell(refund('order-1', 2000))
    expect(await rig.phases('order-1')).toEqual(['refused'])
    await rig.tell(refund('order-2', 2500))
    expect(await reasonOf(rig, 'order-2')).toBe('above_approval_threshold')
    await rig.tell(refund('order-1', 1, 'ask-2'))
    expect(await reasonOf(rig, 'order-1')).toBe(`limit:merchant:refund:SEK:${today}`)
    const { id } = await rig.command('order-2')
    await rig.tell(staff(rig, id, { type: 'command.rejected', by: 'lead', why: 'no' }, 'order-2'))

    await rig.tell(refund('order-3', 2000))
    expect(await rig.phases('order-3')).toEqual(['confirmed'])
    await rig.tell(refund('order-4', 500))
    expect(await rig.phases('order-4')).toEqual(['confirmed'])
  })

  test('is kept by what is in doubt, stuck or confirmed', async () => {
    const rig = await sharing(2)
    rig.klarna.script({ answer: http(422, 'X') })
    await rig.tell(refund('order-1', 2000))
    expect(await rig.phases('order-1')).toEqual(['stuck'])

    await rig.tell(refund('order-2', 1000))

    expect(await rig.phases('order-2')).toEqual(['awaitingApproval'])
  })

  test('starts anew with the merchant’s day, not with the day in UTC', async () => {
    const rig = await sharing(3)
    await rig.tell(refund('order-1', 2500))
    // 22:30 in UTC is 23:30 in Stockholm; half an hour later it is tomorrow there.
    rig.pass(14.5 * HOUR_MS)
    await rig.tell(refund('order-2', 1000))
    expect(await rig.phases('order-2')).toEqual(['awaitingApproval'])
    rig.pass(HOUR_MS / 2)
    expect(dateInZone(rig.now(), 'Europe/Stockholm')).toBe(
      addDays(dateInZone(T0, 'Europe/Stockholm'), 1),
    )

    await rig.tell(refund('order-3', 1000))

    expect(await rig.phases('order-3')).toEqual(['confirmed'])
  })

  test('takes all claims of a command or none', async () => {
    const rig = await sharing(3, {
      ...limits({
        perMerchantAndDay: { ...perDay, commandMaxCount: 2, refundMaxMinor: { SEK: 1500 } },
      }),
    })
    // The second claims a count and fails on the amount: the count must be free for the third.
    await rig.tell(refund('order-1', 1000))
    await rig.tell(refund('order-2', 1000))
    await rig.tell(refund('order-3', 500))

    expect(await rig.phases('order-2')).toEqual(['awaitingApproval'])
    expect(await rig.phases('order-3')).toEqual(['confirmed'])
  })

  test('lets pass what a person approves beyond it, and counts it as spent', async () => {
    const rig = await sharing(4)
    await rig.tell(refund('order-1', 2600))
    await rig.tell(refund('order-2', 100))

    await approve(rig, 'order-1')

    expect(await rig.phases('order-1')).toEqual(['confirmed'])
    await rig.tell(refund('order-3', 1))
    expect(await rig.phases('order-3')).toEqual(['awaitingApproval'])
    await approve(rig, 'order-3')
    expect(await rig.phases('order-3')).toEqual(['confirmed'])
  })

  test('frees what was approved beyond it when Klarna refuses', async () => {
    const rig = await sharing(2)
    await rig.tell(refund('order-1', 2600))
    rig.klarna.script({ answer: http(403, 'REFUND_NOT_ALLOWED') })

    await approve(rig, 'order-1')

    expect(await rig.phases('order-1')).toEqual(['refused'])
    await rig.tell(refund('order-2', 2500))
    expect(await rig.phases('order-2')).toEqual(['confirmed'])
  })

  test('counts what is approved a day later on that day', async () => {
    const rig = await sharing(3, { approval: { ...SETTINGS.approval, expiresAfterHours: 72 } })
    await rig.tell(refund('order-1', 2600))
    rig.pass(DAY_MS)

    await approve(rig, 'order-1')
    await rig.tell(refund('order-2', 1))

    expect(await rig.phases('order-2')).toEqual(['awaitingApproval'])
    rig.pass(DAY_MS)
    await rig.tell(refund('order-3', 2500))
    expect(await rig.phases('order-3')).toEqual(['confirmed'])
  })

  test('counts what waited for people within it on the day of its decision alone', async () => {
    const rig = await sharing(2, {
      approval: { ...SETTINGS.approval, refundAboveMinor: { SEK: 1200 }, expiresAfterHours: 72 },
    })
    await rig.tell(refund('order-1', 1500))
    rig.pass(DAY_MS)

    await approve(rig, 'order-1')
    await rig.tell(refund('order-2', 1100))

    expect(await rig.phases('order-1')).toEqual(['confirmed'])
    expect(await rig.phases('order-2')).toEqual(['confirmed'])
  })

  test('counts a refund again that Klarna did after it had refused it', async () => {
    const rig = await sharing(2)
    rig.klarna.script({ answer: http(403, 'REFUND_NOT_ALLOWED') })
    await rig.tell(refund('order-1', 2000))
    const { id } = await rig.command('order-1')
    const late = {
      id: `answer:${id}:0:2`,
      type: 'command.answered',
      orderId: 'order-1',
      at: rig.now(),
      commandId: id,
      generation: 0,
      attempt: 0,
      outcome: { type: 'done', resultId: null, evidence: 'answer' },
      correlationId: null,
    } as const

    await rig.tell(late)
    await rig.tell(refund('order-2', 1000))

    expect(await rig.phases('order-1')).toEqual(['confirmed'])
    expect(await rig.phases('order-2')).toEqual(['awaitingApproval'])
  })

  test('denies one command of a decision and lets the others go', async () => {
    const rig = await aRig({
      rules: [
        { on: 'shop.go', action: { type: 'refund', params: { basis: 'remaining' } } },
        { on: 'shop.go', action: ACTIONS.release },
      ],
      settings: limits({ perMerchantAndDay: { ...perDay, refundMaxMinor: { SEK: 4000 } } }),
    })
    const halves = ['a', 'b'].map((captureId) =>
      aCapture({
        captureId,
        capturedMinor: 3000,
        lines: [{ ...TOMATOES, quantity: 5, totalMinor: 3000, totalTaxMinor: 600 }],
      }),
    )
    await rig.register(captured({ captures: halves }))

    await rig.tell({ id: 'go', type: 'shop.go', orderId: 'order-1', at: T0 })

    expect(await rig.phases()).toEqual(['confirmed', 'awaitingApproval', 'confirmed'])
    const [, decision] = await rig.store.decisions('order-1')
    expect(decision?.actions.map((each) => each.outcome)).toEqual(['awaiting_approval', 'queued'])
    expect(rig.klarna.observed('order-1').refundedMinor).toBe(3000)
  })
})

test('refunds over several captures never exceed what the order has left in total', async () => {
  const rig = await aRig()
  const halves = ['a', 'b'].map((captureId) =>
    aCapture({
      captureId,
      capturedMinor: 3000,
      lines: [{ ...TOMATOES, quantity: 5, totalMinor: 3000, totalTaxMinor: 600 }],
    }),
  )
  await rig.register(captured({ captures: halves, order: { refundedMinor: 2000 } }))
  const { captureId: _, ...whole } = asked('refund', { basis: 'remaining' }) as {
    readonly captureId: string
  } & ReturnType<typeof asked>

  await rig.tell(whole as ReturnType<typeof asked>)
  await rig.play(DAY_MS)

  expect(rig.klarna.observed('order-1').refundedMinor).toBe(6000)
  expect(rig.klarna.sent).toHaveLength(2)
  expect(await rig.phases()).toEqual(['confirmed', 'confirmed'])
})
