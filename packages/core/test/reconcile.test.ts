import {
  addMs,
  BREAKS,
  type BreakCode,
  type CommandState,
  canonicalJson,
  commandPhase,
  isAboutRefunds,
  type ObservedOrder,
  type ObservedRefund,
  type OrderState,
  reconcileOrder,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aCapture,
  anOrder,
  apply,
  attempt,
  fired,
  returned,
  settle,
  T0,
  tomatoes,
} from './builders.ts'

/** Long after everything: no read is older than what was confirmed. */
const LATER = addMs(T0, 86_400_000)

const halves = ['capture-1', 'capture-2'].map((captureId) =>
  aCapture({
    captureId,
    capturedMinor: 3000,
    lines: [{ ...tomatoes, quantity: 5, totalMinor: 3000, totalTaxMinor: 600 }],
  }),
)
const done = { type: 'done', resultId: 'refund-1', evidence: 'answer' } as const
const info = { trackingNumber: 'P-1' }

type Ask = Parameters<typeof fired>
const refundOf = (amountMinor: number): Ask => ['refund', { basis: 'amount', amountMinor }]
const shipping: Ask = ['addShippingInfo', { shippingInfo: [info] }]
const release: Ask = ['releaseAuthorization']

/** An order of two captures of 30.00 with commands on the first of them, each asked for by an event of its own. */
const withCommands = (asks: readonly Ask[], base = anOrder({ captures: halves })): OrderState =>
  asks.reduce((order, ask, index) => {
    const event = returned({ id: `ask-${index}`, returnId: `R-${index}`, captureId: 'capture-1' })
    return settle(order, event, [fired(...ask)]).routed.order
  }, base)

const idOf = (order: OrderState, index = 0): string => order.commands[index]?.command.id ?? ''
const confirm = (order: OrderState, index = 0): OrderState =>
  apply(order, ...attempt(idOf(order, index), done))

/** Puts a command where a test wants it, without its history. */
const put = (order: OrderState, phase: unknown, index = 0): OrderState => ({
  ...order,
  commands: order.commands.map((each, at) =>
    at === index ? { ...each, chart: { ...each.chart, value: phase } } : each,
  ),
})

const refundSeen = ({ command }: CommandState): ObservedRefund => ({
  refundId: `at-klarna-${command.id}`,
  reference: command.id,
  refundedMinor: command.body.operation === 'refundOrder' ? command.body.refundMinor : 0,
})

/** Klarna's books as they are when everything is as we know it; `openingMinor` was refunded before us. */
function klarnaOf(order: OrderState): ObservedOrder {
  const confirmed = order.commands.filter((each) => commandPhase(each) === 'confirmed')
  const refunds = confirmed
    .filter(({ command }) => command.body.operation === 'refundOrder')
    .map(refundSeen)
  const known = refunds.reduce((all, refund) => all + refund.refundedMinor, 0)
  const captures = order.captures.map(({ captureId, chart, lines, capturedAt }) => ({
    captureId,
    capturedMinor: chart.context.capturedMinor,
    refundedMinor: chart.context.refundedMinor,
    capturedAt,
    lines,
    shippingInfo: confirmed.flatMap(({ command: { body } }) =>
      body.operation === 'appendShippingInfo' && body.captureId === captureId
        ? body.shippingInfo
        : [],
    ),
  }))
  const refundedMinor =
    captures.reduce((all, each) => all + each.refundedMinor, 0) + order.unallocatedRefundedMinor
  const before = refundedMinor - known
  return {
    orderId: order.orderId,
    status: 'CAPTURED',
    currency: order.currency,
    country: order.country,
    paymentMethod: order.paymentMethod,
    authorizedMinor: order.authorizedMinor,
    capturedMinor: captures.reduce((all, each) => all + each.capturedMinor, 0),
    refundedMinor,
    remainingAuthorizedMinor: order.remainingAuthorizedMinor,
    expiresAt: null,
    captures,
    refunds:
      before === 0
        ? refunds
        : [...refunds, { refundId: 'before', reference: null, refundedMinor: before }],
  }
}

