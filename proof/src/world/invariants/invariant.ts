/** What an invariant is, and what the checks share. */
import type { Change, CommandState, OrderState } from '@postdelivery/core'
import type { Arrival } from '../books.ts'
import type { EndEvidence, Evidence, OrderRecord } from '../evidence.ts'
import type { SentCall } from '../network.ts'

/** What a check found wrong, one line each. */
type Findings = readonly string[]

export interface Invariant {
  readonly id: string
  readonly says: string
  /** A write leaves the process. */
  readonly onSend?: (call: SentCall, evidence: Evidence) => Findings
  /** A write has arrived at Klarna; it is the last of `evidence.arrivals`. */
  readonly onArrival?: (arrival: Arrival, evidence: Evidence) => Findings
  /** A step has been committed; `order` is the order after it. */
  readonly onCommit?: (change: Change, order: OrderState, evidence: Evidence) => Findings
  /** The storm is over and everything had time to settle. */
  readonly atEnd?: (evidence: EndEvidence) => Findings
}

export const HOUR_MS = 3_600_000
export const MINUTE_MS = 60_000

/** A command of ours with all that is stored of its order. */
export interface OwnCommand {
  readonly record: OrderRecord
  readonly command: CommandState
}

/** All commands of a story. */
export const commandsOf = ({ orders }: EndEvidence): readonly OwnCommand[] =>
  orders.flatMap((record) => (record.state?.commands ?? []).map((command) => ({ record, command })))

/** What happened at Klarna for one command, under all its keys. */
export const effectsOf = (
  { arrivals, ownerByKey }: Evidence,
  commandId: string,
): readonly Arrival[] =>
  arrivals.filter((each) => each.isEffect && ownerByKey.get(each.key)?.command.id === commandId)

/** Adds to a named amount. */
export const add = (amounts: Map<string, number>, name: string, amount: number): void => {
  amounts.set(name, (amounts.get(name) ?? 0) + amount)
}

export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((all, each) => all + each, 0)
