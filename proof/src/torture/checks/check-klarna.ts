/** Our books against Klarna's: what was decided happened once, and nothing happened that was not decided. */
import type { LoggedRequest, OrderBooks } from '@postdelivery/adapters/klarna-twin'
import { type CommandState, commandPhase, orderBooks, SAME_KEY_STOP_MS } from '@postdelivery/core'
import type { Law, Violation } from '../violation.ts'
import type { FileBooks, FiledOrder } from './file-books.ts'

/** What Klarna has: its books, and every call that reached it. */
export interface KlarnaBooks {
  readonly orders: readonly OrderBooks[]
  readonly requests: readonly LoggedRequest[]
}

/**
 * Checks both books at the end of a run. Returns: every violation, none when all is well.
 *
 * `network`: whether it may have repeated calls by itself, so that more of them came than were attempted.
 */
export function checkKlarna(
  ours: FileBooks,
  klarnas: KlarnaBooks,
  network: 'repeats' | 'repeats_nothing',
): readonly Violation[] {
  const states = new Map(ours.orders.map((order) => [order.orderId, order]))
  return [
    ...klarnas.orders.flatMap((books) => checkOrder(states.get(books.orderId), books)),
    ...checkCalls(ours, klarnas.requests, network),
  ]
}

/** How often Klarna may have done a thing: at least what is confirmed, at most that and what a person must find out. */
interface Bounds {
  readonly min: number
  readonly max: number
}

const SURE: readonly string[] = ['confirmed']
/** In these Klarna may have done it; whoever looks is told by the work that is open. */
const UNSURE: readonly string[] = ['stuck', 'paused', 'requested', 'doubtful', 'auditing']

function boundsOf(commands: readonly CommandState[]): Bounds {
  const count = (phases: readonly string[]): number =>
    commands.filter((command) => phases.includes(commandPhase(command))).length
  return { min: count(SURE), max: count(SURE) + count(UNSURE) }
}

function checkOrder(order: FiledOrder | undefined, klarnas: OrderBooks): readonly Violation[] {
  const commands = order?.state.commands ?? []
  return [
    ...effectsOf(klarnas, commands).flatMap(checkEffect),
    ...checkRefunds(commands, klarnas),
    ...checkAmounts(order, klarnas),
  ]
}

/** One thing that Klarna counts, with the commands that ask for it. */
interface Effect {
  readonly name: string
  readonly count: number
  readonly commands: readonly CommandState[]
}

function checkEffect({ name, count, commands }: Effect): readonly Violation[] {
  const { min, max } = boundsOf(commands)
  if (count >= min && count <= max) return []
  const law = commands.length === 0 ? 'decided_before' : 'exactly_once'
  const wanted = min === max ? `${min}` : `${min} to ${max}`
  return [{ law, what: `${name} happened ${count} times at klarna, decided were ${wanted}` }]
}

function effectsOf(klarnas: OrderBooks, commands: readonly CommandState[]): readonly Effect[] {
  const asking = (operation: string, captureId: string | null): readonly CommandState[] =>
    commands.filter(
      ({ command: { body } }) =>
        body.operation === operation &&
        (captureId === null || ('captureId' in body && body.captureId === captureId)),
    )
  const { orderId } = klarnas
  const release = {
    name: `release of order ${orderId}`,
    count: klarnas.released ? 1 : 0,
    commands: asking('releaseRemainingAuthorization', null).slice(0, 1),
  }
  const ofCaptures = klarnas.captures.flatMap((capture): readonly Effect[] => [
    {
      name: `extension of capture ${capture.captureId}`,
      count: capture.extensions.length,
      commands: asking('extendDueDate', capture.captureId),
    },
    {
      name: `send-out of capture ${capture.captureId}`,
      count: capture.sendOutCount,
      commands: asking('triggerSendOut', capture.captureId),
    },
    ...parcelsOf(capture, asking('appendShippingInfo', capture.captureId)),
  ])
  return [release, ...ofCaptures]
}

function parcelsOf(
  capture: OrderBooks['captures'][number],
  commands: readonly CommandState[],
): readonly Effect[] {
  const told = capture.shippingEntries.map((entry) => entry.tracking_number ?? '')
  const numbersOf = ({ command: { body } }: CommandState): readonly string[] =>
    body.operation === 'appendShippingInfo'
      ? body.shippingInfo.map((info) => info.trackingNumber ?? '')
      : []
  const all = new Set([...told, ...commands.flatMap(numbersOf)])
  return [...all].map((number) => ({
    name: `parcel ${number} of capture ${capture.captureId}`,
    count: told.filter((each) => each === number).length,
    commands: commands.filter((command) => numbersOf(command).includes(number)),
  }))
}

