/** Applies what happened to a command: attempts and their outcomes, approvals, reads of the books, people's findings. */
import { assertNever } from '../assert.ts'
import { commandPhase, findCommand } from '../books.ts'
import { auditAt, repeatAt } from '../engine/retry.ts'
import type { CommandAnswered, CommandEvent } from '../internal-events.ts'
import type { CommandState } from '../order-state.ts'
import { type Refusal, refusal } from '../refusals.ts'
import { err, ok, type Result } from '../result.ts'
import { addMs, type IsoInstant } from '../time.ts'
import type { CommandChartEvent } from './command-chart.ts'
import { closeIfDone, type Routed, stepCommand, stopRefunds } from './router.ts'

/** Operations that leave no mark at Klarna which a read could find. Source: docs/decisions/0003-unknown-outcomes.md. */
export const leavesNoTrace = ({ command }: CommandState): boolean =>
  ['extendDueDate', 'triggerSendOut', 'extendAuthorizationTime'].includes(command.body.operation)

/**
 * Applies an event about a command.
 *
 * `now` is the instant of deciding; waits count from it. Contradicting and late answers raise alarms, they never vanish.
 * Refuses: `unknown_command`, `not_awaiting_approval`, `approver_not_allowed`, `approval_not_bound`.
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
  if (
    event.type !== 'command.approved' &&
    event.type !== 'command.rejected' &&
    event.type !== 'command.expired'
  )
    return undefined
  if (commandPhase(command) !== 'awaitingApproval') {
    return refusal('not_awaiting_approval', {
      commandId: event.commandId,
      phase: commandPhase(command),
    })
  }
  if (event.type !== 'command.approved') return undefined
  if (event.hash !== command.approvalHash)
    return refusal('approval_not_bound', { commandId: event.commandId })
  const isOneself =
    event.by === command.command.requestedBy || command.chart.context.approvedBy.includes(event.by)
  const isAuthor = command.barredApprovers.includes(event.by)
  return isOneself || isAuthor
    ? refusal('approver_not_allowed', { commandId: event.commandId })
    : undefined
}

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
    default:
      return assertNever(event)
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
  { outcome }: CommandAnswered,
  now: IsoInstant,
): CommandChartEvent {
  const { context } = command.chart
  const firstAuditAt = leavesNoTrace(command) ? now : (auditAt(0, now) ?? now)
  switch (outcome.type) {
    case 'done':
      return { type: 'done', resultId: outcome.resultId }
    case 'refused':
      return { type: 'refused', why: outcome.code, auditAt: firstAuditAt }
    case 'unknown': {
      const retryAt = repeatAt({
        commandId: command.command.id,
        unknownCount: context.unknownCount + 1,
        firstReachableAt: context.firstReachableAt ?? now,
        now,
      })
      return { type: 'unknown', why: outcome.reason, retryAt, auditAt: firstAuditAt }
    }
    case 'not_started':
      return {
        type: 'notStarted',
        why: outcome.reason,
        notBefore: addMs(now, outcome.waitMs),
        isStale: outcome.reason === 'stale_read',
        // A status came back, so Klarna has seen the key.
        wasReachable: outcome.reason.startsWith('http_'),
      }
    case 'configuration':
      return { type: 'misconfigured', why: outcome.reason }
    case 'books_differ':
    case 'needs_person':
      return { type: 'needsPerson', why: outcome.reason }
    default:
      return assertNever(outcome)
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
  if (finding === 'unreadable') return { type: 'auditPostponed', auditAt: addMs(now, 60_000) }
  const { auditCount } = command.chart.context
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
