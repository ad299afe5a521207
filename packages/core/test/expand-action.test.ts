import {
  type ActionType,
  instant,
  type OrderEvent,
  type OrderState,
  type RefusalCode,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  captured,
  done,
  fired,
  guideOptions,
  returned,
  settle,
  T0,
  tomatoes,
} from './builders.ts'

type Given = {
  readonly order?: OrderState
  readonly event?: OrderEvent
  readonly action: ActionType
  readonly params?: Readonly<Record<string, unknown>>
  readonly quotes?: ReadonlyMap<string, typeof guideOptions>
}

const cap = { maxFeeMinor: { SEK: 1000 } }
const longest = { choose: 'longest', ...cap }
const two = [aCapture(), aCapture({ captureId: 'capture-2' })]
const reported = (problem: string, id = 'crm-1'): OrderEvent =>
  ({ id, type: 'customer.reported', orderId: 'order-1', at: T0, problem }) as OrderEvent
const dispatched = (shippingInfo: readonly object[], id = 'wms-2'): OrderEvent =>
  ({ id, type: 'shipment.dispatched', orderId: 'order-1', at: T0, shippingInfo }) as OrderEvent
const parcel = { shippingCompany: 'postnord', trackingNumber: 'P1' }

/** An order after a rule asked for an action and Klarna did it. */
const afterwards = (
  order: OrderState,
  event: OrderEvent,
  action: ActionType,
  params: Readonly<Record<string, unknown>> = {},
): OrderState => {
  const settled = settle(apply(order, event as never), event, [fired(action, params)])
  return settled.commands.reduce(
    (all, { command }) => apply(all, ...attempt(command.id, done)),
    settled.routed.order,
  )
}
const withReturn = (order: OrderState, changes: Parameters<typeof returned>[0] = {}) =>
  apply(order, returned(changes) as never)
const guide = anOrder()
const back = withReturn(guide)

const thousandth = (_: unknown, index: number) => ({
  reference: `r-${index}`,
  name: 'Tomato',
  quantity: 1,
  unitPriceMinor: 6,
  totalMinor: 6,
})