/** Adds a refund to Klarna's books, on a capture when it is named. */
const refunded = (
  observed: ObservedOrder,
  refund: ObservedRefund,
  captureId: string | null,
): ObservedOrder => ({
  ...observed,
  refundedMinor: observed.refundedMinor + refund.refundedMinor,
  refunds: [...observed.refunds, refund],
  captures: observed.captures.map((each) =>
    each.captureId === captureId
      ? { ...each, refundedMinor: each.refundedMinor + refund.refundedMinor }
      : each,
  ),
})
const onCapture = (
  observed: ObservedOrder,
  captureId: string,
  change: Partial<ObservedOrder['captures'][number]>,
): ObservedOrder => ({
  ...observed,
  captures: observed.captures.map((each) =>
    each.captureId === captureId ? { ...each, ...change } : each,
  ),
})

const portal: ObservedRefund = { refundId: 'r-9', reference: null, refundedMinor: 500 }
const paid = confirm(withCommands([refundOf(1000)]))
const lacking = klarnaOf(put(paid, 'refused'))
const withoutRefund = onCapture({ ...lacking, refunds: [], refundedMinor: 0 }, 'capture-1', {
  refundedMinor: 0,
})
const asking = withCommands([refundOf(1000)])
const seen = (order: OrderState): ObservedOrder => {
  const [command] = order.commands
  if (command === undefined) throw new Error('no command')
  return refunded(klarnaOf(order), refundSeen(command), 'capture-1')
}
const told = confirm(withCommands([shipping]))
const telling = withCommands([shipping])
const let1 = withCommands([release])
const let2 = confirm(let1)
const adopted: OrderState = { ...anOrder({ captures: halves }), unallocatedRefundedMinor: 500 }

interface Case {
  readonly order: OrderState
  readonly observed: ObservedOrder
  readonly readAt?: typeof LATER
  readonly codes: readonly BreakCode[]
  readonly certainty?: 'certain' | 'unsure'
  readonly amounts?: readonly [ours: number | undefined, klarnas: number | undefined]
}

