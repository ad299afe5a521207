/**
 * What staff say to the engine: agree, refuse, tell what became of something. Each becomes an event of the inbox, so
 * that it is recorded, decided in its turn, and harmless when it is said twice.
 *
 * Who somebody is was checked by the caller; `by` is believed.
 */
import {
  type BooksConfirmed,
  type Clock,
  type CommandApproved,
  type CommandRejected,
  type CommandResolved,
  type CommandResumed,
  canonicalJson,
  decodeSnapshot,
  type EngineEvent,
  findCommand,
  integer,
  KLARNA_MAX_MINOR,
  type OrderState,
  oneOf,
  optional,
  type RuntimeStore,
  readInboxEvent,
  readShape,
  record,
  type Shape,
  type StoreReader,
  sha256Hex,
  text,
  type Work,
} from '@postdelivery/core'
import { PostDeliveryFailure, withoutValue } from './failures.ts'

const by = text({ max: 200 })
const why = text({ max: 500 })

const approvalShape = record({ by, hash: text({ min: 64, max: 64 }), why: optional(why) })
const rejectionShape = record({ by, why })
const resolutionShape = record({
  by,
  why,
  how: oneOf(['happened', 'did_not_happen', 'try_as_new']),
  generation: optional(integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
})
const resumptionShape = record({ by, why: optional(why) })
const confirmationShape = record({
  by,
  why,
  refundedMinor: integer({ min: 0, max: KLARNA_MAX_MINOR * 1_000 }),
})

/** One person agrees to exactly what the hash names: `approvalHash` of the command's view. */
export interface Approval {
  readonly by: string
  readonly hash: string
  /** Stands in the timeline. */
  readonly why?: string
}

/** One person says no. */
export interface Rejection {
  readonly by: string
  readonly why: string
}

/** A person has found out what became of a command that is stuck or paused. */
export interface Resolution extends Rejection {
  /** `try_as_new` sends it again under a new key: only for what surely did not happen. */
  readonly how: 'happened' | 'did_not_happen' | 'try_as_new'
  /**
   * `generation` of the command's view as the person saw it: it is refused when the command was sent under a new key since.
   * Left out: it counts for whatever stands when it is decided.
   */
  readonly generation?: number
}

/** The merchant's set-up works again. */
export interface Resumption {
  readonly by: string
  /** Stands in the timeline. */
  readonly why?: string
}

/** A person has compared the books. */
export interface BooksConfirmation extends Rejection {
  /** Refunded in total at Klarna, in minor units. */
  readonly refundedMinor: number
}

/** A command by its own id or that of its open work; or by order and command, also when no work is open. */
export type CommandName = string | { readonly orderId: string; readonly commandId: string }

export interface StaffPorts {
  readonly store: Pick<RuntimeStore, 'order' | 'event'> & Pick<StoreReader, 'decision'>
  readonly clock: Clock
  /** All open work. */
  readonly work: () => Promise<readonly Work[]>
}

type StaffEvent =
  | CommandApproved
  | CommandRejected
  | CommandResolved
  | CommandResumed
  | BooksConfirmed

/** Makes the event of an approval. */
export async function makeApproval(
  ports: StaffPorts,
  id: CommandName,
  given: Approval,
): Promise<StaffEvent> {
  const { by, hash, why } = read(approvalShape, given)
  const { commandId, orderId } = await findCommandOf(ports, id)
  return known(ports, {
    // The hash is part of the id: who first named a wrong one can still agree to the right one.
    id: `approval:${commandId}:${encodeURIComponent(by)}:${hash}`,
    type: 'command.approved',
    orderId,
    at: ports.clock.now(),
    commandId,
    by,
    hash,
    ...(why === undefined ? {} : { why }),
  })
}

/** Makes the event of a rejection. */
export async function makeRejection(
  ports: StaffPorts,
  id: CommandName,
  given: Rejection,
): Promise<StaffEvent> {
  const { by, why } = read(rejectionShape, given)
  const { commandId, orderId, seq } = await findCommandOf(ports, id)
  return known(ports, {
    id: `approval:${commandId}:${encodeURIComponent(by)}:rejected:${seq}`,
    type: 'command.rejected',
    orderId,
    at: ports.clock.now(),
    commandId,
    by,
    why,
  })
}

/** Makes the event of what a person found out about a command. */
export async function makeResolution(
  ports: StaffPorts,
  id: CommandName,
  given: Resolution,
): Promise<StaffEvent> {
  const { by, why, how, generation } = read(resolutionShape, given)
  const said = { by, why, how, ...(generation === undefined ? {} : { generation }) }
  const command = await findCommandOf(ports, id)
  const { commandId, orderId } = command
  return known(ports, {
    id: await resolutionIdOf(ports, command, said),
    type: 'command.resolved',
    orderId,
    at: ports.clock.now(),
    commandId,
    ...said,
  })
}

/** The same words about a generation are one event; without one, only while nothing else happens to the order. */
async function resolutionIdOf(
  { store }: StaffPorts,
  { commandId, orderId, seq }: FoundCommand,
  said: Resolution,
): Promise<string> {
  const idOn = (occasion: string): string => `resolve:${commandId}:${occasion}:${digest(said)}`
  // A command can be stuck again later: the order's sequence number tells the occasions apart.
  const bySeq = idOn(`${seq}`)
  if (said.generation === undefined) return bySeq
  const byGeneration = idOn(`generation:${said.generation}`)
  const decision = await store.decision(orderId, byGeneration)
  // What was refused, because the command was not stuck yet, must not be the last word on the generation.
  return decision?.refusal === undefined ? byGeneration : bySeq
}

/** Makes the event by which a paused command goes on. */
export async function makeResumption(
  ports: StaffPorts,
  id: CommandName,
  given: Resumption,
): Promise<StaffEvent> {
  const { by, why } = read(resumptionShape, given)
  const { commandId, orderId, seq } = await findCommandOf(ports, id)
  return known(ports, {
    id: `resolve:${commandId}:${seq}:resumed`,
    type: 'command.resumed',
    orderId,
    at: ports.clock.now(),
    commandId,
    by,
    ...(why === undefined ? {} : { why }),
  })
}

/** Makes the event by which refunds of an order go on after its books were compared. */
export async function makeBooksConfirmation(
  ports: StaffPorts,
  orderId: string,
  given: BooksConfirmation,
): Promise<StaffEvent> {
  const { by, why, refundedMinor } = read(confirmationShape, given)
  const { order, seq } = await loadOrder(ports, orderId)
  if (order.booksDiffer === null)
    throw new PostDeliveryFailure('unknown_work', "no difference between the order's books is open")
  return known(ports, {
    id: `resolve:books:${seq}:${digest({ by, why, refundedMinor })}`,
    type: 'books.confirmed',
    orderId,
    at: ports.clock.now(),
    by,
    why,
    refundedMinor,
  })
}

/** Reads who does something, and why. */
export const readReason = (data: unknown): Rejection => read(rejectionShape, data)

/** The event as it was said first: saying it again later is the same event, not another one under its id. */
async function known(ports: StaffPorts, event: StaffEvent): Promise<StaffEvent> {
  const stored = await ports.store.event(event.orderId, event.id)
  if (stored === undefined) return event
  const before: EngineEvent = readInboxEvent(stored)
  return before.type === event.type ? (before as StaffEvent) : event
}

function read<Value>(shape: Shape<Value>, data: unknown): Value {
  const checked = readShape(shape, data)
  if (checked.ok) return checked.value
  const problems = checked.error.map(withoutValue)
  const list = problems.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')
  throw new PostDeliveryFailure('input_invalid', `what was given cannot be used: ${list}`, {
    problems,
  })
}

interface FoundCommand {
  readonly commandId: string
  readonly orderId: string
  /** Of the order. */
  readonly seq: number
}

/** Finds a command by its full name, or by open work. Whether it waits for this is decided in its turn. */
async function findCommandOf(ports: StaffPorts, id: CommandName): Promise<FoundCommand> {
  const { orderId, commandId } = typeof id === 'string' ? await findWork(ports, id) : id
  const { order, seq } = await loadOrder(ports, orderId)
  if (findCommand(order, commandId) === undefined) throw unknownWork(commandId)
  return { commandId, orderId, seq }
}

async function findWork(ports: StaffPorts, id: string): Promise<Exclude<CommandName, string>> {
  for (const { id: workId, orderId, commandId } of await ports.work()) {
    if (commandId !== undefined && (workId === id || commandId === id))
      return { orderId, commandId }
  }
  throw unknownWork(id)
}

const unknownWork = (id: string): PostDeliveryFailure =>
  new PostDeliveryFailure('unknown_work', `no command of the id \`${id}\` waits for a person`)

async function loadOrder(
  ports: StaffPorts,
  orderId: string,
): Promise<{ readonly order: OrderState; readonly seq: number }> {
  const stored = await ports.store.order(orderId)
  if (stored === undefined)
    throw new PostDeliveryFailure('unknown_order', `the order \`${orderId}\` is not registered`)
  return { order: decodeSnapshot(stored.snapshot), seq: stored.seq }
}

const digest = (content: object): string => sha256Hex(canonicalJson(content)).slice(0, 32)