const refused: readonly [string, RefusalCode, Given][] = [
  [
    'a refund of an order with several captures that names none',
    'capture_not_named',
    {
      order: anOrder({ captures: two }),
      event: reported('damaged'),
      action: 'refund',
      params: { basis: 'amount', amountMinor: 1 },
    },
  ],
  [
    'an extension that names no capture of several',
    'capture_not_named',
    {
      order: anOrder({ captures: two }),
      event: reported('late'),
      action: 'extendDueDate',
      params: longest,
    },
  ],
  [
    'a return that the event does not carry',
    'unknown_return',
    { event: reported('damaged'), action: 'refund', params: { basis: 'returned_items' } },
  ],
  [
    'a stage that was not reported',
    'stage_not_reported',
    {
      order: back,
      event: returned(),
      action: 'refund',
      params: { basis: 'returned_items', stage: 'inspected' },
    },
  ],
  [
    'units that are paid back',
    'already_refunded',
    {
      order: afterwards(guide, returned(), 'refund', { basis: 'returned_items' }),
      event: returned({ id: 'wms-882' }),
      action: 'refund',
      params: { basis: 'returned_items' },
    },
  ],
  [
    'units of another return beyond what was captured',
    'line_exceeds_captured',
    {
      order: withReturn(afterwards(guide, returned(), 'refund', { basis: 'returned_items' }), {
        id: 'wms-9',
        returnId: 'R-2',
        lines: [{ reference: '123050', quantity: 6 }],
      }),
      event: returned({
        id: 'wms-9',
        returnId: 'R-2',
        lines: [{ reference: '123050', quantity: 6 }],
      }),
      action: 'refund',
      params: { basis: 'returned_items' },
    },
  ],
  [
    'an amount above what is left',
    'refund_exceeds_captured',
    {
      event: reported('damaged'),
      action: 'refund',
      params: { basis: 'amount', amountMinor: 6001 },
    },
  ],
  [
    'a rest that is nothing',
    'nothing_to_refund',
    {
      order: afterwards(guide, reported('damaged'), 'refund', { basis: 'remaining' }),
      event: reported('damaged', 'crm-2'),
      action: 'refund',
      params: { basis: 'remaining' },
    },
  ],
  [
    'a fee that takes all',
    'nothing_to_refund',
    {
      order: withReturn(anOrder({ order: { authorizedMinor: 6000, remainingAuthorizedMinor: 0 } })),
      event: returned(),
      action: 'refund',
      params: { basis: 'returned_items', returnFeeMinor: 3000 },
    },
  ],
  [
    'a share that rounds to nothing',
    'nothing_to_refund',
    {
      order: anOrder({
        captures: [
          aCapture({
            capturedMinor: 50,
            lines: [{ ...tomatoes, quantity: 1, unitPriceMinor: 50, totalMinor: 50 }],
          }),
        ],
      }),
      event: reported('late'),
      action: 'refund',
      params: { basis: 'percent', percent: 1 },
    },
  ],
  [
    'a return fee beside a partial capture',
    'return_fee_not_allowed',
    {
      order: back,
      event: returned(),
      action: 'refund',
      params: { basis: 'returned_items', returnFeeMinor: 100 },
    },
  ],
  [
    'a return fee outside of its markets',
    'return_fee_not_allowed',
    {
      order: withReturn(
        anOrder({ order: { authorizedMinor: 6000, remainingAuthorizedMinor: 0, country: 'GB' } }),
      ),
      event: returned(),
      action: 'refund',
      params: { basis: 'returned_items', returnFeeMinor: 100 },
    },
  ],
  [
    'a refund without lines that Klarna could allocate',
    'unknown_line',
    {
      order: anOrder({ captures: [aCapture({ lines: [] })] }),
      event: reported('damaged'),
      action: 'refund',
      params: { basis: 'remaining' },
    },
  ],
  [
    'a return fee of a refund without lines',
    'unknown_line',
    {
      order: anOrder({
        captures: [aCapture({ lines: [] })],
        order: { authorizedMinor: 6000, remainingAuthorizedMinor: 0 },
      }),
      event: reported('damaged'),
      action: 'refund',
      params: { basis: 'remaining', returnFeeMinor: 100 },
    },
  ],
  [
    'a return fee that would be one line too many',
    'return_fee_not_allowed',
    {
      order: anOrder({
        captures: [aCapture({ lines: Array.from({ length: 1000 }, thousandth) })],
        order: { authorizedMinor: 6000, remainingAuthorizedMinor: 0 },
      }),
      event: reported('damaged'),
      action: 'refund',
      params: { basis: 'remaining', returnFeeMinor: 100 },
    },
  ],
  [
    'refunds while the books differ',
    'refunds_stopped',
    {
      order: apply(guide, captured({ id: 'shop-2', order: { refundedMinor: 100 } })),
      event: reported('damaged'),
      action: 'refund',
      params: { basis: 'remaining' },
    },
  ],
  [
    'an extension of an order that is not paid later',
    'not_pay_later',
    {
      order: anOrder({ order: { paymentMethod: 'CARD' } }),
      event: reported('late'),
      action: 'extendDueDate',
      params: longest,
    },
  ],
  [
    'a second extension',
    'extended_before',
    {
      order: afterwards(guide, reported('late'), 'extendDueDate', longest),
      event: reported('late', 'crm-2'),
      action: 'extendDueDate',
      params: longest,
    },
  ],
  [
    'a cap that names another currency',
    'currency_not_listed',
    {
      event: reported('late'),
      action: 'extendDueDate',
      params: { choose: 'longest', maxFeeMinor: { EUR: 100 } },
    },
  ],
  [
    'an offer in another currency',
    'currency_not_listed',
    {
      event: reported('late'),
      action: 'extendDueDate',
      params: longest,
      quotes: new Map([['capture-1', { ...guideOptions, currency: 'EUR' }]]),
    },
  ],
  [
    'an extension when nothing is offered',
    'no_option_offered',
    { event: reported('late'), action: 'extendDueDate', params: longest, quotes: new Map() },
  ],
  [
    'a wish that no offer within the cap meets',
    'no_option_within_cap',
    {
      event: reported('late'),
      action: 'extendDueDate',
      params: { choose: 'cheapest', atLeastDays: 30, ...cap },
    },
  ],
  [
    'parcels that Klarna knows',
    'shipping_info_known',
    {
      order: afterwards(guide, dispatched([parcel]), 'addShippingInfo'),
      event: dispatched([parcel], 'wms-3'),
      action: 'addShippingInfo',
    },
  ],
  [
    'shipping info without a parcel',
    'no_shipping_info',
    { event: reported('late'), action: 'addShippingInfo' },
  ],
  [
    'a second send-out for the same problem',
    'sent_before',
    {
      order: afterwards(guide, reported('invoice_missing'), 'sendOut'),
      event: reported('invoice_missing', 'crm-2'),
      action: 'sendOut',
    },
  ],
  [
    'a release of nothing',
    'nothing_to_release',
    {
      order: afterwards(guide, reported('other'), 'releaseAuthorization'),
      event: reported('other', 'crm-2'),
      action: 'releaseAuthorization',
    },
  ],
  [
    'a release while one is on its way',
    'release_in_progress',
    {
      order: settle(guide, reported('other'), [fired('releaseAuthorization')]).routed.order,
      event: reported('other', 'crm-2'),
      action: 'releaseAuthorization',
    },
  ],
  [
    'a release before anything was captured',
    'nothing_captured',
    {
      order: anOrder({ captures: [aCapture({ capturedMinor: 0, lines: [] })] }),
      event: reported('other'),
      action: 'releaseAuthorization',
    },
  ],
  [
    'a longer authorization that has expired',
    'authorization_expired',
    {
      order: anOrder({ order: { authorizationExpiresAt: instant('2026-12-01T00:00:00Z') } }),
      event: reported('late'),
      action: 'extendAuthorization',
    },
  ],
  [
    'a longer authorization whose expiry is unknown',
    'authorization_unknown',
    {
      order: anOrder({ order: { authorizationExpiresAt: null } }),
      event: reported('late'),
      action: 'extendAuthorization',
    },
  ],
  [
    'params that no action has',
    'unknown_action',
    { event: reported('late'), action: 'refund', params: { basis: 'everything' } },
  ],
]

