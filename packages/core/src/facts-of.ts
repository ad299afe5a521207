/** The static facts of an order at an event: pure, from recorded things only. */
import type { OrderEvent } from './events.ts'
import { type FactMoment, type MaybeFact, READERS, subjectOf } from './fact-readers.ts'
import { FACTS, type Facts, type FactValue } from './facts.ts'
import type { DueDateOptions } from './klarna-order.ts'
import type { OrderState } from './order-state.ts'
import type { IsoInstant } from './time.ts'

/**
 * The static facts of an order, as rules see them after the event was applied.
 *
 * Pure: `time.*` counts whole days from `now` in `timeZone`. What an order lacks is absent, and absent is unknown.
 */
export function factsOf(
  order: OrderState,
  event: OrderEvent,
  now: IsoInstant,
  timeZone: string,
): Facts {
  const subject = subjectOf(order, event, { now, timeZone })
  return present([
    ...ownFacts('customer', order.customer),
    ...ownFacts('event', dataOf(event)),
    ...Object.entries(READERS).map(([name, read]) => [name, read(subject)] as const),
  ])
}

/** Those of the facts of `factsOf` that are named: nothing else is worked out. */
export function factsNamed(
  names: readonly string[],
  order: OrderState,
  event: OrderEvent,
  moment: FactMoment,
): Record<string, FactValue> {
  const subject = subjectOf(order, event, moment)
  const facts: Record<string, FactValue> = {}
  for (const name of names) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    const value = read === undefined ? ownFact(name, order, event) : read(subject)
    if (value !== undefined && value !== null) facts[name] = value
  }
  return facts
}

/** The facts of Klarna's offers for the subject's due date. An empty list says that nothing is offered. */
export function extensionFacts({ options }: DueDateOptions): Facts {
  const longest = options.toSorted((a, b) => b.numberOfDays - a.numberOfDays)[0]
  const free = options
    .filter((option) => option.feeMinor === 0)
    .toSorted((a, b) => b.numberOfDays - a.numberOfDays)[0]
  return present(
    Object.entries({
      'extension.available': options.length > 0,
      'extension.longestDays': longest?.numberOfDays,
      'extension.longestFeeMinor': longest?.feeMinor,
      'extension.freeDays': free?.numberOfDays,
    }),
  )
}

type OwnValues = Readonly<Record<string, FactValue>> | undefined

const dataOf = (event: OrderEvent): OwnValues => ('data' in event ? event.data : undefined)

const builtIn = new Set(FACTS.map((fact) => fact.name))

/** A merchant's own facts; a name of ours cannot be taken. */
const ownFacts = (namespace: string, own: OwnValues): readonly (readonly [string, MaybeFact])[] =>
  Object.entries(own ?? {})
    .map(([name, value]) => [`${namespace}.${name}`, value] as const)
    .filter(([name]) => !builtIn.has(name))

function ownFact(name: string, order: OrderState, event: OrderEvent): MaybeFact {
  if (builtIn.has(name)) return undefined
  const [namespace, key] = splitOnce(name)
  const own =
    namespace === 'customer' ? order.customer : namespace === 'event' ? dataOf(event) : undefined
  return own !== undefined && Object.hasOwn(own, key) ? own[key] : undefined
}

const splitOnce = (name: string): readonly [string, string] => {
  const dot = name.indexOf('.')
  return [name.slice(0, dot), name.slice(dot + 1)]
}

const present = (facts: readonly (readonly [string, MaybeFact])[]): Facts =>
  Object.fromEntries(
    facts.filter(
      (entry): entry is readonly [string, FactValue] => entry[1] !== undefined && entry[1] !== null,
    ),
  )
