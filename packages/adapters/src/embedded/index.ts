/** The embedded engine: everything in one process, over one store. */

export { combineTelemetry } from '../telemetry/combine.ts'
export type { Timers } from '../timers.ts'
export { systemTimers } from '../timers.ts'
export type { EmbeddedEngine, EmbeddedEngineOptions } from './embedded-engine.ts'
export { createEmbeddedEngine } from './embedded-engine.ts'
export type { EngineFailureCode } from './failures.ts'
export { ENGINE_FAILURES, EngineFailure, isEngineFailure } from './failures.ts'
export type { Receipt } from './receipt.ts'
export type { RestingState, SettledCommand, Settlement } from './settlement.ts'