describe('an action is refused', () => {
  it.each(refused)(
    '%s: %s',
    (_, code, { order = guide, event = reported('other'), action, params, quotes }) => {
      const settled = settle(
        order,
        event,
        [fired(action, params)],
        quotes === undefined ? {} : { quotes },
      )

      expect(settled.actions.map((each) => [each.outcome, each.refusal?.code])).toEqual([
        ['refused', code],
      ])
      expect(settled.commands).toEqual([])
      expect(settled.reservations).toEqual([])
    },
  )
})

describe('an extension that no offer meets', () => {
  const nearest = (params: Readonly<Record<string, unknown>>) => {
    const { actions } = settle(guide, reported('late'), [fired('extendDueDate', params)])
    return actions[0]?.refusal?.facts
  }

  it('says the least cap that would do', () => {
    const params = { choose: 'cheapest', atLeastDays: 30, maxFeeMinor: { SEK: 1000 } }

    expect(nearest(params)).toEqual({
      captureId: 'capture-1',
      feeMaxMinor: 1000,
      neededFeeMinor: 1900,
    })
  })

  it('says how many days are offered at most when no cap would do', () => {
    expect(nearest({ days: 61, maxFeeMinor: { SEK: 9900 } })).toEqual({
      captureId: 'capture-1',
      feeMaxMinor: 9900,
      longestDays: 60,
    })
  })
})

