/** Applies what happened to a command: attempts and their outcomes, approvals, reads of the books, people's findings. */
import { commandPhase, findCommand, isSending } from '../books.ts'
import {
  AUDIT_RETRY_WAIT_MS,
  auditAt,
  deferWaitMs,
  repeatAt,
  shortestRepeatAt,
} from '../engine/retry.ts'
import type {
  CommandAnswered,
  CommandApproved,
  CommandEvent,
  CommandResolved,
} from '../internal-events.ts'
import type { CommandState } from '../order-state.ts'
import type { Outcome } from '../outcome.ts'
import { type Refusal, refusal } from '../refusals.ts'
import { err, ok, type Result } from '../result.ts'
import { addMs, type IsoInstant, laterOf } from '../time.ts'
import type { CommandChartEvent } from './command-chart-event.ts'
import { closeIfDone, type Routed, stepCommand, stopRefunds } from './router.ts'

/** Operations that leave no mark at Klarna which a read could find. Source: docs/decisions/0003-unknown-outcomes.md. */
export const leavesNoTrace = ({ command }: CommandState): boolean =>
  ['extendDueDate', 'triggerSendOut', 'extendAuthorizationTime'].includes(command.body.operation)

/**
 * Applies an event about a command.
 *
 * `now` is the instant of deciding; waits count from it. Contradicting and late answers raise alarms, they never vanish.
 * Refuses: `unknown_command`, `not_awaiting_approval`, `approval_expired`, `not_stuck`, `not_paused`,
 *   `command_under_way`, `approver_not_allowed`, `approval_not_bound`, `resolution_not_bound`.
 */
export function applyCommandEvent(
  routed: Routed,
  event: CommandEvent,
  now: IsoInstant,
): Result<Routed, Refusal> {
  const command = findCommand(routed.order, event.commandId)
  if (command === undefined) return err(refusal('unknown_command', { commandId: event.commandId }))
  const refused = refuse(command, event)
  if (refused !== undefined) return err(refused)
  if (event.type === 'command.answered' && event.generation !== command.chart.context.generation) {
    return ok(hearOldGeneration(routed, command, event, now))
  }
  const next = stepCommand(routed, event.commandId, toChartEvent(command, event, now), now)
  return ok(closeIfDone(withBooks(next, event, now)))
}

function refuse(command: CommandState, event: CommandEvent): Refusal | undefined {
  const phase = commandPhase(command)
  const facts = { commandId: event.commandId, phase }
  switch (event.type) {
    case 'command.approved':
      return refuseApproval(command, event)
    case 'command.expired':
      return phase === 'awaitingApproval' ? undefined : refusal('not_awaiting_approval', facts)
    case 'command.rejected':
      return phase === 'awaitingApproval' || isUnsent(command)
        ? undefined
        : refusal('command_under_way', facts)
    case 'command.resolved':
      return refuseResolution(command, event)
    case 'command.resumed':
      return phase === 'paused' ? undefined : refusal('not_paused', facts)
    default:
      return undefined
  }
}

/** Whether the command is ready and no attempt of it has left doubt. */
const isUnsent = (command: CommandState): boolean =>
  commandPhase(command) === 'requested' &&
  !isSending(command) &&
  command.chart.context.unknownCount === 0

function refuseApproval(command: CommandState, event: CommandApproved): Refusal | undefined {
  const { approvalExpiresAt, approvedBy } = command.chart.context
  const facts = { commandId: event.commandId }
  if (commandPhase(command) !== 'awaitingApproval') {
    return refusal('not_awaiting_approval', { ...facts, phase: commandPhase(command) })
  }
  if (approvalExpiresAt !== null && event.at > approvalExpiresAt)
    return refusal('approval_expired', facts)
  if (event.hash !== command.approvalHash) return refusal('approval_not_bound', facts)
  const barred = [command.command.requestedBy, ...approvedBy, ...command.barredApprovers]
  return barred.some((name) => name !== null && isSamePerson(name, event.by))
    ? refusal('approver_not_allowed', facts)
    : undefined
}

/** What a person found out about one key says nothing of a later one. */
function refuseResolution(command: CommandState, event: CommandResolved): Refusal | undefined {
  const { generation } = command.chart.context
  const phase = commandPhase(command)
  const facts = { commandId: event.commandId, phase }
  if (phase !== 'stuck' && phase !== 'paused') return refusal('not_stuck', facts)
  return event.generation === undefined || event.generation === generation
    ? undefined
    : refusal('resolution_not_bound', { ...facts, generation })
}

/** Names of people come from the merchant's own system, in whatever spelling; two spellings are not two people. */
const isSamePerson = (a: string, b: string): boolean =>
  a.trim().toLowerCase() === b.trim().toLowerCase()

function toChartEvent(
  command: CommandState,
  event: CommandEvent,
  now: IsoInstant,
): CommandChartEvent {
  switch (event.type) {
    case 'command.started':
      return { type: 'start', at: event.at }
    case 'command.answered':
      return answerToChartEvent(command, event, now)
    case 'command.audited':
      return auditToChartEvent(command, event.finding, now)
    case 'command.pulledForward':
      return { type: 'pullForward', at: event.dueAt }
    case 'command.approved':
      return { type: 'approve', by: event.by }
    case 'command.rejected':
      return { type: 'reject', why: event.why }
    case 'command.expired':
      return { type: 'expire' }
    case 'command.resumed':
      return { type: 'resume' }
    case 'command.resolved':
      return resolution(event.how, event.why)
  }
}

