import {
  type ActionType,
  commandPhase,
  type Decision,
  type EngineEvent,
  encodeSnapshot,
  type OrderEvent,
  type OrderState,
  type RuleVerdict,
  type SettleInput,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { describeWait } from '../../src/lifecycle/reserve.ts'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  done,
  fired,
  returned,
  rules,
  settings,
  settle,
  T0,
  tomatoes,
} from '../builders.ts'

const back = returned()
const order = apply(anOrder(), back as EngineEvent)
const longest = { choose: 'longest', maxFeeMinor: { SEK: 1000 } }
const half = { basis: 'amount', amountMinor: 3000 }
const outcomes = (
  verdicts: readonly RuleVerdict[],
  changes: Partial<SettleInput> = {},
  given: OrderState = order,
): Decision['actions'][number]['outcome'][] =>
  settle(given, back, verdicts, changes).actions.map((action) => action.outcome)

describe('settling', () => {
  it('is the same, byte for byte, however often it is done', () => {
    const once = settle(order, back, [
      fired('extendDueDate', longest),
      fired('refund', half),
      fired('releaseAuthorization'),
    ])
    const twice = settle(order, back, [
      fired('extendDueDate', longest),
      fired('refund', half),
      fired('releaseAuthorization'),
    ])
    expect(encodeSnapshot(once.routed.order)).toBe(encodeSnapshot(twice.routed.order))
    expect(once.commands).toEqual(twice.commands)
    expect(new Set(once.commands.map((each) => each.idempotencyKey)).size).toBe(3)
  })

  it('lets the first of two rules win the same operation on the same capture', () => {
    const settled = settle(order, back, [
      fired('refund', half, { rule: 'a' }),
      fired('refund', { basis: 'remaining' }, { rule: 'b' }),
    ])
    expect(settled.actions.map((action) => [action.rule, action.outcome])).toEqual([
      ['a', 'queued'],
      ['b', 'superseded'],
    ])
    expect(settled.commands).toHaveLength(1)
  })

  it.each([
    ['collect', ['queued', 'queued']],
    ['first', ['queued', 'superseded']],
    ['unique', ['conflict', 'conflict']],
  ] as const)('under the hit policy %s gives %j', (hitPolicy, want) => {
    expect(
      outcomes([fired('refund', half), fired('sendOut')], { rules: rules(hitPolicy) }),
    ).toEqual(want)
  })

  it('opens work for a conflict, once per set', () => {
    const { routed } = settle(order, back, [fired('refund', half), fired('sendOut')], {
      rules: rules('unique'),
    })
    expect(
      new Set(routed.effects.map((effect) => (effect.type === 'openWork' ? effect.work.id : ''))),
    ).toEqual(new Set(['conflict:order-1:wms-881:returns']))
  })

  it.each(['draft', 'shadow'] as const)('never lets a %s rule act, win or block', (mode) => {
    const verdicts = [
      fired('refund', half, { mode, rule: 'a' }),
      fired('refund', half, { rule: 'b' }),
    ]
    expect(outcomes(verdicts, { rules: rules('unique') })).toEqual(['not_live', 'queued'])
  })

  it.each(['unknown', 'false', 'failed'] as const)(
    'does nothing on a rule that is %s',
    (verdict) => {
      expect(outcomes([fired('refund', half, { verdict })])).toEqual([])
    },
  )

  it('asks people and notifies without a command', () => {
    const settled = settle(order, back, [
      fired('review', { question: 'Fraud?', suggest: { type: 'refund', params: half } }),
      fired('notify', { channel: 'ops', message: 'look' }),
    ])
    expect(settled.actions.map((action) => action.outcome)).toEqual(['done', 'done'])
    expect(settled.commands).toEqual([])
    expect(settled.notices).toMatchObject([{ channel: 'ops', message: 'look', orderId: 'order-1' }])
    expect(settled.routed.effects).toMatchObject([
      { type: 'openWork', work: { kind: 'review', details: { suggest: { type: 'refund' } } } },
    ])
  })

  it('sends nothing in observe mode, and says what it would do', () => {
    const settled = settle(
      order,
      back,
      [fired('refund', half), fired('notify', { channel: 'ops', message: 'x' })],
      { settings: { ...settings, observe: true } },
    )
    expect(settled.actions.map((action) => action.outcome)).toEqual(['observed', 'observed'])
    expect([settled.commands, settled.reservations, settled.notices]).toEqual([[], [], []])
    expect(settled.actions[0]?.sentence).toBe('refund 30.00 SEK')
  })

  it('takes a request of a person like a rule, without rules', () => {
    const asked = {
      id: 'staff-1',
      type: 'action.requested',
      orderId: 'order-1',
      at: T0,
      by: 'kim',
      why: 'goodwill',
      action: { type: 'refund', params: half },
    } as OrderEvent
    const settled = settle(order, asked, [], { rules: null })
    expect(settled.actions).toMatchObject([
      { rule: null, requestedBy: 'kim', outcome: 'queued', sentence: 'goodwill: refund 30.00 SEK' },
    ])
    expect(settled.reservations.map((each) => each.bucket)).toEqual([
      'merchant:count:2026-12-08',
      'merchant:refund:SEK:2026-12-08',
    ])
  })
})