const cases: readonly (readonly [string, Case])[] = [
  ['nothing at all', { order: paid, observed: klarnaOf(paid), codes: [] }],
  [
    'another currency, and nothing else',
    {
      order: paid,
      observed: { ...withoutRefund, currency: 'EUR' },
      codes: ['currency_differs'],
    },
  ],
  [
    'a refund in the portal',
    {
      order: paid,
      observed: refunded(klarnaOf(paid), portal, 'capture-2'),
      codes: ['refund_unknown'],
      amounts: [0, 500],
    },
  ],
  [
    'no refund in the portal that people adopted',
    {
      order: adopted,
      observed: refunded(
        klarnaOf({ ...adopted, unallocatedRefundedMinor: 0 }),
        portal,
        'capture-2',
      ),
      codes: [],
    },
  ],
  [
    'what is beyond those that people adopted',
    {
      order: adopted,
      observed: refunded(klarnaOf(adopted), portal, 'capture-1'),
      codes: ['refund_unknown'],
      amounts: [500, 1000],
    },
  ],
  [
    'an adopted refund that is gone',
    {
      order: adopted,
      observed: klarnaOf({ ...adopted, unallocatedRefundedMinor: 0 }),
      readAt: LATER,
      codes: ['refund_lacking'],
      amounts: [500, 0],
    },
  ],
  [
    'a refund made twice',
    {
      order: paid,
      observed: seen(paid),
      codes: ['refund_repeated', 'allocation_differs'],
    },
  ],
  [
    'another amount',
    {
      order: paid,
      observed: onCapture(
        {
          ...klarnaOf(paid),
          refundedMinor: 999,
          refunds: [{ refundId: 'r', reference: idOf(paid), refundedMinor: 999 }],
        },
        'capture-1',
        { refundedMinor: 999 },
      ),
      codes: ['refund_amount_differs', 'allocation_differs'],
      amounts: [1000, 999],
    },
  ],
  [
    'a confirmed refund that Klarna lacks',
    {
      order: paid,
      observed: withoutRefund,
      codes: ['refund_lacking'],
      certainty: 'certain',
      amounts: [1000, 0],
    },
  ],
  [
    'the same just now, unsurely',
    {
      order: paid,
      observed: withoutRefund,
      readAt: addMs(T0, 10 * 60_000),
      codes: ['refund_lacking'],
      certainty: 'unsure',
    },
  ],
  [
    'the same a moment later, surely',
    {
      order: paid,
      observed: withoutRefund,
      readAt: addMs(T0, 10 * 60_000 + 1),
      codes: ['refund_lacking'],
      certainty: 'certain',
    },
  ],
  [
    'one that a person made by hand instead, unsurely',
    {
      order: paid,
      observed: refunded(withoutRefund, { ...portal, refundedMinor: 1000 }, 'capture-1'),
      codes: ['refund_under_other_reference'],
      certainty: 'unsure',
    },
  ],
  [
    'a refund that was refused and is there',
    {
      order: put(asking, 'refused'),
      observed: seen(asking),
      codes: ['refund_not_booked'],
      amounts: [0, 1000],
    },
  ],
  [
    'a total that is not the sum',
    {
      order: paid,
      observed: { ...klarnaOf(paid), refundedMinor: 1500 },
      codes: ['refund_total_differs'],
      amounts: [1000, 1500],
    },
  ],
  [
    'a refund on the wrong capture',
    {
      order: paid,
      observed: onCapture(
        onCapture(klarnaOf(paid), 'capture-1', { refundedMinor: 0 }),
        'capture-2',
        { refundedMinor: 1000 },
      ),
      codes: ['allocation_differs', 'allocation_differs'],
      amounts: [1000, 0],
    },
  ],
  ['a refund on its way that is there', { order: asking, observed: seen(asking), codes: [] }],
  ...(['doubtful', 'auditing', 'stuck', 'paused'] as const).map(
    (phase) =>
      [
        `a ${phase} refund that is there`,
        { order: put(asking, phase), observed: seen(asking), codes: ['visible_at_klarna'] },
      ] as const satisfies readonly [string, Case],
  ),
  [
    'a stuck refund that is not there: nothing',
    { order: put(asking, 'stuck'), observed: klarnaOf(asking), codes: [] },
  ],
  [
    'a capture that we do not know, and not what it took of the authorization',
    {
      order: paid,
      observed: {
        ...klarnaOf(paid),
        remainingAuthorizedMinor: paid.remainingAuthorizedMinor - 700,
        captures: [
          ...klarnaOf(paid).captures,
          {
            captureId: 'capture-3',
            capturedMinor: 700,
            refundedMinor: 0,
            capturedAt: null,
            lines: [],
            shippingInfo: [],
          },
        ],
      },
      codes: ['capture_unknown'],
      amounts: [undefined, 700],
    },
  ],
  [
    'a capture that is gone',
    {
      order: anOrder({ captures: halves }),
      observed: {
        ...klarnaOf(anOrder({ captures: halves })),
        captures: klarnaOf(anOrder({ captures: halves })).captures.slice(1),
      },
      codes: ['capture_lacking'],
    },
  ],
  [
    'another captured amount',
    {
      order: paid,
      observed: onCapture(klarnaOf(paid), 'capture-2', { capturedMinor: 2999 }),
      codes: ['captured_amount_differs'],
      amounts: [3000, 2999],
    },
  ],
  [
    'another amount that is left',
    {
      order: paid,
      observed: { ...klarnaOf(paid), remainingAuthorizedMinor: 1 },
      codes: ['authorization_differs'],
      amounts: [paid.remainingAuthorizedMinor, 1],
    },
  ],
  [
    'an authorization that was raised again after a release',
    {
      order: let2,
      observed: { ...klarnaOf(let2), remainingAuthorizedMinor: 2000 },
      codes: ['authorization_differs'],
      amounts: [0, 2000],
    },
  ],
  [
    'a release in doubt that was done',
    {
      order: put(let1, 'stuck'),
      observed: { ...klarnaOf(let1), remainingAuthorizedMinor: 0 },
      codes: ['visible_at_klarna'],
    },
  ],
  [
    'a release on its way that was done: nothing',
    { order: let1, observed: { ...klarnaOf(let1), remainingAuthorizedMinor: 0 }, codes: [] },
  ],
  [
    'shipping info that is gone',
    {
      order: told,
      observed: onCapture(klarnaOf(told), 'capture-1', { shippingInfo: [] }),
      codes: ['shipping_info_lacking'],
    },
  ],
  [
    'shipping info in doubt that is there',
    {
      order: put(telling, 'stuck'),
      observed: onCapture(klarnaOf(telling), 'capture-1', { shippingInfo: [info as never] }),
      codes: ['visible_at_klarna'],
    },
  ],
]

