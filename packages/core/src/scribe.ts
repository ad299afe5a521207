/** Who writes down what is decided: the names of commands, what an approval is bound to, and the words for people. */
import { canonicalJson } from './canonical-json.ts'
import type { Command, PreparedRequest } from './commands.ts'
import { type CommandIdParts, commandIdOf, idempotencyKeyOf, sha256Hex } from './ids.ts'

/** Names, hashes and words cost more than deciding does; who only counts can do without them. */
export interface Scribe {
  commandIdOf(parts: CommandIdParts): string
  /** The key of a new command, of its generation 0. */
  keyOf(commandId: string): string
  /** What an approval is bound to. */
  approvalHashOf(command: Command, request: PreparedRequest): string
  /** A sentence for people, made only when somebody reads it. */
  sentence(say: () => string): string
}

/** Writes everything down, for ever the same: live engines, and simulations that people read. */
export const LIVE_SCRIBE: Scribe = {
  commandIdOf,
  keyOf: (commandId) => idempotencyKeyOf(commandId, 0),
  // The bytes, and what they do not carry: the quoted fee and the units behind a refund.
  approvalHashOf: (command, request) => sha256Hex(canonicalJson([request.hash, command.body])),
  sentence: (say) => say(),
}

/** Writes nothing down: ids are unique, so that orders can share a ledger, and mean nothing to anybody else. */
export const SILENT_SCRIBE: Scribe = {
  commandIdOf: ({ orderId, eventId, commandIndex }) => `${orderId}/${eventId}#${commandIndex}`,
  keyOf: () => '',
  approvalHashOf: () => '',
  sentence: () => '',
}