function resolution(
  how: 'happened' | 'did_not_happen' | 'try_as_new',
  why: string,
): CommandChartEvent {
  if (how === 'happened') return { type: 'resolveHappened', why }
  if (how === 'did_not_happen') return { type: 'resolveDidNotHappen', why }
  return { type: 'resolveTryAsNew', why }
}

function answerToChartEvent(
  command: CommandState,
  { outcome, attempt }: CommandAnswered,
  now: IsoInstant,
): CommandChartEvent {
  switch (outcome.type) {
    case 'done':
      return { type: 'done', resultId: outcome.resultId }
    case 'refused':
      return { type: 'refused', why: outcome.code, auditAt: firstAuditAt(command, now) }
    case 'unknown': {
      const repeat = nextRepeat(command, attempt, now)
      return {
        type: 'unknown',
        why: outcome.reason,
        auditAt: firstAuditAt(command, now),
        ...repeat,
      }
    }
    case 'not_started':
      return deferred(command, outcome, { now, attempt })
    case 'configuration':
      return { type: 'misconfigured', why: outcome.reason, wasSent: attempt > 0 }
    case 'books_differ':
    case 'needs_person':
      return { type: 'needsPerson', why: outcome.reason }
  }
}

/** When Klarna's books are read first: at once when there is nothing that they could show. */
const firstAuditAt = (command: CommandState, now: IsoInstant): IsoInstant =>
  leavesNoTrace(command) ? now : (auditAt(0, now) ?? now)

/**
 * When the same key is tried again. A repeat that was pulled forward and began before its regular instant is an extra one:
 * the regular one still comes, so that a Klarna that comes and goes uses up no repeat early.
 */
function nextRepeat(
  { command, chart }: CommandState,
  attempt: number,
  now: IsoInstant,
): { readonly retryAt: IsoInstant | null; readonly isExtra: boolean } {
  const { unknownCount, firstReachableAt, regularAt } = chart.context
  // Attempt 0: the key's time was over, and nothing was sent.
  if (attempt === 0) return { retryAt: null, isExtra: false }
  if (regularAt !== null) {
    return { retryAt: laterOf(regularAt, shortestRepeatAt(command.id, now)), isExtra: true }
  }
  const retryAt = repeatAt({
    commandId: command.id,
    unknownCount: unknownCount + 1,
    firstReachableAt: firstReachableAt ?? now,
    now,
  })
  return { retryAt, isExtra: false }
}

/** Something that passes holds the call back: it waits longer each time, and in the end a person is asked. */
function deferred(
  { command, chart }: CommandState,
  outcome: Extract<Outcome, { readonly type: 'not_started' }>,
  { now, attempt }: { readonly now: IsoInstant; readonly attempt: number },
): CommandChartEvent {
  const waitMs = deferWaitMs(outcome.waitMs, chart.context.deferCount, command.id)
  if (waitMs === null) return { type: 'needsPerson', why: `not_started:${outcome.reason}` }
  return {
    type: 'notStarted',
    why: outcome.reason,
    notBefore: addMs(now, waitMs),
    isStale: outcome.reason === 'stale_read',
    // Nothing was sent that could be taken back, or a status came back: then Klarna has seen the key.
    wasReachable: attempt === 0 || outcome.reason.startsWith('http_'),
  }
}

function auditToChartEvent(
  command: CommandState,
  finding: 'present' | 'absent' | 'unreadable' | 'no_trace',
  now: IsoInstant,
): CommandChartEvent {
  if (finding === 'present') return { type: 'auditedPresent' }
  if (finding === 'no_trace')
    return { type: 'auditedAbsent', auditAt: null, why: 'leaves_no_trace' }
  const { auditCount, deferCount } = command.chart.context
  if (finding === 'unreadable') {
    const waitMs = deferWaitMs(AUDIT_RETRY_WAIT_MS, deferCount, command.command.id)
    return waitMs === null
      ? { type: 'auditedAbsent', auditAt: null, why: 'books_unreadable' }
      : { type: 'auditPostponed', auditAt: addMs(now, waitMs) }
  }
  return {
    type: 'auditedAbsent',
    auditAt: auditAt(auditCount + 1, now),
    why: 'not_found_at_klarna',
  }
}

/** Books that differ stop all refunds of the order, not only the one that noticed. */
function withBooks(routed: Routed, event: CommandEvent, now: IsoInstant): Routed {
  if (event.type !== 'command.answered' || event.outcome.type !== 'books_differ') return routed
  const { oursMinor, klarnasMinor } = event.outcome
  return stopRefunds(routed, { oursMinor, klarnasMinor, at: now })
}

/** An answer under a key that a person has given up: what it did is not in the books of the new key. */
function hearOldGeneration(
  routed: Routed,
  { command }: CommandState,
  event: CommandAnswered,
  now: IsoInstant,
): Routed {
  const alarmed: Routed = {
    ...routed,
    effects: [
      ...routed.effects,
      {
        type: 'alarm',
        code: event.outcome.type === 'done' ? 'late_success' : 'answer_repeated',
        commandId: command.id,
      },
    ],
  }
  if (event.outcome.type !== 'done' || command.body.operation !== 'refundOrder') return alarmed
  const { refundMinor } = command.body
  return stopRefunds(alarmed, { oursMinor: 0, klarnasMinor: refundMinor, at: now })
}
