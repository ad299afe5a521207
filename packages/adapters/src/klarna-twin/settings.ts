/**
 * What a test may choose about the twin: Klarna's numbers, and everything that Klarna's documents leave open.
 *
 * Each default is what Klarna's pages suggest, or else the choice that is harder on a client.
 */
import { allowed, count, flag, oneOf, orNull, type SettingCheck, text } from './setting-checks.ts'

export interface TwinSettings {
  /** Calls per second, then 429 until the window ends. Live 200, playground 50; null switches it off. */
  readonly rateLimitPerSecond: number | null
  /** Hours that a key is honoured after its first attempt. */
  readonly keyLifeHours: number
  /** Whether one key names one call of the merchant, or one call of each operation and order. */
  readonly keyScope: 'merchant' | 'path'
  /** Longest key in characters, then 400 BAD_VALUE; null for any. */
  readonly keyMaxLength: number | null
  /** Whether a repeated key gets a first answer that was an error (400, 403, 404, 422) again. */
  readonly replaysErrors: boolean
  /** What a second call gets while the first of its key is unanswered: 409 CONFLICT, or the first answer. */
  readonly concurrentKey: 'conflict' | 'wait'
  /** Largest body in bytes, then 413 REQUEST_TOO_LARGE. */
  readonly bodyMaxBytes: number
  /** What members that the contract does not know get: 422, or nothing. */
  readonly unknownMembers: 'refused' | 'ignored'
  /** Success of `appendShippingInfo`: 204 in the reference, 201 in the guide. */
  readonly shippingInfoStatus: 201 | 204
  /** Status of INVALID_ORDER_ID. */
  readonly invalidOrderIdStatus: 400 | 404 | 422
  /** Code of a 404 for an unknown order on the refund calls. */
  readonly unknownOrderOnRefund: 'NOT_FOUND' | 'NO_SUCH_ORDER'
  /** Status of NOT_FOUND for an unknown refund. */
  readonly unknownRefundStatus: 400 | 404
  /** Whether amounts of 0 pass on refunds and captures; refused with 403 otherwise. */
  readonly acceptsZeroAmounts: boolean
  /** Whether lines of refunds and captures are recalculated (400 BAD_VALUE when they differ). */
  readonly lineArithmetic: 'ignored' | 'checked'
  /** Minor units by which a checked line may differ. */
  readonly lineToleranceMinor: number
  /** Whether a refund without lines is allocated when the order has one capture only. */
  readonly allocatesWithoutLines: boolean
  /** What a return fee outside of Klarna's conditions gets: 403, or a refund that is not allocated. */
  readonly returnFeeOutsideRules: 'refused' | 'unallocated'
  /** Captures of one order, then 403 CAPTURE_NOT_ALLOWED; null for any number. */
  readonly captureMaxCount: number | null
  /** Refunds of one order, then 403 REFUND_NOT_ALLOWED; null for any number. */
  readonly refundMaxCount: number | null
  /** Shipping entries of one capture, then 403 NOT_ALLOWED; null for any number. */
  readonly shippingEntryMaxCount: number | null
  /** Whether a capture may carry a `shipping_delay` above 0. */
  readonly shippingDelayEnabled: boolean
  /** Status after a release. */
  readonly statusAfterRelease: 'CAPTURED' | 'PART_CAPTURED' | 'CLOSED'
  /** Status of a partly captured order whose authorization has run out. */
  readonly statusAfterExpiry: 'EXPIRED' | 'PART_CAPTURED' | 'CAPTURED' | 'CLOSED'
  /** Whether an order is CLOSED once everything captured is refunded and nothing is left to capture. */
  readonly closesWhenRefunded: boolean
  /** Whether captured money of an EXPIRED order can be refunded. */
  readonly refundsWhenExpired: boolean
  /** Whether captured money of a CLOSED order can be refunded. */
  readonly refundsWhenClosed: boolean
  /** Days that an authorization lives, and by which it is extended. */
  readonly authorizationPeriodDays: number
  /** Days after the purchase in which an authorization can be extended. */
  readonly authorizationMaxDays: number
  /** Whether the authorization of an order with nothing left to capture can be extended. */
  readonly extendsSpentAuthorization: boolean
  /** What the options call answers for an order without a due date: no options, 403 or 404. */
  readonly optionsWhenNotPayLater: 'empty' | 'not_allowed' | 'not_found'
  /** Code of the 403 of `extendDueDate`. */
  readonly extensionRefusalCode: string
  /** Extensions of one capture; null for any number. The free one is once per order in any case. */
  readonly extensionMaxCount: number | null
  /** The amount that decides the tier of an extension's fee. */
  readonly feeTierBasis: 'order' | 'capture'
  /** Whether the portal's rules hold in the API: fully captured, once per order, due date not 20 days past. */
  readonly portalExtensionRules: boolean
  /** Days after a capture at which the customer is to pay, where the order does not say. */
  readonly paymentTermDays: number
  /** Milliseconds by which reads of orders, captures and refunds lag behind the writes. */
  readonly staleReadMs: number
  /** Milliseconds of real time before every answer. */
  readonly latencyMs: number
}

