/** What the senders of events were promised, held against the file at the end of a run. */
import { commandPhase, type RulesInForce } from '@postdelivery/core'
import type { Violation } from '../violation.ts'
import type { FileBooks } from './file-books.ts'

/** An event that its sender saw acknowledged. */
export interface Acknowledged {
  readonly orderId: string
  readonly eventId: string
  /** SHA-256 of what was sent. */
  readonly bodyHash: string
}

/** Checks that nothing acknowledged is missing or changed. Holds at every moment. */
export function checkKept(
  books: FileBooks,
  acknowledged: readonly Acknowledged[],
): readonly Violation[] {
  const stored = new Map(books.events.map((event) => [`${event.orderId} ${event.eventId}`, event]))
  return acknowledged.flatMap(({ orderId, eventId, bodyHash }): readonly Violation[] => {
    const name = `event ${eventId} of order ${orderId}`
    const event = stored.get(`${orderId} ${eventId}`)
    if (event === undefined)
      return [{ law: 'event_kept', what: `${name} was acknowledged and is lost` }]
    if (event.bodyHash === bodyHash) return []
    return [{ law: 'event_kept', what: `${name} is kept with other bytes than acknowledged` }]
  })
}

/** States in which a command waits for a person. */
const WITH_PERSON: readonly string[] = ['stuck', 'paused', 'awaitingApproval']

/** Checks that everything has come to its end, once Klarna is healthy and time has passed. */
export function checkSettled(books: FileBooks): readonly Violation[] {
  const asked = new Set(books.work.map((work) => work.commandId))
  const given = new Set(books.work.map((work) => `${work.orderId} ${work.eventId}`))
  const differing = new Set(
    books.work.filter((work) => work.kind === 'books_differ').map((work) => work.orderId),
  )
  const events = books.events.flatMap((event): readonly Violation[] => {
    const name = `event ${event.eventId} of order ${event.orderId}`
    if (event.status === 'decided') return []
    if (event.status !== 'dead_lettered')
      return [{ law: 'event_decided_once', what: `${name} is still ${event.status}` }]
    if (given.has(`${event.orderId} ${event.eventId}`)) return []
    return [{ law: 'event_decided_once', what: `${name} was given up and nobody is told` }]
  })
  const commands = books.orders.flatMap(({ orderId, state }) =>
    state.commands.flatMap((command): readonly Violation[] => {
      const phase = commandPhase(command)
      const { id, body } = command.command
      if (['confirmed', 'refused', 'rejected'].includes(phase)) return []
      if (WITH_PERSON.includes(phase) && asked.has(id)) return []
      if (body.operation === 'refundOrder' && differing.has(orderId)) return []
      return [
        { law: 'nothing_waits', what: `${body.operation} ${id} is ${phase} and nobody is told` },
      ]
    }),
  )
  return [...events, ...commands]
}

/** Checks that no order was stopped by a defect: that is work for a person, and a bug of ours. */
export const checkUnstopped = (books: FileBooks): readonly Violation[] =>
  books.work
    .filter((work) => work.kind === 'order_stopped' || work.kind === 'rule_failed')
    .map((work) => ({ law: 'engine_sound', what: `order ${work.orderId}: ${work.kind}` }))

/** Asks the rules about each decision's facts again; the answers must be the same bytes. */
export async function checkVerdicts(
  books: FileBooks,
  rules: RulesInForce,
): Promise<readonly Violation[]> {
  const asked = books.decisions.filter(({ decision }) => decision.rules.length > 0)
  const found = await Promise.all(
    asked.map(async ({ decision }): Promise<readonly Violation[]> => {
      const again = await rules.evaluate(decision.eventType, decision.facts)
      if (JSON.stringify(again) === JSON.stringify(decision.rules)) return []
      const what = `event ${decision.eventId} of order ${decision.orderId} is decided otherwise now`
      return [{ law: 'same_verdicts', what }]
    }),
  )
  return found.flat()
}
