/** What the runs look for: laws that hold whatever crashes, tears or lies, and what broke one of them. */

/** Every law with the sentence that people read; the ids of docs/reliability.md stand in brackets. */
export const LAWS = {
  file_sound: 'the file passes the checks of SQLite itself',
  whole_steps: 'a step is in the file as a whole or not at all',
  event_kept: 'every acknowledged event is kept as it was sent (I4)',
  event_decided_once: 'every acknowledged event is decided once or given up visibly (I4)',
  nothing_waits: 'in the end everything is settled or waits for a person (I14)',
  exactly_once: 'every decided action happened at Klarna exactly once or waits for a person (I2)',
  decided_before: 'nothing reaches Klarna without a decision and an attempt on record (I3)',
  within_captured: 'no capture pays back more than was captured (I1)',
  same_bytes: 'one key means one stored request for ever, and ends after 20 hours (I9)',
  books_agree: "our amounts equal Klarna's (I10)",
  same_verdicts: 'the rules say the same again, byte for byte (I11)',
  consistent_prefix: 'a torn file opens as it was after some commit, with all before the damage',
  refused_loudly: 'what cannot be opened is refused with a failure of the store',
  nothing_doubled: 'an engine on an older image repeats nothing at Klarna',
  engine_sound: 'the engine runs until it is killed and stops no order',
} as const
export type Law = keyof typeof LAWS

export interface Violation {
  readonly law: Law
  /** One line: what was found, with the ids to look it up. */
  readonly what: string
}

/** Says a violation in one line. */
export const describeViolation = ({ law, what }: Violation): string => `${law}: ${what}`