const small = (changes: object) => ({ ...settings, limits: { ...settings.limits, ...changes } })
const twenty = { SEK: 2000 }
const { perOrder } = settings.limits
const waiting: readonly [
  string,
  string,
  ActionType,
  Readonly<Record<string, unknown>>,
  Partial<SettleInput>,
][] = [
  [
    'a refund above the limit of one command',
    'limit:command:refund',
    'refund',
    half,
    { settings: small({ perCommand: { refundMaxMinor: twenty, extensionFeeMaxMinor: twenty } }) },
  ],
  [
    'a refund in a currency without a limit',
    'limit:currency:SEK',
    'refund',
    half,
    {
      settings: small({
        perCommand: { refundMaxMinor: { EUR: 1e6 }, extensionFeeMaxMinor: twenty },
      }),
    },
  ],
  [
    'a fee above the limit of one command',
    'limit:command:extension_fee',
    'extendDueDate',
    longest,
    {
      settings: small({
        perCommand: { refundMaxMinor: twenty, extensionFeeMaxMinor: { SEK: 999 } },
      }),
    },
  ],
  [
    'a refund above the limit of the order',
    'limit:order:refund',
    'refund',
    half,
    { settings: small({ perOrder: { ...perOrder, refundMaxMinor: twenty } }) },
  ],
  [
    'a fee above the limit of the order',
    'limit:order:extension_fee',
    'extendDueDate',
    longest,
    { settings: small({ perOrder: { ...perOrder, extensionFeeMaxMinor: { SEK: 999 } } }) },
  ],
  [
    'one command too many',
    'limit:order:commands',
    'sendOut',
    {},
    { settings: small({ perOrder: { ...perOrder, commandMaxCount: 0 } }) },
  ],
  [
    'a rule beyond its own limit per order',
    'limit:order:rule',
    'sendOut',
    {},
    { rules: rules('collect', { perOrder: 0 }) },
  ],
  [
    'a refund above the threshold',
    'above_approval_threshold',
    'refund',
    half,
    {
      settings: {
        ...settings,
        approval: { ...settings.approval, refundAboveMinor: { SEK: 2999 } },
      },
    },
  ],
  [
    'a fee above the threshold',
    'above_approval_threshold',
    'extendDueDate',
    longest,
    {
      settings: {
        ...settings,
        approval: { ...settings.approval, extensionFeeAboveMinor: { SEK: 999 } },
      },
    },
  ],
]

describe('a command waits for people', () => {
  it.each(waiting)('%s (%s)', (_, why, action, params, changes) => {
    const settled = settle(order, back, [fired(action, params)], changes)
    const [command] = settled.routed.order.commands
    expect(command?.chart).toMatchObject({
      value: 'awaitingApproval',
      context: { why, approvalsNeeded: 1, approvalExpiresAt: '2026-12-09T08:00:00.000Z' },
    })
    expect(settled.actions[0]?.outcome).toBe('awaiting_approval')
    expect(settled.routed.effects).toMatchObject([
      {
        type: 'openWork',
        work: { kind: 'awaiting_approval', details: { approvalHash: command?.approvalHash } },
      },
    ])
  })

  it('when its rule says so', () => {
    expect(outcomes([fired('refund', half, { mode: 'approval' })])).toEqual(['awaiting_approval'])
  })

  it('when a shared limit denied its claim, and claims nothing then', () => {
    const [first] = settle(order, back, [fired('refund', half)]).commands
    const settled = settle(order, back, [fired('refund', half)], {
      denied: new Map([[first?.command.id ?? '', 'limit:merchant:count']]),
    })
    expect(settled.routed.order.commands[0]?.chart.context.why).toBe('limit:merchant:count')
    expect(settled.reservations).toEqual([])
  })
})

