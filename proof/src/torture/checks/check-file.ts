/** What must hold in a file at every moment, whatever was killed or torn: no step is half there. */
import { requestHash } from '@postdelivery/adapters/klarna'
import {
  type CommandState,
  commandPhase,
  idempotencyKeyOf,
  isOpen,
  isSending,
  orderWord,
  sha256Hex,
} from '@postdelivery/core'
import type { Law, Violation } from '../violation.ts'
import type { FileBooks, FiledEvent, FiledOrder, FiledRequest } from './file-books.ts'

/** Checks a file by itself. Returns: every violation, none when all is well. */
export function checkFile(books: FileBooks): readonly Violation[] {
  const found: Violation[] = []
  const report: Report = (law, what) => {
    found.push({ law, what })
  }
  if (books.integrity !== 'ok') report('file_sound', books.integrity)
  if (books.brokenReferenceCount > 0)
    report('file_sound', `${books.brokenReferenceCount} rows refer to rows that are not there`)
  checkEvents(books, report)
  checkClaims(books, report)
  const parts = partsByOrder(books)
  for (const order of books.orders) checkOrder(order, partsOf(parts, order.orderId), report)
  for (const [orderId, part] of parts)
    if (!books.orders.some((order) => order.orderId === orderId))
      checkUnknown(orderId, part, report)
  return found
}

/** What the file has of one order. */
interface OrderParts {
  readonly events: FiledEvent[]
  readonly decisions: FileBooks['decisions'][number][]
  readonly requests: FiledRequest[]
  readonly attempts: FileBooks['attempts'][number][]
  isHead: boolean
}
type Report = (law: Law, what: string) => void

function partsByOrder(books: FileBooks): ReadonlyMap<string, OrderParts> {
  const parts = new Map<string, OrderParts>()
  const of = (orderId: string): OrderParts => {
    const known = parts.get(orderId) ?? partsOf(parts, orderId)
    parts.set(orderId, known)
    return known
  }
  const orderOfEvent = new Map(books.events.map((event) => [event.arrival, event.orderId]))
  const orderOfCommand = new Map(books.requests.map((each) => [each.commandId, each.orderId]))
  for (const event of books.events) of(event.orderId).events.push(event)
  for (const each of books.decisions) of(orderOfEvent.get(each.arrival) ?? '').decisions.push(each)
  for (const request of books.requests) of(request.orderId).requests.push(request)
  for (const each of books.attempts)
    of(orderOfCommand.get(each.commandId) ?? '').attempts.push(each)
  for (const orderId of books.heads) of(orderId).isHead = true
  return parts
}

const partsOf = (parts: ReadonlyMap<string, OrderParts>, orderId: string): OrderParts =>
  parts.get(orderId) ?? { events: [], decisions: [], requests: [], attempts: [], isHead: false }

/** Events have their own bytes, and a decision exactly when they were decided by one. */
function checkEvents({ events, decisions }: FileBooks, report: Report): void {
  const decided = new Map(decisions.map((each) => [each.arrival, each.decision]))
  for (const event of events) {
    const name = `event ${event.eventId} of order ${event.orderId}`
    if (sha256Hex(event.body) !== event.bodyHash) report('event_kept', `${name} has other bytes`)
    const wantsDecision = event.status === 'decided' && !WITHOUT_DECISION.includes(event.type)
    const decision = decided.get(event.arrival)
    if (wantsDecision !== (decision !== undefined))
      report(
        'whole_steps',
        `${name} is ${event.status} ${wantsDecision ? 'without' : 'with'} a decision`,
      )
    if (
      decision !== undefined &&
      (decision.orderId !== event.orderId || decision.eventId !== event.eventId)
    )
      report('whole_steps', `${name} has the decision of ${decision.eventId}`)
  }
}

/** Events of the engine's own that no rule is asked about. */
const WITHOUT_DECISION: readonly string[] = [
  'command.started',
  'command.answered',
  'command.audited',
  'command.pulledForward',
  'command.expired',
  'deadline.fired',
]

