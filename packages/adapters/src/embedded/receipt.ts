/** What the sender of an event holds in hand while the engine goes on. */
import type { Decision } from '@postdelivery/core'
import type { Settlement } from './settlement.ts'

export interface Receipt {
  /** `repeated`: known already, nothing changed. `reused`: the id stands for another body; refused and alarmed. */
  readonly accepted: 'accepted' | 'repeated' | 'reused'
  readonly eventId: string
  /**
   * Resolves when the event is decided; stays open while its order is unknown. Need not be listened to.
   *
   * Rejects with an `EngineFailure`: `event_id_reused`, `event_dead_lettered`, or `engine_stopped`, after which the
   * event is still stored and goes on with the next start.
   */
  readonly decision: Promise<Decision>
  /** Resolves when every command of that decision is settled or waits for a person. Rejects as `decision` does. */
  readonly settled: Promise<Settlement>
}