it.each([
  ['limit:currency:EUR', 'EUR is not listed in the limits'],
  ['limit:order:rule', 'the rule has acted on this order as often as its limits allow'],
  [
    'limit:merchant:count:2026-12-08',
    'a limit that orders share is reached (merchant:count:2026-12-08)',
  ],
])('%s reads "%s"', (why, want) => {
  expect(describeWait(why)).toBe(want)
})

describe('an approval', () => {
  const approval = { ...settings.approval, refundAboveMinor: { SEK: 0 }, approvers: 2 }
  const settled = settle(order, back, [fired('refund', half)], {
    settings: { ...settings, approval },
  })
  const waitingOrder = settled.routed.order
  const [command] = waitingOrder.commands
  const approve = (by: string, hash = command?.approvalHash) =>
    ({
      id: `approval:${by}`,
      type: 'command.approved',
      orderId: 'order-1',
      at: T0,
      commandId: command?.command.id,
      by,
      hash,
    }) as EngineEvent
  const phase = (given: OrderState) => commandPhase(given.commands[0] ?? (command as never))

  it('needs two distinct people', () => {
    const once = apply(waitingOrder, approve('kim'))
    expect(phase(once)).toBe('awaitingApproval')
    expect(() => apply(once, approve('kim'))).toThrow('approver_not_allowed')
    expect(phase(apply(once, approve('lee')))).toBe('requested')
  })

  it('is not given twice by one person in two spellings', () => {
    expect(() => apply(waitingOrder, approve('kim'), approve(' Kim '))).toThrow(
      'approver_not_allowed',
    )
  })

  it('is not given by who published the rules', () => {
    expect(() => apply(waitingOrder, approve('ops@shop.example'))).toThrow('approver_not_allowed')
  })

  it('is bound to the bytes', () => {
    expect(() => apply(waitingOrder, approve('kim', 'other'))).toThrow('approval_not_bound')
  })

  it('that is refused, or never given, frees the money', () => {
    const about = { orderId: 'order-1', at: T0, commandId: command?.command.id }
    const rejected = apply(waitingOrder, {
      ...about,
      id: 'r',
      type: 'command.rejected',
      by: 'kim',
      why: 'no',
    } as EngineEvent)
    const expired = apply(waitingOrder, {
      ...about,
      id: 'x',
      type: 'command.expired',
    } as EngineEvent)
    expect([phase(rejected), phase(expired)]).toEqual(['rejected', 'rejected'])
    expect(
      settle(rejected, returned({ id: 'wms-900' }), [fired('refund', { basis: 'remaining' })])
        .commands[0]?.command.body,
    ).toMatchObject({ refundMinor: 6000 })
  })

  it('is bound to the fee of an extension, which its bytes do not carry', () => {
    const hashes = [1000, 900].map((feeMinor) => {
      const quotes = new Map([
        ['capture-1', { currency: 'SEK', options: [{ numberOfDays: 10, feeMinor }] }],
      ])
      return settle(order, back, [fired('extendDueDate', longest)], { quotes }).routed.order
        .commands[0]?.approvalHash
    })
    expect(new Set(hashes).size).toBe(2)
  })
})

