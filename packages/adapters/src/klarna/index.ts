/** Entry `@postdelivery/adapters/klarna`: the typed client, the gateway over it, and what they throw. */

export type { RateLimit } from './answers.ts'
export type { KlarnaClient, KlarnaDialect, KlarnaOptions } from './client.ts'
export {
  createKlarnaClient,
  DEFAULT_TIMEOUT_MS,
  KLARNA_DIALECTS,
  KlarnaOptionsError,
  klarnaOptionProblems,
} from './client.ts'
export type { CredentialsProvider, KlarnaCredentials } from './credentials.ts'
export { Secret } from './credentials.ts'
export type { KlarnaFailure, KlarnaFailureCode } from './errors.ts'
export {
  isKlarnaError,
  KLARNA_FAILURES,
  KlarnaBadRequestError,
  KlarnaConflictError,
  KlarnaError,
  KlarnaNoAnswerError,
  KlarnaNotAllowedError,
  KlarnaNotFoundError,
  KlarnaRateLimitError,
  KlarnaUnauthorizedError,
  KlarnaUnavailableError,
  KlarnaUnexpectedAnswerError,
} from './errors.ts'
export { createKlarnaGateway, prepareRequest, requestHash } from './gateway.ts'
export type { KlarnaHost, KlarnaRegion } from './hosts.ts'
export { baseUrlOf, KLARNA_HOSTS, KLARNA_REGIONS } from './hosts.ts'
export type {
  CaptureRef,
  KlarnaAnswer,
  KlarnaCapture,
  KlarnaCaptureRequest,
  KlarnaDueDateOptions,
  KlarnaOrder,
  KlarnaRead,
  KlarnaRefund,
  KlarnaRefundRequest,
  KlarnaShippingInfo,
  KlarnaWritten,
  OrderRef,
  Write,
} from './operations.ts'
export {
  appendShippingInfo,
  captureOrder,
  extendAuthorizationTime,
  extendDueDate,
  getCapture,
  getCaptures,
  getOptionsForExtendDueDate,
  getOrder,
  getRefund,
  refundOrder,
  releaseRemainingAuthorization,
  triggerSendOut,
} from './operations.ts'
export type { CaptureView, MaskedAddress } from './view.ts'
export { viewCapture } from './view.ts'
