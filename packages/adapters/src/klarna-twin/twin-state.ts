/** Everything that a running twin remembers, and how it changes from outside Klarna's API. */
import { type Contract, loadContract } from './contract.ts'
import { isoOf } from './dates.ts'
import { createFaultPlan, type Fault, type FaultPlan, problemsOfFaults } from './faults.ts'
import { createKeyBook, type KeyBook } from './key-book.ts'
import type { Context } from './order-book.ts'
import { bookFromSeed, type OrderSeed } from './order-seed.ts'
import { createOrderShelf, type OrderShelf } from './order-shelf.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'
import type { OperationId } from './routes.ts'
import { sampleOrders } from './sample-orders.ts'
import { DEFAULT_SETTINGS, problemsOfSettings, type TwinSettings } from './settings.ts'
import { createTwinClock, systemTime, type TimeSource, type TwinClock } from './twin-clock.ts'
import { uuidOf } from './twin-ids.ts'

/** What a twin is started with; everything has a default. */
export interface TwinOptions {
  /** TCP port on the loopback address; 0 (the default) picks a free one. */
  readonly port?: number
  /** Default: the sample orders. */
  readonly orders?: readonly OrderSeed[]
  /** What differs from `DEFAULT_SETTINGS`. */
  readonly settings?: Partial<TwinSettings>
  /** Default: the machine's clock. */
  readonly clock?: TimeSource
  /** Faults from the start. */
  readonly faults?: readonly Fault[]
  /** Default `K000000_twin`. */
  readonly username?: string
  /** Default `twin-password`. */
  readonly password?: string
  /** A newer key that is taken as `Authorization: Basic <key>` as well. */
  readonly apiKey?: string
}

/** An answer of the twin that broke the contract: a defect of the twin. */
export interface Violation {
  readonly at: string
  readonly operation: OperationId
  readonly status: number
  readonly problems: readonly string[]
}

export interface TwinState {
  settings: TwinSettings
  orders: OrderShelf
  keys: KeyBook
  quota: RateLimit
  readonly clock: TwinClock
  readonly contract: Contract
  readonly faults: FaultPlan
  readonly log: RequestLog
  readonly violations: Violation[]
  readonly username: string
  readonly password: string
  readonly apiKey: string | undefined
  readonly options: TwinOptions
}

/** Something from outside that the twin does not take; `problems` has one line each. */
export class TwinInputError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('; '))
    this.name = 'TwinInputError'
    this.problems = problems
  }
}

/** Makes the state of a new twin. Throws: `TwinInputError` naming every problem of the options. */
export function createTwinState(options: TwinOptions): TwinState {
  const state: TwinState = {
    settings: DEFAULT_SETTINGS,
    orders: createOrderShelf(),
    keys: createKeyBook(),
    quota: createRateLimit(),
    clock: createTwinClock(options.clock ?? systemTime),
    contract: loadContract(),
    faults: createFaultPlan(),
    log: createRequestLog(),
    violations: [],
    username: options.username ?? 'K000000_twin',
    password: options.password ?? 'twin-password',
    apiKey: options.apiKey,
    options,
  }
  resetState(state)
  return state
}

/** Begins anew with the options' orders, settings and faults. The clock keeps its time. */
export function resetState(state: TwinState): void {
  const { options } = state
  state.settings = DEFAULT_SETTINGS
  state.orders = createOrderShelf()
  state.keys = createKeyBook()
  state.quota = createRateLimit()
  state.violations.length = 0
  state.log.clear()
  changeSettings(state, options.settings ?? {})
  changeFaults(state, options.faults ?? [])
  addOrders(state, options.orders ?? sampleOrders(state.clock.nowMs()))
}

/** What the pure steps need to know now. */
export const contextOf = ({ settings, clock }: TwinState): Context => ({
  settings,
  nowMs: clock.nowMs(),
})

/** Changes some settings. Throws: `TwinInputError`; then nothing changed. */
export function changeSettings(state: TwinState, changes: unknown): void {
  refuse(problemsOfSettings(changes))
  // Checked by name and value above.
  state.settings = { ...state.settings, ...(changes as Partial<TwinSettings>) }
}

/** Replaces all faults. Throws: `TwinInputError`; then nothing changed. */
export function changeFaults(state: TwinState, faults: unknown): void {
  refuse(problemsOfFaults(faults))
  // Checked member by member above.
  state.faults.set(faults as readonly Fault[])
}

/**
 * Adds orders, all or none.
 *
 * Returns: their ids. Throws: `TwinInputError` when one is wrong or already there.
 */
export function addOrders(state: TwinState, seeds: unknown): readonly string[] {
  if (!Array.isArray(seeds)) throw new TwinInputError(['orders are a list'])
  const context = contextOf(state)
  const taken = new Set<string>()
  const seeded = seeds.map((seed: unknown, index) => {
    const malformed = problemsOfSeed(state, seed)
    // Held against the contract's schema of an order on the line above.
    const opened =
      malformed.length > 0
        ? { problems: malformed }
        : bookFromSeed(seed as OrderSeed, uuidOf(`added/${state.orders.size() + index}`), context)
    const id = 'book' in opened ? opened.book.orderId.toLowerCase() : ''
    const isTaken = id !== '' && (taken.has(id) || state.orders.get(id) !== undefined)
    taken.add(id)
    const problems = isTaken ? [`\`order_id\` ${id} is already there`] : opened.problems
    return { opened, problems: problems.map((problem) => `orders[${index}]: ${problem}`) }
  })
  refuse(seeded.flatMap(({ problems }) => problems))
  const books = seeded.flatMap(({ opened }) => ('book' in opened ? [opened.book] : []))
  for (const book of books) state.orders.put(book, context.nowMs)
  return books.map((book) => book.orderId)
}

/** Notes an answer of the twin that broke the contract. */
export function noteViolation(state: TwinState, violation: Omit<Violation, 'at'>): void {
  state.violations.push({ at: isoOf(state.clock.nowMs()), ...violation })
}

const problemsOfSeed = (state: TwinState, seed: unknown): readonly string[] => {
  if (typeof seed !== 'object' || seed === null) return ['an order is an object']
  const problems = state.contract
    .problemsOfOrder(seed)
    .map(({ field, message }) => `\`${field}\` ${message}`)
  return [...problems, ...problemsOfOwnMembers(seed)]
}

/** The members of a seed that Klarna's orders do not have. */
function problemsOfOwnMembers(seed: object): readonly string[] {
  const { extension_options: options, captures, refunds } = seed as OrderSeed
  const optionsAreWell =
    options === undefined ||
    (Array.isArray(options) &&
      options.every((each) => isCount(each?.number_of_days) && isCount(each?.amount)))
  const datesAreWell = asList(captures).every(
    (each) => each?.due_on === undefined || typeof each.due_on === 'string',
  )
  const idsAreWell = asList(refunds).every(
    (each) =>
      [undefined, null].includes(each?.capture_id as undefined) ||
      typeof each?.capture_id === 'string',
  )
  return [
    ...(optionsAreWell ? [] : ['`extension_options` is a list of `number_of_days` and `amount`']),
    ...(datesAreWell ? [] : ['`due_on` is a date like 2026-12-14']),
    ...(idsAreWell ? [] : ['`capture_id` of a refund is a text or null']),
  ]
}

const asList = <Item>(items: readonly Item[] | undefined): readonly Item[] =>
  Array.isArray(items) ? items : []

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new TwinInputError(problems)
}
