/** What one attempt came to, after classification: the only words in which the lifecycle hears of Klarna's answers. */

export type Outcome =
  /** Klarna did it, or a read shows that it is done. */
  | {
      readonly type: 'done'
      readonly resultId: string | null
      readonly evidence: 'answer' | 'read'
    }
  /** Klarna said no with a code that we know, or we refused before sending (`quote_changed`). */
  | { readonly type: 'refused'; readonly code: string }
  /** Done or not: nobody knows. Never a success, never a refusal. */
  | { readonly type: 'unknown'; readonly reason: string }
  /** Surely not done, for a reason that passes: a full quota, a stopped action, a read that failed. */
  | { readonly type: 'not_started'; readonly reason: string; readonly waitMs: number }
  /** The merchant's set-up is broken: wrong credentials, wrong merchant. */
  | { readonly type: 'configuration'; readonly reason: string }
  /** Klarna's books differ from ours: nothing was sent, a person must look. */
  | {
      readonly type: 'books_differ'
      readonly reason: string
      readonly oursMinor: number
      readonly klarnasMinor: number
    }
  /** Only a person can say what to do: a request that Klarna cannot read, a code that nobody documented. */
  | { readonly type: 'needs_person'; readonly reason: string }

export type OutcomeType = Outcome['type']
