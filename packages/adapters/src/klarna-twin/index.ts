/** The Klarna twin: a stand-in for Klarna's order management API with its behaviour, for tests and demos. */
export type { TwinAnswer } from './answer.ts'
export type { CaptureBooks, OrderBooks, OrderSummary, RefundBooks } from './books.ts'
export { FAULT_KINDS, type Fault, type FaultKind, type FaultState } from './faults.ts'
export { createLocalTwin, type LocalTwin } from './local-twin.ts'
export type { ExtensionOption } from './order-book.ts'
export type { CaptureSeed, OrderSeed, RefundSeed } from './order-seed.ts'
export type { PortalAction } from './portal.ts'
export type { LoggedRequest } from './request-log.ts'
export type { OperationId } from './routes.ts'
export {
  type GuideOrderOptions,
  guideOrder,
  manyGuideOrders,
  sampleOrderId,
  sampleOrders,
} from './sample-orders.ts'
export { DEFAULT_SETTINGS, type TwinSettings } from './settings.ts'
export { startTwin, type Twin } from './start-twin.ts'
export type { TimeSource } from './twin-clock.ts'
export type { TwinControl } from './twin-control.ts'
export { TwinInputError, type TwinOptions, type Violation } from './twin-state.ts'
export type {
  WireLine,
  WirePaymentMethod,
  WireShippingInfo,
} from './wire.ts'