describe('reconciliation finds', () => {
  it.for(cases)('%s', ([, { order, observed, readAt = LATER, codes, certainty, amounts }]) => {
    const breaks = reconcileOrder({ order, observed, readAt })

    expect(breaks.map(({ code }) => code)).toEqual(codes)
    if (certainty !== undefined) expect(breaks[0]?.certainty).toBe(certainty)
    if (amounts !== undefined)
      expect([breaks[0]?.oursMinor, breaks[0]?.klarnasMinor]).toEqual(amounts)
    for (const found of breaks) {
      expect(found.orderId).toBe('order-1')
      expect(found.what).toMatch(/^.+: .+$/)
      expect(found.next).toBe(BREAKS[found.code].next)
    }
  })

  it('every code in one of the cases', () => {
    const met = new Set(cases.flatMap(([, { codes }]) => codes))
    expect([...met].toSorted()).toEqual(Object.keys(BREAKS).toSorted())
  })

  it('a lacking refund surely when it was confirmed long ago, though something was decided just now', () => {
    const order = { ...paid, lastDecidedAt: LATER }
    const confirmedAt = new Map([[idOf(paid), T0]])

    const [found] = reconcileOrder({ order, observed: withoutRefund, readAt: LATER, confirmedAt })
    const [unsure] = reconcileOrder({ order, observed: withoutRefund, readAt: LATER })

    expect(found?.certainty).toBe('certain')
    expect(unsure?.certainty).toBe('unsure')
  })

  it('which breaks are about refunds', () => {
    const about = (Object.keys(BREAKS) as BreakCode[]).filter((code) =>
      isAboutRefunds({ code } as never),
    )
    expect(about).toEqual([
      'refund_unknown',
      'refund_repeated',
      'refund_amount_differs',
      'refund_lacking',
      'refund_under_other_reference',
      'refund_not_booked',
      'refund_total_differs',
      'allocation_differs',
    ])
  })
})

/** Orders with refunds of which some are done, some refused and some in doubt, and refunds from before us. */
const anyOrder = fc
  .record({
    refunds: fc.array(
      fc.record({
        amountMinor: fc.integer({ min: 1, max: 400 }),
        end: fc.constantFrom('confirmed', 'refused', 'stuck', 'requested'),
      }),
      { maxLength: 4 },
    ),
    openingMinor: fc.integer({ min: 0, max: 300 }),
    unallocatedMinor: fc.constantFrom(0, 0, 250),
  })
  .map(({ refunds, openingMinor, unallocatedMinor }) => {
    const [first, second] = halves
    if (first === undefined || second === undefined) throw new Error('no halves')
    const captures = [{ ...first, refundedMinor: openingMinor }, second]
    const base = anOrder({ captures })
    const asked = withCommands(
      refunds.map(({ amountMinor }) => refundOf(amountMinor)),
      base,
    )
    const ended = refunds.reduce((order, { end }, index) => {
      if (end === 'requested') return order
      return end === 'confirmed' ? confirm(order, index) : put(order, end, index)
    }, asked)
    return { ...ended, unallocatedRefundedMinor: unallocatedMinor }
  })

describe('for any order', () => {
  it('books that agree have no break', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const input = { order, observed: klarnaOf(order), readAt: LATER }
        expect(reconcileOrder(input)).toEqual([])
        expect(canonicalJson(reconcileOrder(input))).toBe(canonicalJson(reconcileOrder(input)))
      }),
    )
  })

  it('a refund more, or one less, is a break about refunds', () => {
    fc.assert(
      fc.property(
        anyOrder,
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom('capture-1', 'capture-2', null),
        (order, refundedMinor, captureId) => {
          const observed = klarnaOf(order)
          const more = refunded(observed, { ...portal, refundedMinor }, captureId)
          expect(
            reconcileOrder({ order, observed: more, readAt: LATER }).some(isAboutRefunds),
          ).toBe(true)

          const [gone, ...rest] = observed.refunds
          if (gone === undefined) return
          const less = {
            ...observed,
            refunds: rest,
            refundedMinor: observed.refundedMinor - gone.refundedMinor,
          }
          expect(
            reconcileOrder({ order, observed: less, readAt: LATER }).some(isAboutRefunds),
          ).toBe(true)
        },
      ),
    )
  })
})
