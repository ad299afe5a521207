/** A timeline as lines of text that somebody who sees it for the first time understands. */
import type { EngineEvent, Outcome } from '@postdelivery/core'
import type { AnswerEntry, DecisionEntry, TimelineEntry } from './timeline.ts'

/**
 * Writes one line or a few for each entry: event, decision with its rules, call with its key, answer, new state.
 *
 * Control characters are left out, so that nothing that was sent can steer a terminal.
 */
export const renderTimeline = (entries: readonly TimelineEntry[]): readonly string[] => {
  let lastAt = ''
  return entries.flatMap((entry) => {
    const at = `${entry.at.slice(0, 10)} ${entry.at.slice(11, 19)}Z`
    const [first = '', ...rest] = linesOf(entry)
    const time = at === lastAt ? ' '.repeat(at.length) : at
    lastAt = at
    const head = `${time}  ${entry.kind.padEnd(8)}  ${first}`
    const indent = ' '.repeat(at.length + 12)
    return [head, ...rest.map((line) => `${indent}${line}`)].map(clean)
  })
}

function linesOf(entry: TimelineEntry): readonly string[] {
  switch (entry.kind) {
    case 'event': {
      const status =
        entry.status === 'decided'
          ? ''
          : ` [${entry.status}${entry.reason === null ? '' : `: ${entry.reason}`}]`
      return [`${entry.type}: ${describeEvent(entry.event)} (id ${entry.eventId})${status}`]
    }
    case 'decision':
      return decisionLines(entry)
    case 'call':
      return [
        `${entry.what}${entry.attempt > 1 ? `, attempt ${entry.attempt}` : ''}`,
        `${entry.method} ${entry.path}${entry.body === null ? '' : ` ${entry.body}`}`,
        `key ${entry.idempotencyKey}`,
      ]
    case 'answer':
      return [answerLine(entry)]
    case 'state':
      return [`${entry.what} -> ${entry.word}`]
    case 'work':
      return [
        entry.closed === null
          ? `${entry.workKind}: ${entry.what}`
          : `${entry.workKind} closed by ${entry.closed.by}: ${entry.closed.why}`,
      ]
  }
}

const decisionLines = ({ summary, rules, actions, refusal }: DecisionEntry): readonly string[] => [
  refusal === null ? summary : `refused (${refusal}): ${summary}`,
  ...rules.map(({ rule, verdict, sentence }) =>
    verdict === 'true' ? `rule fired: ${rule}: ${sentence}` : `rule silent: ${rule}: ${sentence}`,
  ),
  ...actions
    .filter(({ outcome }) => outcome !== 'queued' && outcome !== 'done')
    .flatMap(({ type, outcome, sentence, ruleSet, rule }) => [
      `${type} ${outcome.replaceAll('_', ' ')}: ${sentence}`,
      ...(outcome === 'awaiting_approval' ? saysLines(rules, `${ruleSet}/${rule}`) : []),
    ]),
]

/** Who approves reads the rule as it stood when it asked. */
const saysLines = (rules: DecisionEntry['rules'], name: string): readonly string[] =>
  rules.flatMap(({ rule, says }) => (rule === name && says !== null ? [`rule says: ${says}`] : []))

function answerLine({ outcome, correlationId, attempt }: AnswerEntry): string {
  const sent = attempt === 0 ? 'nothing was sent: ' : ''
  const named = correlationId === null ? '' : ` (correlation id ${correlationId})`
  return `${sent}${describeOutcome(outcome)}${named}`
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.type) {
    case 'done':
      return outcome.evidence === 'read' ? "done, as Klarna's books show" : 'done'
    case 'refused':
      return `refused: ${outcome.code}`
    case 'unknown':
      return `nobody knows whether it was done: ${outcome.reason}`
    case 'not_started':
      return `surely not done, tried again later: ${outcome.reason}`
    case 'configuration':
      return `our set-up is refused: ${outcome.reason}`
    case 'books_differ':
      return `Klarna's books differ from ours: ${outcome.reason}`
    case 'needs_person':
      return `a person must look: ${outcome.reason}`
  }
}

const because = (why: string | undefined): string => (why === undefined ? '' : `: ${why}`)

/** Says an event in a few words. */
function describeEvent(event: EngineEvent): string {
  switch (event.type) {
    case 'order.captured':
      return `${event.captures.length === 1 ? 'one capture' : `${event.captures.length} captures`}`
    case 'return.registered':
    case 'return.received':
    case 'return.inspected': {
      const lines = event.lines.map(({ reference, quantity }) => `${quantity} x ${reference}`)
      const why = event.reason === undefined ? '' : ` (${event.reason})`
      return `return ${event.returnId}: ${lines.join(', ')}${why}`
    }
    case 'shipment.dispatched':
      return event.shippingInfo.length === 1 ? 'one parcel' : `${event.shippingInfo.length} parcels`
    case 'shipment.delivered':
      return `delivered ${event.deliveredAt}`
    case 'customer.reported':
      return event.problem.replaceAll('_', ' ')
    case 'delivery.accepted':
      return 'all is well'
    case 'deadline.approaching':
      return `${event.daysLeft} days to ${event.deadline.replaceAll('_', ' ')} on ${event.on}`
    case 'action.requested':
      return `${event.action.type} asked for by ${event.by}: ${event.why}`
    case 'order.observed':
      return 'the order is read at Klarna'
    case 'books.confirmed':
      return `books compared by ${event.by}: ${event.why}`
    case 'clock.distrusted':
      return `the clock says ${event.clockAt}, behind what it said before: keys whose age nobody knows are used no more`
    case 'command.approved':
      return `approved by ${event.by}${because(event.why)}`
    case 'command.rejected':
      return `rejected by ${event.by}: ${event.why}`
    case 'command.resolved':
      return `${event.how.replaceAll('_', ' ')}, found out by ${event.by}: ${event.why}`
    case 'command.expired':
      return 'nobody approved in time'
    case 'command.resumed':
      return `goes on, says ${event.by}${because(event.why)}`
    case 'command.audited':
      return `Klarna's books were read: ${event.finding.replaceAll('_', ' ')}`
    case 'command.pulledForward':
      return 'Klarna answers again: the repeat comes sooner'
    case 'command.started':
    case 'command.answered':
      return `attempt ${event.attempt}`
    case 'deadline.fired':
      return 'a deadline came near'
    default:
      return "the merchant's own"
  }
}

const clean = (line: string): string => line.replaceAll(/\p{Cc}/gu, ' ')
