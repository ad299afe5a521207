/** Every public name of core, grouped by concept; the only barrel. */

export type {
  Action,
  ActionParams,
  ActionType,
  ReturnStage,
  ShippingInfo,
  SuggestedAction,
} from './actions.ts'
export {
  ACTION_SENTENCES,
  ACTION_SHAPES,
  ACTION_TYPES,
  KLARNA_LIMITS,
  parseAction,
  RETURN_STAGES,
  SHIPPING_METHODS,
  shippingInfoShape,
} from './actions.ts'
export { RETURN_FEE_COUNTRIES } from './allocate-refund.ts'
export { AssertionError, assert, assertNever } from './assert.ts'
export type { CaptureBooks } from './books.ts'
export {
  captureBooks,
  commandPhase,
  findCapture,
  findCommand,
  isConfirmed,
  isOpen,
  isSending,
  orderBooks,
  orderWord,
} from './books.ts'
export type { JsonValue } from './canonical-json.ts'
export { canonicalJson } from './canonical-json.ts'
export type {
  AppendShippingInfo,
  Command,
  CommandBody,
  ExtendAuthorizationTime,
  ExtendDueDate,
  Operation,
  PreparedRequest,
  RefundedUnits,
  RefundOrder,
  ReleaseRemainingAuthorization,
  TriggerSendOut,
} from './commands.ts'
export { ACTION_OF_OPERATION, captureOf, OPERATIONS } from './commands.ts'
export type {
  ConditionTrace,
  DecidedAction,
  Decision,
  RuleMode,
  RuleSetRef,
  RuleVerdict,
  Verdict,
} from './decision.ts'
export { describeReasons } from './describe-decision.ts'
export { acceptEvent, advanceOrder, recoverOrder } from './engine/advance-order.ts'
export { CLASSES, CONFIGURATION_CODES, classify, REFUSAL_CODES } from './engine/classify.ts'
export type { Advanced, EnginePorts } from './engine/engine-ports.ts'
export { holdsOf } from './engine/holds.ts'
export { makeInboxEvent, readInboxEvent } from './engine/inbox-event.ts'
export { ClockFailure, isClockBehind, isClockFailure } from './engine/loaded-order.ts'
export type { Plan } from './engine/plan.ts'
export { planEvent } from './engine/plan.ts'
export { pullForward } from './engine/pull-forward.ts'
export {
  AUDIT_WAITS_MS,
  CLOCK_AHEAD_MAX_MS,
  FACT_WAITS_MS,
  PARKED_DAYS,
  REPEAT_WAITS_MS,
  SAME_KEY_STOP_MS,
  STOPPED_WAIT_MS,
} from './engine/retry.ts'
export { errorName } from './error-name.ts'
export type {
  CaptureDetails,
  Deadline,
  DeadlineApproaching,
  OrderDetails,
  OrderEvent,
  OrderLine,
  OwnEvent,
  PublicEvent,
  PublicEventType,
  ReportedEvent,
  ReturnedLine,
} from './events.ts'
export {
  CUSTOMER_PROBLEMS,
  captureDetailsShape,
  DEADLINES,
  EVENT_SHAPES,
  EVENT_TYPES,
  isOwnEventType,
  LINE_TYPES,
  orderDetailsShape,
  orderLineShape,
  parseEvent,
  WAKING_EVENT_TYPES,
} from './events.ts'
export type { FactDefinition, Facts, FactType, FactValue, OrderWord } from './facts.ts'
export { FACTS, isFactValue, isOwnFactName, ORDER_WORDS, OWN_FACT_NAMESPACES } from './facts.ts'
export type { ExtensionPrices } from './fees.ts'
export { EXTENSION_COUNTRIES, EXTENSION_PRICES, listedOffers } from './fees.ts'
export type { CommandIdParts } from './ids.ts'
export {
  answerEventId,
  commandIdOf,
  INTERNAL_ID_PREFIXES,
  idempotencyKeyOf,
  isInternalEventId,
  POSTDELIVERY_NAMESPACE,
  sha256Hex,
  uuidV5,
} from './ids.ts'
export type {
  BooksConfirmed,
  ClockDistrusted,
  CommandAnswered,
  CommandApproved,
  CommandAudited,
  CommandEvent,
  CommandExpired,
  CommandPulledForward,
  CommandRejected,
  CommandResolved,
  CommandResumed,
  CommandStarted,
  EngineEvent,
  InternalEvent,
  Observation,
} from './internal-events.ts'
export { STAFF_EVENT_TYPES } from './internal-events.ts'
export type {
  DueDateOptions,
  ObservedCapture,
  ObservedOrder,
  ObservedRefund,
} from './klarna-order.ts'
export { isPayLater } from './klarna-order.ts'
export { applyEvent } from './lifecycle/apply-event.ts'
export { captureChart } from './lifecycle/capture-chart.ts'
export type { AlarmCode } from './lifecycle/chart-effects.ts'
export { ALARMS } from './lifecycle/chart-effects.ts'
export { commandChart } from './lifecycle/command-chart.ts'
export { dueOn } from './lifecycle/deadlines.ts'
export { orderChart } from './lifecycle/order-chart.ts'
export type { OrderLifecycleContext, OrderLifecycleEvent } from './lifecycle/order-lifecycle.ts'
export { orderLifecycle } from './lifecycle/order-lifecycle.ts'
export type { Routed, RouterEffect } from './lifecycle/router.ts'
export type { Settled, SettleInput } from './lifecycle/settle-decision.ts'
export { settleDecision } from './lifecycle/settle-decision.ts'
export { decodeSnapshot, encodeSnapshot, SnapshotError } from './lifecycle/snapshot.ts'
export { SNAPSHOT_VERSION } from './lifecycle/upgrade.ts'
export type { ApprovalPolicy, Limits, Reservation, RuleLimits } from './limits.ts'
export { approvalShape, limitsShape } from './limits.ts'
export type { Currency, MinorByCurrency, MinorUnits } from './money.ts'
export {
  currency,
  formatMinor,
  isCurrency,
  isMinor,
  KLARNA_MAX_MINOR,
  minor,
  splitMinor,
} from './money.ts'
export type {
  BooksDiffer,
  CaptureChartContext,
  CaptureState,
  ChartState,
  CommandChartContext,
  CommandState,
  NewCommand,
  OrderChartContext,
  OrderState,
  ReturnState,
  StageReport,
} from './order-state.ts'
export type { Outcome, OutcomeType } from './outcome.ts'
export type { Clock } from './ports/clock.ts'
export type { FactSource, LoadedFact } from './ports/fact-source.ts'
export type { Notice, Notifier } from './ports/notifier.ts'
export type {
  GatewayAnswer,
  HttpAnswer,
  NoAnswer,
  PaymentGateway,
  ReadResult,
} from './ports/payment-gateway.ts'
export type {
  CountedRule,
  CountedRules,
  HitPolicy,
  PromptRules,
  RuleBook,
  RuleSetsInForce,
  RulesInForce,
} from './ports/rule-book.ts'
export type {
  Acceptance,
  AlertedOrder,
  AttemptChange,
  Change,
  CommitResult,
  EventStatus,
  InboxEvent,
  ListedOrder,
  PastWork,
  RuntimeStore,
  Stop,
  Store,
  StoredAttempt,
  StoredEvent,
  StoredOrder,
  StoredRequest,
  StoreReader,
  WakeUp,
  Work,
  WorkKind,
} from './ports/store.ts'
export type { Telemetry, TelemetryEvent } from './ports/telemetry.ts'
export { workOfParked, workOfWaiting } from './put-off.ts'
export type { Break, BreakCode, ReconcileInput } from './reconcile.ts'
export { BREAKS, isAboutRefunds, reconcileOrder } from './reconcile.ts'
export type { Refusal, RefusalCode } from './refusals.ts'
export { describeRefusal, firstRefusal, REFUSALS, refusal } from './refusals.ts'
export type { Result } from './result.ts'
export { err, ok } from './result.ts'
export type { Settings } from './settings.ts'
export { DEFAULT_DEADLINE_DAYS, settingsShape } from './settings.ts'
export type { Problem, Shape, Shaped } from './shape.ts'
export {
  dateShape,
  eitherOf,
  escaped,
  flag,
  instantShape,
  integer,
  isPlainRecord,
  isSafeKey,
  list,
  mapOf,
  minorByCurrency,
  nullable,
  oneOf,
  optional,
  readShape,
  record,
  text,
} from './shape.ts'
export type { Ledger, LedgerEntry } from './simulate/ledger.ts'
export { createLedger } from './simulate/ledger.ts'
export type { SimulatedOrder, SimulatedStep } from './simulate/simulate-order.ts'
export { simulateOrder } from './simulate/simulate-order.ts'
export type {
  SimulatedApproval,
  SimulatedOutcome,
  SimulatedWorld,
} from './simulate/simulation.ts'
export { createTallyOnce } from './simulate/tally-once.ts'
export type {
  TalliedAction,
  TalliedCommand,
  TalliedOrder,
  TalliedStep,
} from './simulate/tally-order.ts'
export { createTally } from './simulate/tally-order.ts'
export type { IsoInstant, PlainDate } from './time.ts'
export {
  addDays,
  addMs,
  dateInZone,
  daysBetween,
  instant,
  instantToMs,
  isInstant,
  isPlainDate,
  isTimeZone,
  laterOf,
  msToInstant,
  plainDate,
  startOfDate,
} from './time.ts'
export type { Firing, UnusualRate } from './unusual-rate.ts'
export {
  DEFAULT_UNUSUAL_RATE,
  isUnusual,
  USUAL_DAYS_MAX,
  unusualRateShape,
  unusualRateWorkId,
} from './unusual-rate.ts'
export { alertAt, workOfWindows } from './windows.ts'
export { describeCommand, makeWork, WORK_KINDS } from './work.ts'
