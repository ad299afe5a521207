/** Klarna with books, key-only idempotency for 24 hours, and a script of what goes wrong. Answers real bytes. */
import { prepareRequest } from '@postdelivery/adapters/klarna'
import type {
  Clock,
  DueDateOptions,
  GatewayAnswer,
  HttpAnswer,
  IsoInstant,
  ObservedOrder,
  Operation,
  PaymentGateway,
  PreparedRequest,
  ReadResult,
  ShippingInfo,
} from '@postdelivery/core'
import { instantToMs } from '@postdelivery/core'
import type { Captured } from './builders.ts'

/** A call that was sent, whether Klarna did it or not. */
export interface Sent {
  readonly at: IsoInstant
  readonly orderId: string
  readonly operation: Operation
  readonly key: string
  readonly body: string | null
}

/** What happens to one call: `does` says whether Klarna does the work all the same. */
export interface Fault {
  readonly answer: GatewayAnswer
  readonly does?: boolean
}

/** One read of an order: it fails, shows another order, or (null) works. */
export type ScriptedRead = GatewayAnswer | ((order: ObservedOrder) => ObservedOrder) | null

export interface ScriptedKlarna {
  readonly gateway: PaymentGateway
  /** Every call of `perform`, in order. */
  readonly sent: readonly Sent[]
  /** What Klarna really did, in order. */
  readonly done: readonly Sent[]
  /** How often the order was read, and the offers. */
  readonly readCount: number
  /** Opens an order in Klarna's books as an event registers it. */
  open(event: Captured): void
  /** The next calls of `perform` go like this; after them all is well. */
  script(...faults: readonly Fault[]): void
  /** The next reads of an order go like this. */
  scriptReads(...reads: readonly ScriptedRead[]): void
  /** Every read fails like this until it is set to null. */
  failReads(answer: GatewayAnswer | null): void
  /** What is offered from now on, or an answer instead. */
  offer(options: DueDateOptions | GatewayAnswer): void
  /** A person refunds in the portal. */
  refundInPortal(orderId: string, refundMinor: number): void
  /** Called at each read of an order or of offers, before it answers. */
  onRead: () => void | Promise<void>
  observed(orderId: string): ObservedOrder
}

export const GUIDE_OPTIONS: DueDateOptions = {
  currency: 'SEK',
  options: [
    { numberOfDays: 2, feeMinor: 0 },
    { numberOfDays: 10, feeMinor: 1000 },
    { numberOfDays: 30, feeMinor: 1900 },
    { numberOfDays: 60, feeMinor: 4900 },
  ],
}

export const http = (
  status: number,
  errorCode: string | null = null,
  changes: Partial<HttpAnswer> = {},
): HttpAnswer => ({
  type: 'answered',
  status,
  errorCode,
  hasErrorObject: errorCode !== null,
  errorMessage: null,
  correlationId: `correlation-${status}`,
  resultId: null,
  rateLimitResetMs: null,
  ...changes,
})

export const timeout: GatewayAnswer = {
  type: 'no_answer',
  reason: 'timeout',
  mayHaveReached: true,
}
export const notConnected: GatewayAnswer = {
  type: 'no_answer',
  reason: 'not_connected',
  mayHaveReached: false,
}

/** The answer was lost after Klarna had done the work. */
export const lost: Fault = { answer: timeout, does: true }
/** Nothing was done and no answer came. */
export const vanished: Fault = { answer: timeout }

/** A read that is older than what Klarna has done since the order was opened. */
export const old = (order: ObservedOrder): ObservedOrder => ({
  ...order,
  refunds: [],
  refundedMinor: 0,
  remainingAuthorizedMinor: order.authorizedMinor - order.capturedMinor,
  captures: order.captures.map((each) => ({ ...each, shippingInfo: [] })),
})

const KEY_LIFE_MS = 24 * 3_600_000

