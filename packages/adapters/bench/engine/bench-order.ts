/** The orders of the benchmark: copies of the guide's order with ids that follow from their names. */
import {
  addMs,
  type EngineEvent,
  type IsoInstant,
  instant,
  POSTDELIVERY_NAMESPACE,
  uuidV5,
} from '@postdelivery/core'

/** What tells one order from another; everything else about them is the same. */
export interface BenchOrder {
  readonly name: string
  readonly orderId: string
  readonly captureId: string
}

/** One cycle to be done: the order, and which of its cycles it is, counted from 0. */
export interface Task {
  readonly order: BenchOrder
  readonly index: number
}

/** When everything is reported. */
export const AT: IsoInstant = instant('2026-11-24T08:00:00.000Z')

/** The order of a name; the same name gives the same order. */
export const benchOrder = (name: string): BenchOrder => ({
  name,
  orderId: benchId(name),
  captureId: benchId(`${name}/capture`),
})

/** The parcel of an order's cycle. */
export const trackingNumberOf = ({ order, index }: Task): string =>
  benchId(`${order.name}/parcel/${index}`)

/** An id that follows from a name. */
export const benchId = (name: string): string => uuidV5(POSTDELIVERY_NAMESPACE, `bench/${name}`)

/** Registers the order: 10 kg tomatoes at 6.00, 80.00 authorized, 60.00 captured. */
export const capturedEvent = ({ orderId, captureId }: BenchOrder): EngineEvent => ({
  id: 'captured',
  type: 'order.captured',
  orderId,
  at: AT,
  order: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    authorizedMinor: 8000,
    remainingAuthorizedMinor: 2000,
  },
  captures: [
    {
      captureId,
      capturedMinor: 6000,
      capturedAt: addMs(AT, -8 * 86_400_000),
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
})

/** The event of a cycle: its rule tells Klarna the parcel, with a write and without a read. */
export const cycleEvent = (task: Task): EngineEvent => ({
  id: `dispatched-${task.index}`,
  type: 'shipment.dispatched',
  orderId: task.order.orderId,
  captureId: task.order.captureId,
  at: AT,
  shippingInfo: [
    {
      shippingCompany: 'PostNord',
      shippingMethod: 'Home',
      trackingNumber: trackingNumberOf(task),
    },
  ],
})