it("claims shared limits by rule and merchant, in the merchant's own days", () => {
  const settled = settle(
    order,
    back,
    [fired('refund', half, { rule: 'R' }), fired('extendDueDate', longest, { rule: 'E' })],
    { rules: rules('collect', { perDay: 5 }), now: '2026-12-08T23:30:00.000Z' as never },
  )
  expect(
    settled.reservations.map(({ bucket, amount, ceiling }) => [bucket, amount, ceiling]),
  ).toEqual([
    ['rule:returns/R:count:2026-12-09', 1, 5],
    ['rule:returns/R:refund:SEK:2026-12-09', 3000, 1_000_000],
    ['merchant:count:2026-12-09', 1, 1000],
    ['merchant:refund:SEK:2026-12-09', 3000, 5_000_000],
    ['rule:returns/E:count:2026-12-09', 1, 5],
    ['rule:returns/E:extension_fee:SEK:2026-12-09', 1000, 100_000],
    ['merchant:count:2026-12-09', 1, 1000],
    ['merchant:extension_fee:SEK:2026-12-09', 1000, 100_000],
  ])
})

it('refunds one return once, however many events report it', () => {
  const first = settle(order, back, [fired('refund', { basis: 'returned_items' })])
  const [command] = first.commands
  const again = returned({ id: 'crm-17' })
  const inFlight = settle(apply(first.routed.order, again as EngineEvent), again, [
    fired('refund', { basis: 'returned_items' }),
  ])
  const settledOrder = apply(first.routed.order, ...attempt(command?.command.id ?? '', done))
  const afterwards = settle(apply(settledOrder, again as EngineEvent), again, [
    fired('refund', { basis: 'returned_items' }),
  ])
  expect([inFlight, afterwards].map((each) => each.actions[0]?.refusal?.code)).toEqual([
    'already_refunded',
    'already_refunded',
  ])
})

it('pays an amount for a return once per rule, however many events report the return', () => {
  const share = [fired('refund', { basis: 'percent', percent: 20 })]
  const first = settle(order, back, share)
  const again = returned({ id: 'crm-17' })
  const repeated = settle(apply(first.routed.order, again as EngineEvent), again, share)
  expect(repeated.actions[0]?.refusal?.code).toBe('already_refunded')
  const other = returned({ id: 'wms-900', returnId: 'R-900' })
  expect(
    settle(apply(first.routed.order, other as EngineEvent), other, share).commands,
  ).toHaveLength(1)
})

it('never pays more than the order has left in total over several captures', () => {
  const capture = aCapture({
    capturedMinor: 3000,
    lines: [{ ...tomatoes, quantity: 5, totalMinor: 3000 }],
  })
  const both = anOrder({
    captures: [capture, { ...capture, captureId: 'capture-2' }],
    order: { refundedMinor: 2000 },
  })
  const event = {
    id: 'crm-1',
    type: 'customer.reported',
    orderId: 'order-1',
    at: T0,
    problem: 'late',
  } as OrderEvent
  const bodies = settle(both, event, [fired('refund', { basis: 'remaining' })]).commands.map(
    ({ command }) => command.body,
  )
  expect(bodies).toMatchObject([{ refundMinor: 3000 }, { refundMinor: 1000 }])
})

it('opens a closed order again when something is still done about it', () => {
  const whole = anOrder({ order: { remainingAuthorizedMinor: 0 } })
  const accepted = { id: 'ok', type: 'delivery.accepted', orderId: 'order-1', at: T0 } as OrderEvent
  const closed = settle(apply(whole, accepted as EngineEvent), accepted, []).routed.order
  const own = { id: 'shop-7', type: 'shop.goodwill', orderId: 'order-1', at: T0 } as OrderEvent
  const settled = settle(apply(closed, own as EngineEvent), own, [fired('sendOut')])
  expect([closed.chart.value, settled.routed.order.chart.value]).toEqual([
    'closed',
    { open: 'released' },
  ])
})

it('reserves within one decision: two rules cannot both take what is left', () => {
  const both = anOrder({ captures: [aCapture()] })
  const event = {
    id: 'crm-1',
    type: 'customer.reported',
    orderId: 'order-1',
    at: T0,
    problem: 'late',
  } as OrderEvent
  const first = settle(both, event, [fired('refund', { basis: 'remaining' })])
  const second = settle(first.routed.order, { ...event, id: 'crm-2' }, [
    fired('refund', { basis: 'amount', amountMinor: 1 }),
  ])
  expect(second.actions[0]?.refusal?.code).toBe('refund_exceeds_captured')
})
