/** Entry `postdelivery`: everything that a backend needs, grouped by concept; the only barrel. */

export type { EngineFailureCode, SettledCommand, Settlement } from '@postdelivery/adapters/embedded'
export { combineTelemetry, EngineFailure, isEngineFailure } from '@postdelivery/adapters/embedded'
export type {
  ApprovalPolicy,
  Break,
  BreakCode,
  DecidedAction,
  Decision,
  Limits,
  Notice,
  Notifier,
  OrderWord,
  Plan,
  Problem,
  Refusal,
  RefusalCode,
  Stop,
  Telemetry,
  TelemetryEvent,
  Work,
  WorkKind,
} from '@postdelivery/core'
export { BREAKS, describeRefusal, formatMinor, REFUSALS, WORK_KINDS } from '@postdelivery/core'
export type { FactLoader, FactSubject, OwnFact } from '@postdelivery/rules'
export { defineFact } from '@postdelivery/rules'
export type { CommandStanding } from './command-standing.ts'
export type {
  ConfigClock,
  EventSecrets,
  KlarnaConfig,
  PostDeliveryConfig,
  StoreDescription,
} from './config.ts'
export { definePostDeliveryConfig } from './config.ts'
export type { ConfigProblem } from './config-error.ts'
export { ConfigError, isConfigError } from './config-error.ts'
export { createPostDelivery } from './create-post-delivery.ts'
export type { EventInput, OwnFacts, OwnFactValues } from './event-input.ts'
export type { FailureFacts, PostDeliveryFailureCode } from './failures.ts'
export {
  EventError,
  isEventError,
  isPostDeliveryFailure,
  POST_DELIVERY_FAILURES,
  PostDeliveryFailure,
} from './failures.ts'
export type { RefusedRules } from './live-rules.ts'
export { loadConfig } from './load-config.ts'
export type { BooksView, CaptureOverview, CommandView, OrderView } from './order-view.ts'
export type { Health, PostDelivery, Receipt, StopScope } from './post-delivery.ts'
export type {
  ReconciledOrder,
  ReconcileOptions,
  ReconcileSummary,
  Reconciliation,
} from './reconcile.ts'
export { renderTimeline } from './render-timeline.ts'
export type { RuleExplanation } from './rule-explanation.ts'
export type { RulesFromOptions, RulesIssue, RulesRead, RulesSource } from './rules-source.ts'
export { rulesFrom, rulesFromText } from './rules-source.ts'
export { SIGNATURE_HEADER, signEvent } from './signature.ts'
export type {
  Approval,
  BooksConfirmation,
  CommandName,
  Rejection,
  Resolution,
  Resumption,
} from './staff.ts'
export type {
  AnswerEntry,
  CallEntry,
  DecisionEntry,
  EventEntry,
  StateEntry,
  TimelineEntry,
  WorkEntry,
} from './timeline.ts'
export type { TrackOptions } from './track.ts'
export type { ActionExplanation, Explanation } from './why.ts'
export type { WorkFilter } from './work-list.ts'
