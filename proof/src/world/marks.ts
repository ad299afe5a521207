/** Marks of what a story has reached: rare states, so that a run can show that it went there. */
import { type Change, commandPhase, type OrderState, type TelemetryEvent } from '@postdelivery/core'

/** Counts by mark. */
export type Marks = Map<string, number>

export const mark = (marks: Marks, name: string, count = 1): void => {
  marks.set(name, (marks.get(name) ?? 0) + count)
}

/** Marks what a committed step shows. */
export function markCommit(marks: Marks, change: Change, order: OrderState): void {
  const commandId = change.attempt?.commandId ?? JSON.parse(change.event.body)['commandId']
  const changed = order.commands.find((each) => each.command.id === commandId)
  if (changed !== undefined) {
    const { operation } = changed.command.body
    mark(marks, `phase ${commandPhase(changed)} ${operation}`)
    if (changed.chart.context.generation > 0) mark(marks, 'generation opened by a person')
    if (commandPhase(changed) === 'stuck') mark(marks, `stuck ${why(changed.chart.context.why)}`)
  }
  if (change.attempt?.type === 'answered') mark(marks, `outcome ${change.attempt.outcome.type}`)
  for (const action of change.decision?.actions ?? [])
    mark(
      marks,
      action.refusal === undefined
        ? `action ${action.type} ${action.outcome}`
        : `refused ${action.refusal.code}`,
    )
  if (change.decision?.refusal !== undefined) mark(marks, `refused ${change.decision.refusal.code}`)
  if (change.unparks) mark(marks, 'order registered')
  mark(marks, `order ${change.listing?.word ?? ''}`)
}

/** Marks what became of an event, and what people are told with it. */
export function markEvent(marks: Marks, change: Change): void {
  if (change.event.status !== 'decided') mark(marks, `event ${change.event.status}`)
  for (const work of change.opensWork) mark(marks, `work ${work.kind}`)
}

/** Marks what the engine says of itself. */
export function markTelemetry(marks: Marks, { name, attributes }: TelemetryEvent): void {
  if (name === 'alarm') mark(marks, `alarm ${attributes?.['code']}`)
  if (name === 'attempt_answered' && Number(attributes?.['attempt']) === 0)
    mark(marks, `look ${why(String(attributes?.['reason'] ?? attributes?.['outcome']))}`)
}

/** Reasons carry numbers and codes after a colon. */
const why = (text: string | null): string => (text ?? 'without a reason').split(':')[0] ?? ''