/** The settings of a twin that is told nothing. */
export const DEFAULT_SETTINGS: TwinSettings = {
  rateLimitPerSecond: 200,
  keyLifeHours: 24,
  keyScope: 'merchant',
  keyMaxLength: null,
  replaysErrors: true,
  concurrentKey: 'conflict',
  bodyMaxBytes: 1_000_000,
  unknownMembers: 'refused',
  shippingInfoStatus: 204,
  invalidOrderIdStatus: 400,
  unknownOrderOnRefund: 'NOT_FOUND',
  unknownRefundStatus: 404,
  acceptsZeroAmounts: false,
  lineArithmetic: 'ignored',
  lineToleranceMinor: 1,
  allocatesWithoutLines: false,
  returnFeeOutsideRules: 'refused',
  captureMaxCount: null,
  refundMaxCount: null,
  shippingEntryMaxCount: null,
  shippingDelayEnabled: false,
  statusAfterRelease: 'CAPTURED',
  statusAfterExpiry: 'EXPIRED',
  closesWhenRefunded: false,
  refundsWhenExpired: true,
  refundsWhenClosed: true,
  authorizationPeriodDays: 28,
  authorizationMaxDays: 180,
  extendsSpentAuthorization: false,
  optionsWhenNotPayLater: 'empty',
  extensionRefusalCode: 'NOT_ALLOWED',
  extensionMaxCount: null,
  feeTierBasis: 'order',
  portalExtensionRules: false,
  paymentTermDays: 30,
  staleReadMs: 0,
  latencyMs: 0,
}

/** What each setting may be. */
const CHECKS: Readonly<Record<keyof TwinSettings, SettingCheck>> = {
  rateLimitPerSecond: orNull(count(1)),
  keyLifeHours: count(0),
  keyScope: oneOf('merchant', 'path'),
  keyMaxLength: orNull(count(1)),
  replaysErrors: flag,
  concurrentKey: oneOf('conflict', 'wait'),
  bodyMaxBytes: count(1),
  unknownMembers: oneOf('refused', 'ignored'),
  shippingInfoStatus: oneOf(201, 204),
  invalidOrderIdStatus: oneOf(400, 404, 422),
  unknownOrderOnRefund: oneOf('NOT_FOUND', 'NO_SUCH_ORDER'),
  unknownRefundStatus: oneOf(400, 404),
  acceptsZeroAmounts: flag,
  lineArithmetic: oneOf('ignored', 'checked'),
  lineToleranceMinor: count(0),
  allocatesWithoutLines: flag,
  returnFeeOutsideRules: oneOf('refused', 'unallocated'),
  captureMaxCount: orNull(count(0)),
  refundMaxCount: orNull(count(0)),
  shippingEntryMaxCount: orNull(count(0)),
  shippingDelayEnabled: flag,
  statusAfterRelease: oneOf('CAPTURED', 'PART_CAPTURED', 'CLOSED'),
  statusAfterExpiry: oneOf('EXPIRED', 'PART_CAPTURED', 'CAPTURED', 'CLOSED'),
  closesWhenRefunded: flag,
  refundsWhenExpired: flag,
  refundsWhenClosed: flag,
  authorizationPeriodDays: count(1),
  authorizationMaxDays: count(1),
  extendsSpentAuthorization: flag,
  optionsWhenNotPayLater: oneOf('empty', 'not_allowed', 'not_found'),
  extensionRefusalCode: text,
  extensionMaxCount: orNull(count(0)),
  feeTierBasis: oneOf('order', 'capture'),
  portalExtensionRules: flag,
  paymentTermDays: count(0),
  staleReadMs: count(0),
  latencyMs: count(0),
}

/** Reads settings from outside. Returns: what is wrong, one line each; empty when all is well. */
export function problemsOfSettings(given: unknown): readonly string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return ['settings are an object']
  return Object.entries(given).flatMap(([name, value]) => {
    if (!isSettingName(name)) return [`\`${name}\` is no setting of the twin`]
    const check = CHECKS[name]
    return check.passes(value)
      ? []
      : [`\`${name}\` is ${allowed(check)}, not ${JSON.stringify(value)}`]
  })
}

const isSettingName = (name: string): name is keyof TwinSettings => Object.hasOwn(CHECKS, name)
