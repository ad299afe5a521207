/** Orders of a busy shop: what Klarna knows of each, and what the shop reports about it, drawn from a seed. */
import { guideOrder, type OrderSeed } from '@postdelivery/adapters/klarna-twin'
import {
  addMs,
  type IsoInstant,
  msToInstant,
  POSTDELIVERY_NAMESPACE,
  type PublicEvent,
  uuidV5,
} from '@postdelivery/core'
import type { Random } from '../../random.ts'

/** One order: 10 kg tomatoes at 6.00 SEK, 80.00 authorized, 60.00 captured. */
export interface ShopOrder {
  readonly orderId: string
  readonly captureId: string
  /** For the twin. */
  readonly seed: OrderSeed
  /** What the shop submits, in its order; the registration is not always the first. */
  readonly events: readonly PublicEvent[]
  /** What staff ask for through the inbox, from a process of their own. */
  readonly asked: readonly PublicEvent[]
}

const DAY_MS = 86_400_000
/** Share of orders of which the shop reports something before it registers them. */
const LATE_SHARE = 0.15
/** Share of orders that staff ask something about. */
const ASKED_SHARE = 0.4

/** Draws an order; the same draws, name and moment (milliseconds since 1970) give the same order. */
export function makeShopOrder(draws: Random, name: string, nowMs: number): ShopOrder {
  const random = draws.part(name)
  const orderId = idOf(`${name}/${random.fraction('id')}`)
  const captureId = idOf(`${orderId}/capture`)
  const ref: OrderRef = { orderId, captureId, at: msToInstant(nowMs) }
  const registration = registered(ref)
  const reports = reportsOf(ref, random)
  const events = random.happens('late', LATE_SHARE)
    ? [...reports.slice(0, 1), registration, ...reports.slice(1)]
    : [registration, ...reports]
  const guide = guideOrder({ nowMs })
  const captures = (guide.captures ?? []).map((each) => ({ ...each, capture_id: captureId }))
  return {
    orderId,
    captureId,
    seed: { ...guide, order_id: orderId, captures },
    events,
    asked: random.happens('asked', ASKED_SHARE) ? [asked(ref, random)] : [],
  }
}

interface OrderRef {
  readonly orderId: string
  readonly captureId: string
  readonly at: IsoInstant
}

const idOf = (name: string): string => uuidV5(POSTDELIVERY_NAMESPACE, `torture/${name}`)

function registered({ orderId, captureId, at }: OrderRef): PublicEvent {
  return {
    id: 'captured',
    type: 'order.captured',
    orderId,
    at,
    order: {
      currency: 'SEK',
      country: 'SE',
      paymentMethod: 'INVOICE',
      payLater: true,
      authorizedMinor: 8000,
      remainingAuthorizedMinor: 2000,
    },
    captures: [
      {
        captureId,
        capturedMinor: 6000,
        capturedAt: addMs(at, -8 * DAY_MS),
        lines: [
          {
            reference: '123050',
            name: 'Tomatoes',
            type: 'physical',
            quantity: 10,
            unitPriceMinor: 600,
            totalMinor: 6000,
            taxRateBasisPoints: 2500,
            totalTaxMinor: 1200,
          },
        ],
      },
    ],
  }
}

/** Each wakes one rule: a parcel, a return announced, returns come back, an invoice asked for, a delivery. */
function reportsOf(ref: OrderRef, random: Random): readonly PublicEvent[] {
  const returnCount = random.integer('returns', 1, 3)
  const returns = Array.from({ length: returnCount }, (_, index) =>
    returned(ref, 'return.received', index, random.integer(`quantity ${index}`, 1, 3)),
  )
  const all = [
    dispatched(ref, random),
    ...(random.happens('extension', 0.6) ? [returned(ref, 'return.registered', 0, 1)] : []),
    ...returns,
    ...(random.happens('invoice', 0.6) ? [invoiceMissing(ref)] : []),
    ...(random.happens('delivery', 0.5) ? [delivered(ref)] : []),
  ]
  return all.toSorted((a, b) => random.fraction(`place ${a.id}`) - random.fraction(`place ${b.id}`))
}

const dispatched = ({ orderId, captureId, at }: OrderRef, random: Random): PublicEvent => ({
  id: 'dispatched',
  type: 'shipment.dispatched',
  orderId,
  captureId,
  at,
  shippingInfo: Array.from({ length: random.integer('parcels', 1, 2) }, (_, index) => ({
    shippingCompany: 'PostNord',
    shippingMethod: 'Home',
    trackingNumber: idOf(`${orderId}/parcel/${index}`),
  })),
})

const returned = (
  { orderId, captureId, at }: OrderRef,
  type: 'return.registered' | 'return.received',
  index: number,
  quantity: number,
): PublicEvent => ({
  id: `${type}-${index}`,
  type,
  orderId,
  captureId,
  at,
  returnId: `${type}-${index}`,
  reason: 'damaged',
  lines: [{ reference: '123050', quantity }],
})

const invoiceMissing = ({ orderId, captureId, at }: OrderRef): PublicEvent => ({
  id: 'invoice-missing',
  type: 'customer.reported',
  orderId,
  captureId,
  at,
  problem: 'invoice_missing',
})

const delivered = ({ orderId, captureId, at }: OrderRef): PublicEvent => ({
  id: 'delivered',
  type: 'shipment.delivered',
  orderId,
  captureId,
  at,
  deliveredAt: at,
})

const asked = ({ orderId, captureId, at }: OrderRef, random: Random): PublicEvent => ({
  id: 'asked',
  type: 'action.requested',
  orderId,
  captureId,
  at,
  by: 'staff@shop.example',
  why: 'goodwill',
  action: {
    type: 'refund',
    params: { basis: 'amount', amountMinor: random.integer('goodwill', 1, 5) * 50 },
  },
})