function checkClaims({ claims, totals, orders }: FileBooks, report: Report): void {
  const sums = new Map<string, number>()
  for (const { bucket, amount } of claims) sums.set(bucket, (sums.get(bucket) ?? 0) + amount)
  for (const [bucket, total] of totals)
    if (total !== (sums.get(bucket) ?? 0))
      report(
        'whole_steps',
        `limit ${bucket} counts ${total}, its claims are ${sums.get(bucket) ?? 0}`,
      )
  const claimed = new Set(claims.map((claim) => claim.commandId))
  const commands = orders.flatMap((order) => order.state.commands)
  for (const command of commands) {
    const isFree = ['refused', 'rejected'].includes(commandPhase(command))
    if (isFree === claimed.has(command.command.id))
      report(
        'whole_steps',
        `command ${command.command.id} is ${commandPhase(command)} and ${isFree ? 'holds' : 'lacks'} its claims`,
      )
  }
  const known = new Set(commands.map((command) => command.command.id))
  for (const commandId of claimed)
    if (!known.has(commandId))
      report('whole_steps', `claims of command ${commandId}, which no order has`)
}

function checkUnknown(orderId: string, parts: OrderParts, report: Report): void {
  const { decisions, requests, attempts } = parts
  if (decisions.length + requests.length + attempts.length > 0)
    report('whole_steps', `order ${orderId} has decisions, requests or attempts and no state`)
}

function checkOrder(order: FiledOrder, parts: OrderParts, report: Report): void {
  const name = `order ${order.orderId}`
  const ended = parts.events.filter((event) => event.status === 'decided').length
  const refused = parts.decisions.filter((each) => each.decision.refusal !== undefined).length
  if (order.seq !== ended - refused)
    report('whole_steps', `${name} took ${order.seq} steps, its events say ${ended - refused}`)
  const seqs = parts.decisions.filter((each) => each.decision.refusal === undefined)
  if (
    new Set(seqs.map((each) => each.seq)).size !== seqs.length ||
    seqs.some((each) => each.seq > order.seq)
  )
    report('whole_steps', `${name} has two decisions of one step, or one of a step to come`)
  if (parts.events.some((event) => event.status === 'parked'))
    report('whole_steps', `${name} is known and has parked events`)
  const isOpenNow = parts.events.some((event) => ['accepted', 'waiting'].includes(event.status))
  if (isOpenNow !== parts.isHead)
    report('whole_steps', `${name} is wrongly listed as due or not due`)
  const { commands } = order.state
  const said = [order.isSending, order.hasOpenCommand, order.word]
  const meant = [commands.some(isSending), commands.some(isOpen), orderWord(order.state)]
  if (said.join() !== meant.join())
    report('whole_steps', `${name} is listed as ${said}, it is ${meant}`)
  checkCommands(order, parts, report)
}

function checkCommands({ orderId, state }: FiledOrder, parts: OrderParts, report: Report): void {
  const decided = parts.decisions
    .flatMap((each) => each.decision.actions)
    .filter((action) => MAKING.includes(action.outcome))
    .flatMap((action) => action.commandIds)
  const known = state.commands.map((each) => each.command.id)
  if (decided.toSorted().join() !== known.toSorted().join())
    report('whole_steps', `order ${orderId} has other commands than its decisions`)
  for (const request of parts.requests)
    if (!known.includes(request.commandId))
      report('whole_steps', `a request of command ${request.commandId}, which its order lacks`)
  for (const command of state.commands) checkCommand(command, parts, report)
}

const MAKING: readonly string[] = ['queued', 'awaiting_approval', 'observed']

function checkCommand(command: CommandState, parts: OrderParts, report: Report): void {
  const { id } = command.command
  const { generation, attemptCount } = command.chart.context
  const requests = parts.requests.filter((request) => request.commandId === id)
  if (requests.length !== generation + 1)
    report(
      'whole_steps',
      `command ${id} of generation ${generation} has ${requests.length} requests`,
    )
  for (const request of requests) {
    const hash = requestHash({ ...request, method: request.method as 'POST' | 'PATCH' })
    const key = idempotencyKeyOf(id, request.generation)
    if (request.hash !== hash || request.hash !== command.requestHash || request.key !== key)
      report('same_bytes', `command ${id} has other bytes or another key than it was decided with`)
  }
  const attempts = parts.attempts.filter(
    (each) => each.commandId === id && each.generation === generation,
  )
  if (attempts.length !== attemptCount)
    report(
      'whole_steps',
      `command ${id} began ${attemptCount} attempts, on record are ${attempts.length}`,
    )
  const open = attempts.filter((each) => !each.isAnswered).length
  if (open !== (isSending(command) ? 1 : 0))
    report(
      'whole_steps',
      `command ${id} is ${commandPhase(command)} with ${open} attempts unanswered`,
    )
}