/** Refunds carry the id of their command, so each is looked at by itself. */
function checkRefunds(
  commands: readonly CommandState[],
  klarnas: OrderBooks,
): readonly Violation[] {
  const refunds = commands.flatMap((command) => {
    const { id, body } = command.command
    return body.operation === 'refundOrder' ? [{ id, body, command }] : []
  })
  const ours = new Set(refunds.map(({ id }) => id))
  const strange = klarnas.refunds.filter(({ reference }) => !ours.has(reference ?? ''))
  return [
    ...strange.map(
      ({ refundId }): Violation => ({
        law: 'decided_before',
        what: `refund ${refundId} of order ${klarnas.orderId} was never decided`,
      }),
    ),
    ...refunds.flatMap(({ id, body, command }) => {
      const made = klarnas.refunds.filter(({ reference }) => reference === id)
      const isOther = made.some(
        (each) => each.refundedMinor !== body.refundMinor || each.captureId !== body.captureId,
      )
      const other = `refund ${id} is ${made[0]?.refundedMinor} at klarna, decided was ${body.refundMinor}`
      return [
        ...checkEffect({ name: `refund ${id}`, count: made.length, commands: [command] }),
        ...(isOther ? [{ law: 'books_agree' as const, what: other }] : []),
      ]
    }),
  ]
}

function checkAmounts(order: FiledOrder | undefined, klarnas: OrderBooks): readonly Violation[] {
  const over = klarnas.captures
    .filter((capture) => capture.refundedMinor > capture.capturedMinor)
    .map(({ captureId, refundedMinor, capturedMinor }) =>
      broken(
        'within_captured',
        `capture ${captureId}: ${refundedMinor} paid back of ${capturedMinor}`,
      ),
    )
  const books = order === undefined ? null : orderBooks(order.state)
  const refundedMinor = books?.refundedMinor ?? 0
  const reservedMinor = books?.reservedMinor ?? 0
  const isEqual =
    klarnas.refundedMinor >= refundedMinor && klarnas.refundedMinor <= refundedMinor + reservedMinor
  if (isEqual) return over
  const what = `order ${klarnas.orderId}: klarna paid back ${klarnas.refundedMinor}, our books say ${refundedMinor} and ${reservedMinor} in doubt`
  return [...over, broken('books_agree', what)]
}

const broken = (law: Law, what: string): Violation => ({ law, what })

/** A minute for clocks that two processes read one after the other. */
const CLOCK_SLACK_MS = 60_000

/** Holds each call that reached Klarna against the request and the attempts that are on record. */
function checkCalls(
  ours: FileBooks,
  calls: readonly LoggedRequest[],
  network: 'repeats' | 'repeats_nothing',
): readonly Violation[] {
  const stored = new Map(ours.requests.map((request) => [request.key, request]))
  const found: Violation[] = []
  for (const [key, sent] of groupByKey(calls)) {
    const request = stored.get(key)
    if (request === undefined) {
      found.push(broken('decided_before', `key ${key} was sent and is on record nowhere`))
      continue
    }
    const { commandId, generation, method, path, body } = request
    if (sent.some((call) => call.method !== method || call.path !== path || call.body !== body))
      found.push(broken('same_bytes', `key ${key} was sent with other bytes than stored`))
    const attempts = ours.attempts.filter(
      (each) => each.commandId === commandId && each.generation === generation,
    )
    const allowed = network === 'repeats' && attempts.length > 0 ? sent.length : attempts.length
    if (sent.length > allowed)
      found.push(
        broken(
          'decided_before',
          `key ${key} was sent ${sent.length} times, on record are ${attempts.length} attempts`,
        ),
      )
    const atMs = sent.map((call) => Date.parse(call.at))
    if (Math.max(...atMs) - Math.min(...atMs) > SAME_KEY_STOP_MS + CLOCK_SLACK_MS)
      found.push(broken('same_bytes', `key ${key} was sent again after its 20 hours`))
  }
  return found
}

function groupByKey(calls: readonly LoggedRequest[]): ReadonlyMap<string, LoggedRequest[]> {
  const groups = new Map<string, LoggedRequest[]>()
  for (const call of calls) {
    if (call.method === 'GET') continue
    const key = call.idempotencyKey ?? `none (${call.method} ${call.path})`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [call])
    else group.push(call)
  }
  return groups
}
