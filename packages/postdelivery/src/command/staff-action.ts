/**
 * What a person lets the engine do, from another process: shown first, written to the inbox with `--execute`.
 *
 * The engine decides it in its turn. Who somebody is was checked by whoever let them use this machine; `--by` is believed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SqliteInbox } from '@postdelivery/adapters/sqlite'
import { type Decision, type EngineEvent, makeInboxEvent } from '@postdelivery/core'
import type { CommandContext, OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import type { Desk } from './desk.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { printable } from './output.ts'
import { typeAgain } from './type-again.ts'

/** Options of everything that changes something. */
export const STAFF_OPTIONS = {
  by: {
    type: 'text',
    value: 'NAME',
    isRequired: true,
    summary: 'who says so; stands in the record',
  },
  why: { type: 'text', value: 'TEXT', isRequired: true, summary: 'why; stands in the record' },
  execute: { type: 'flag', summary: 'record it; without this it is only shown' },
} as const satisfies OptionTable

/** What is about to be recorded. */
export interface StaffAction {
  /** For people: exactly what it is. */
  readonly lines: readonly string[]
  /** For programs: the same. */
  readonly facts: object
  readonly write: (inbox: SqliteInbox) => Promise<void>
  /** The event that is decided, where there is one. */
  readonly event?: EngineEvent
  /** Options that must be said beside `--execute`. */
  readonly mustSay?: readonly string[]
}

type StaffContext = Pick<CommandContext, 'format' | 'out' | 'talk' | 'program' | 'words' | 'signal'>

/** Shows an action, or records it and tells what became of it. */
export async function runStaffAction(
  context: StaffContext,
  desk: Desk,
  { action, execute }: { readonly action: StaffAction; readonly execute: boolean },
): Promise<ExitCode> {
  const { format, out, talk } = context
  const { lines, facts, mustSay = [] } = action
  if (!execute) {
    const next = typeAgain(context, [...mustSay, '--execute'])
    if (format === 'json') out.data({ ...facts, isRecorded: false, next })
    else out.line(...lines)
    if (format === 'pretty') talk.line('nothing is recorded yet; to record it:', `  ${next}`)
    return EXIT.fine
  }
  // Order matters: a reader that closes the pipe ends the process, and must not keep this from being recorded.
  await writeToInbox(desk, action)
  if (format === 'pretty') out.line(...lines)
  const decision = await decisionOf(context, desk, action)
  if (format === 'json') out.data({ ...facts, isRecorded: true, engine: desk.engine, decision })
  else out.line(outcomeLine(desk, action, decision))
  return decision?.refusal === undefined ? EXIT.fine : EXIT.conflict
}

async function writeToInbox(desk: Desk, action: StaffAction): Promise<void> {
  const inbox = desk.store.openInbox()
  try {
    await action.write(inbox)
  } finally {
    await inbox.close()
  }
}

/** Makes the action of a staff event. */
export const eventAction = (
  desk: Desk,
  event: EngineEvent,
  shown: Pick<StaffAction, 'lines' | 'facts' | 'mustSay'>,
): StaffAction => ({
  ...shown,
  lines: [...shown.lines, `event     ${printable(JSON.stringify(event))}`],
  facts: { ...shown.facts, event },
  event,
  async write(inbox) {
    const { type } = await inbox.accept(makeInboxEvent(event, desk.clock.now()))
    if (type !== 'reused') return
    const message = `another event stands under the id \`${event.id}\``
    throw new CommandError(EXIT.conflict, message, { hint: 'see `postdelivery orders timeline`' })
  },
})

const DECISION_MAX_MS = 10_000
const LOOK_MS = 50

/** Waits a little for a running engine; it looks into its inbox twice a second. */
async function decisionOf(
  { signal }: StaffContext,
  { engine, reader }: Desk,
  { event }: StaffAction,
): Promise<Decision | null> {
  if (event === undefined) return null
  const endsAtMs = performance.now() + (engine === null ? 0 : DECISION_MAX_MS)
  for (;;) {
    const decision = await reader.decision(event.orderId, event.id)
    if (decision !== undefined) return decision
    if (performance.now() >= endsAtMs || signal.aborted) return null
    await sleep(LOOK_MS)
  }
}

function outcomeLine({ engine }: Desk, { event }: StaffAction, decision: Decision | null): string {
  if (decision?.refusal !== undefined)
    return `recorded, and refused (${decision.refusal.code}): ${printable(decision.summary)}`
  if (decision !== null) return `recorded and decided: ${printable(decision.summary)}`
  if (engine === null) return 'recorded; no engine runs: it counts as soon as one starts'
  if (event === undefined) return `recorded; the engine (pid ${engine.pid}) heeds it from now on`
  return `recorded; the engine (pid ${engine.pid}) has not decided it yet: see \`orders timeline\``
}