export function createScriptedKlarna(clock: Clock): ScriptedKlarna {
  const orders = new Map<string, ObservedOrder>()
  const answers = new Map<string, { readonly at: number; readonly answer: HttpAnswer }>()
  const sent: Sent[] = []
  const done: Sent[] = []
  const faults: Fault[] = []
  const reads: ScriptedRead[] = []
  let failing: GatewayAnswer | null = null
  let offered: DueDateOptions | GatewayAnswer = GUIDE_OPTIONS
  let readCount = 0

  const observed = (orderId: string): ObservedOrder => {
    const order = orders.get(orderId)
    if (order === undefined) throw new Error(`Klarna knows no ${orderId}`)
    return order
  }
  const change = (orderId: string, changes: Partial<ObservedOrder>): void => {
    orders.set(orderId, { ...observed(orderId), ...changes })
  }
  const addRefund = (orderId: string, refundMinor: number, reference: string | null): string => {
    const { refunds, refundedMinor } = observed(orderId)
    const refundId = `refund-${refunds.length + 1}`
    change(orderId, {
      refundedMinor: refundedMinor + refundMinor,
      refunds: [...refunds, { refundId, reference, refundedMinor: refundMinor }],
    })
    return refundId
  }

  /** Does the work of a call that is new, and answers as Klarna would. */
  const work = (call: Sent): HttpAnswer => {
    const { orderId, operation, body } = call
    const order = observed(orderId)
    if (operation === 'refundOrder') {
      const { refunded_amount: refundMinor, reference } = JSON.parse(body ?? '') as {
        readonly refunded_amount: number
        readonly reference: string
      }
      if (order.refundedMinor + refundMinor > order.capturedMinor)
        return http(403, 'REFUND_NOT_ALLOWED')
      done.push(call)
      return http(201, null, { resultId: addRefund(orderId, refundMinor, reference) })
    }
    done.push(call)
    if (operation === 'releaseRemainingAuthorization')
      change(orderId, { remainingAuthorizedMinor: 0 })
    if (operation === 'appendShippingInfo') addParcels(orderId, call)
    return http(204)
  }
  const addParcels = (orderId: string, { body }: Sent): void => {
    const { shipping_info: parcels } = JSON.parse(body ?? '') as {
      readonly shipping_info: readonly {
        readonly shipping_company?: string
        readonly tracking_number?: string
      }[]
    }
    const shippingInfo = parcels.map(
      (parcel): ShippingInfo => ({
        ...(parcel.shipping_company === undefined
          ? {}
          : { shippingCompany: parcel.shipping_company }),
        ...(parcel.tracking_number === undefined ? {} : { trackingNumber: parcel.tracking_number }),
      }),
    )
    change(orderId, {
      captures: observed(orderId).captures.map((each) => ({
        ...each,
        shippingInfo: [...each.shippingInfo, ...shippingInfo],
      })),
    })
  }
  const answerOnce = (call: Sent): HttpAnswer => {
    const known = answers.get(call.key)
    if (known !== undefined && instantToMs(call.at) - known.at < KEY_LIFE_MS) return known.answer
    const answer = work(call)
    answers.set(call.key, { at: instantToMs(call.at), answer })
    return answer
  }

  const klarna: ScriptedKlarna = {
    sent,
    done,
    get readCount() {
      return readCount
    },
    onRead: () => {},
    open({ orderId, order, captures }) {
      const capturedMinor = captures.reduce((all, each) => all + each.capturedMinor, 0)
      orders.set(orderId, {
        orderId,
        status: 'PART_CAPTURED',
        currency: order.currency,
        country: order.country ?? null,
        paymentMethod: order.paymentMethod ?? null,
        authorizedMinor: order.authorizedMinor,
        capturedMinor,
        refundedMinor: order.refundedMinor ?? 0,
        remainingAuthorizedMinor: order.remainingAuthorizedMinor,
        expiresAt: order.authorizationExpiresAt ?? null,
        captures: captures.map((each) => ({
          captureId: each.captureId,
          capturedMinor: each.capturedMinor,
          refundedMinor: each.refundedMinor ?? 0,
          capturedAt: each.capturedAt,
          lines: each.lines,
          shippingInfo: each.shippingInfo ?? [],
        })),
        refunds: [],
      })
    },
    script: (...more) => void faults.push(...more),
    scriptReads: (...more) => void reads.push(...more),
    failReads(answer) {
      failing = answer
    },
    offer(options) {
      offered = options
    },
    refundInPortal: (orderId, refundMinor) => void addRefund(orderId, refundMinor, null),
    observed,
    gateway: {
      prepare: (command) => prepareRequest(command, 'reference'),
      async perform(request, key) {
        const call = { at: clock.now(), key, body: request.body, ...readPath(request) }
        sent.push(call)
        const fault = faults.shift()
        if (fault === undefined) return answerOnce(call)
        if (fault.does === true) answerOnce(call)
        return fault.answer
      },
      async readOrder(orderId): Promise<ReadResult<ObservedOrder>> {
        readCount += 1
        await klarna.onRead()
        const next = reads.shift() ?? failing
        if (next === null || next === undefined) return { type: 'read', value: observed(orderId) }
        return typeof next === 'function'
          ? { type: 'read', value: next(observed(orderId)) }
          : { type: 'failed', answer: next }
      },
      async readDueDateOptions() {
        readCount += 1
        await klarna.onRead()
        return 'options' in offered
          ? { type: 'read', value: offered }
          : { type: 'failed', answer: offered }
      },
    },
  }
  return klarna
}

const OPERATION_OF_PATH: Readonly<Record<string, Operation>> = {
  refunds: 'refundOrder',
  'release-remaining-authorization': 'releaseRemainingAuthorization',
  'extend-due-date': 'extendDueDate',
  'shipping-info': 'appendShippingInfo',
  'trigger-send-out': 'triggerSendOut',
  'extend-authorization-time': 'extendAuthorizationTime',
}

function readPath({ path }: PreparedRequest): {
  readonly orderId: string
  readonly operation: Operation
} {
  const [, , , , orderId = '', ...rest] = path.split('/')
  const operation = OPERATION_OF_PATH[rest.at(-1) ?? '']
  if (operation === undefined) throw new Error(`no operation has the path ${path}`)
  return { orderId: decodeURIComponent(orderId), operation }
}