describe('an action becomes', () => {
  const bodies = (given: Given) =>
    settle(
      given.order ?? guide,
      given.event ?? reported('other'),
      [fired(given.action, given.params)],
      given.quotes === undefined ? {} : { quotes: given.quotes },
    ).commands.map(({ command }) => command.body)

  it('one refund per capture when the rest of an order is paid back', () => {
    const order = anOrder({ captures: two })
    expect(bodies({ order, action: 'refund', params: { basis: 'remaining' } })).toMatchObject([
      { operation: 'refundOrder', captureId: 'capture-1', refundMinor: 6000, lines: [tomatoes] },
      { operation: 'refundOrder', captureId: 'capture-2', refundMinor: 6000, lines: [tomatoes] },
    ])
  })

  it('a refund of the captures that have something left', () => {
    const first = { ...reported('damaged'), captureId: 'capture-1' } as OrderEvent
    const order = afterwards(anOrder({ captures: two }), first, 'refund', { basis: 'remaining' })
    expect(
      bodies({
        order,
        event: reported('other', 'crm-2'),
        action: 'refund',
        params: { basis: 'remaining' },
      }),
    ).toMatchObject([{ captureId: 'capture-2' }])
  })

  it('a refund of the returned units, with the line, its price and its tax', () => {
    const [body] = bodies({
      order: back,
      event: returned(),
      action: 'refund',
      params: { basis: 'returned_items', description: 'damaged' },
    })
    expect(body).toEqual({
      operation: 'refundOrder',
      captureId: 'capture-1',
      refundMinor: 3000,
      lines: [
        {
          reference: '123050',
          name: 'Tomatoes',
          type: 'physical',
          quantity: 5,
          unitPriceMinor: 600,
          totalMinor: 3000,
          taxRateBasisPoints: 2500,
          totalTaxMinor: 600,
        },
      ],
      units: [{ returnId: 'R-881', reference: '123050', quantity: 5, unitIndex: 0 }],
      returnId: 'R-881',
      description: 'damaged',
    })
  })

  it('a refund with the return fee as a line of its own', () => {
    const order = withReturn(
      anOrder({ order: { authorizedMinor: 6000, remainingAuthorizedMinor: 0 } }),
    )
    const [body] = bodies({
      order,
      event: returned(),
      action: 'refund',
      params: { basis: 'returned_items', returnFeeMinor: 500 },
    })
    expect(body).toMatchObject({ refundMinor: 2500 })
    expect(body?.operation === 'refundOrder' && body.lines.at(-1)).toEqual({
      reference: 'return_fee',
      name: 'Return fee',
      type: 'return_fee',
      quantity: 1,
      unitPriceMinor: -500,
      totalMinor: -500,
      taxRateBasisPoints: 2500,
      totalTaxMinor: -100,
    })
  })

  const choices: readonly [string, Readonly<Record<string, unknown>>, number, number][] = [
    ['the longest within the cap', longest, 10, 1000],
    ['the shortest', { choose: 'shortest', ...cap }, 2, 0],
    ['the cheapest', { choose: 'cheapest', ...cap }, 2, 0],
    [
      'the cheapest of at least some days',
      { choose: 'cheapest', atLeastDays: 5, ...cap },
      10,
      1000,
    ],
    ['exactly the days asked for', { days: 10, ...cap }, 10, 1000],
    [
      'a longer one under a higher cap',
      { choose: 'longest', maxFeeMinor: { SEK: 4900 } },
      60,
      4900,
    ],
  ]
  it.each(choices)('an extension: %s', (_, params, numberOfDays, feeMinor) => {
    expect(bodies({ event: reported('late'), action: 'extendDueDate', params })).toMatchObject([
      { numberOfDays, feeMinor },
    ])
  })

  it('another extension when the rule says `again`', () => {
    const order = afterwards(guide, reported('late'), 'extendDueDate', longest)
    expect(
      bodies({
        order,
        event: reported('late', 'crm-2'),
        action: 'extendDueDate',
        params: { ...longest, again: 'yes' },
      }),
    ).toHaveLength(1)
  })

  it('shipping info for the parcels that Klarna does not know yet, each once', () => {
    const order = afterwards(guide, dispatched([parcel]), 'addShippingInfo')
    const other = { ...parcel, trackingNumber: 'P2' }
    expect(
      bodies({
        order,
        event: dispatched([parcel, other, other], 'wms-3'),
        action: 'addShippingInfo',
      }),
    ).toEqual([{ operation: 'appendShippingInfo', captureId: 'capture-1', shippingInfo: [other] }])
  })

  it('a send-out, and another one when a person asks for it', () => {
    const order = afterwards(guide, reported('invoice_missing'), 'sendOut')
    const asked = {
      id: 'staff-1',
      type: 'action.requested',
      orderId: 'order-1',
      at: T0,
      by: 'kim',
      why: 'called again',
      action: { type: 'sendOut' },
    } as OrderEvent
    expect(bodies({ order, event: asked, action: 'sendOut' })).toEqual([
      { operation: 'triggerSendOut', captureId: 'capture-1', reason: 'requested:staff-1' },
    ])
  })

  it('a release of what is left, and a longer authorization', () => {
    expect(bodies({ action: 'releaseAuthorization' })).toEqual([
      { operation: 'releaseRemainingAuthorization', remainingMinor: 2000 },
    ])
    expect(bodies({ action: 'extendAuthorization' })).toEqual([
      { operation: 'extendAuthorizationTime' },
    ])
  })
})
