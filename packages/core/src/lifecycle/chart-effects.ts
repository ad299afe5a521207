/** What charts ask the router to do: custom actions with params, as plain data. */

export type ChartEffect =
  /** Klarna did it: enter it in the books of the order and its capture. */
  | { readonly type: 'book' }
  /** It will not happen: give back what was reserved. */
  | { readonly type: 'free' }
  /** A person must act. */
  | {
      readonly type: 'openWork'
      readonly kind: 'stuck_command' | 'awaiting_approval' | 'approval_expired' | 'paused_command'
    }
  /** That work is done. */
  | {
      readonly type: 'closeWork'
      readonly kind: 'stuck_command' | 'awaiting_approval' | 'paused_command'
    }
  /** A new key is opened for the command. */
  | { readonly type: 'openGeneration' }
  /** Something contradicts what we know; people are told, nothing is undone. */
  | { readonly type: 'alarm'; readonly code: AlarmCode }

export const ALARMS = {
  late_success: 'Klarna says that it did what we held for refused; the books are corrected',
  late_refusal: 'Klarna refuses what it had confirmed before; the books stay as they are',
  answer_repeated: 'an outcome arrived for a command that was settled before',
  answer_unexpected: 'an outcome arrived for a command that nobody sent',
  books_differ: "Klarna's books differ from ours; refunds of the order stand still",
  key_ended:
    'the clock ran ahead when it was sent; it is not sent again under its key, what became of it is found out otherwise',
  unexpected_event: 'an event arrived that the lifecycle has no place for',
} as const
export type AlarmCode = keyof typeof ALARMS
