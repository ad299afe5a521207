/** The port to facts that the merchant declares: their vocabulary, and loading those that live elsewhere. */
import type { FactDefinition, Facts, FactValue } from '../facts.ts'

/** A fact that was read, is not there (unknown), or whose source is down (the event waits). */
export type LoadedFact =
  | { readonly type: 'loaded'; readonly value: FactValue }
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly reason: string }

export interface FactSource {
  /** The merchant's own vocabulary, beside the built-in facts. */
  readonly definitions: readonly FactDefinition[]
  /**
   * Loads one declared on-demand fact; never throws, and answers within its own time limit.
   *
   * `facts` holds what is known already; `subject` names the order, the capture and the event.
   */
  load(
    name: string,
    subject: {
      readonly orderId: string
      readonly captureId: string | null
      readonly eventId: string
    },
    facts: Facts,
  ): Promise<LoadedFact>
}
