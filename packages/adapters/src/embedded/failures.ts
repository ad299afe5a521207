/** What the embedded engine throws at its callers: a class with a code, never a text to match. */

/** Codes of the failures, a public contract. */
export const ENGINE_FAILURES = [
  'engine_not_running',
  'engine_stopped',
  'event_id_reused',
  'event_dead_lettered',
] as const
export type EngineFailureCode = (typeof ENGINE_FAILURES)[number]

/** The engine cannot say what its caller asked for. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure'
  readonly code: EngineFailureCode
  /** What to do now. */
  readonly hint: string

  constructor(code: EngineFailureCode, message: string) {
    super(message)
    this.code = code
    this.hint = HINTS[code]
  }
}

/** Tells whether an error is this failure, also when it comes from another copy of this package. */
export const isEngineFailure = (error: unknown): error is EngineFailure =>
  error instanceof EngineFailure || (error instanceof Error && error.name === 'EngineFailure')

const HINTS: Readonly<Record<EngineFailureCode, string>> = {
  engine_not_running: 'call `start` first, and once',
  engine_stopped:
    'what was accepted is stored and goes on when an engine starts again; ask the store for the decision',
  event_id_reused: 'give the other fact an id of its own',
  event_dead_lettered: 'look at the open work of the order; send the fact again under a new id',
}
