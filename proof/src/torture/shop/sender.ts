/**
 * A sender of events as merchants' systems are: it sends an event until somebody acknowledges it, at times once more after
 * that, and notes what it was promised.
 */
import { makeInboxEvent, type PublicEvent } from '@postdelivery/core'
import type { Random } from '../../random.ts'
import type { Acknowledged } from '../checks/check-events.ts'
import type { Program } from '../processes.ts'
import type { Violation } from '../violation.ts'

export interface Sender {
  readonly acknowledged: readonly Acknowledged[]
  readonly violations: readonly Violation[]
  /** Whether nothing is on its way or waits to be sent again. */
  readonly isQuiet: boolean
  /** Sends on, as long as few enough are unanswered. */
  pump(program: Program): void
  /** Hears `ack ACCEPTANCE ORDER EVENT`. */
  hear(line: string): void
  /** The receiver is gone: what is unanswered is sent again, in its order, before anything else. */
  forget(): void
}

export interface SenderOptions {
  /** Events that may be unanswered at once. */
  readonly windowCount: number
  readonly draws: Random
  /** The next new event, or null when there is none now. */
  readonly next: () => PublicEvent | null
  /** Whether events are sent again after they were acknowledged, with the same and with other bytes. */
  readonly repeats: boolean
  /** Makes the message for the program. */
  readonly message: (event: PublicEvent) => unknown
}

const REPEAT_SHARE = 0.06
const REUSE_SHARE = 0.01

/** What is on its way, and what must be said about it. */
interface Sent {
  readonly event: PublicEvent
  readonly kind: 'first' | 'repeat' | 'other_body'
}

/** Makes a sender. */
export function createSender(options: SenderOptions): Sender {
  const { draws, windowCount } = options
  const underway = new Map<string, Sent>()
  const settled: PublicEvent[] = []
  const acknowledged: Acknowledged[] = []
  const violations: Violation[] = []
  let again: Sent[] = []
  let sentCount = 0

  const nextSent = (): Sent | null => {
    const kept = again.shift()
    if (kept !== undefined) return kept
    const repeat = options.repeats ? drawRepeat(draws.part(`sent ${sentCount}`), settled) : null
    if (repeat !== null && !underway.has(nameOf(repeat.event))) return repeat
    const event = options.next()
    return event === null ? null : { event, kind: 'first' }
  }

  return {
    acknowledged,
    violations,
    get isQuiet() {
      return underway.size === 0 && again.length === 0
    },
    pump(program) {
      while (underway.size < windowCount) {
        const sent = nextSent()
        if (sent === null) return
        sentCount += 1
        underway.set(nameOf(sent.event), sent)
        program.send(options.message(sent.event))
      }
    },
    hear(line) {
      const [, acceptance, orderId, eventId] = line.split(' ')
      const name = `${orderId} ${eventId}`
      const sent = underway.get(name)
      underway.delete(name)
      if (sent === undefined) return
      const wrong = wrongAnswer(sent.kind, acceptance)
      if (wrong !== null)
        violations.push({
          law: 'event_kept',
          what: `event ${eventId} of order ${orderId}: ${wrong}`,
        })
      if (sent.kind !== 'first') return
      settled.push(sent.event)
      acknowledged.push(acknowledgedOf(sent.event))
    },
    forget() {
      again = [...underway.values(), ...again]
      underway.clear()
    },
  }
}

/** At times an event that was acknowledged comes once more, and seldom with another body. */
function drawRepeat(draws: Random, settled: readonly PublicEvent[]): Sent | null {
  const share = draws.fraction('again')
  if (share >= REPEAT_SHARE || settled.length === 0) return null
  const event = draws.pick('which', settled)
  if (share >= REUSE_SHARE) return { event, kind: 'repeat' }
  return { event: { ...event, data: { again: true } } as PublicEvent, kind: 'other_body' }
}

const nameOf = ({ orderId, id }: PublicEvent): string => `${orderId} ${id}`

/** A first one may be a repeat, when a kill took its acknowledgement. */
function wrongAnswer(kind: Sent['kind'], acceptance: string | undefined): string | null {
  if (acceptance === 'reused') return kind === 'other_body' ? null : 'its own bytes are refused'
  if (kind === 'other_body') return 'another body is taken under its id'
  if (kind === 'repeat' && acceptance === 'accepted') return 'it was acknowledged and is new again'
  return null
}

function acknowledgedOf(event: PublicEvent): Acknowledged {
  const { orderId, eventId, bodyHash } = makeInboxEvent(event, event.at)
  return { orderId, eventId, bodyHash }
}
