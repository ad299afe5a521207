/** Entry `postdelivery/testing`: a Klarna of your own, signed events and a clock that you set, for your tests. */
export type {
  Fault,
  FaultKind,
  GuideOrderOptions,
  LocalTwin,
  OrderBooks,
  OrderSeed,
  Twin,
  TwinOptions,
  TwinSettings,
} from '@postdelivery/adapters/klarna-twin'
export {
  createLocalTwin,
  DEFAULT_SETTINGS,
  guideOrder,
  sampleOrderId,
  sampleOrders,
  startTwin,
} from '@postdelivery/adapters/klarna-twin'
export type { FixedClock } from './fixed-clock.ts'
export { fixedClock } from './fixed-clock.ts'
export type { PastOrder, SampleEvent, SamplePastOrdersOptions } from './sample-past-orders.ts'
export { pastOrdersToNdjson, samplePastOrders } from './sample-past-orders.ts'
export { SIGNATURE_HEADER, signEvent } from './signature.ts'
