/** Where facts can lie: what each fact of a vocabulary can be, in general or when one event is decided. */
import type { FactDefinition } from '@postdelivery/core'
import type { Comparison } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { domainOf, type FactSet } from './fact-set.ts'

/** One set per fact; a fact that is not named can be all that the space allows. No set is empty. */
export type Box = ReadonlyMap<string, FactSet>

/** All points that lie in one of the boxes. No boxes: nothing. */
export type Region = readonly Box[]

/** What each fact can be. */
export interface Space {
  /** The type of the event that is decided, or null for any. */
  readonly eventType: string | null
  /** Throws: when the vocabulary has no such fact; checked rules name no other. */
  definitionOf(fact: string): FactDefinition
  domainOf(fact: string): FactSet
  /** Where comparisons are true, as far as it was found out. */
  readonly trueIn: WeakMap<Comparison, Region>
  /** Where they are false. */
  readonly falseIn: WeakMap<Comparison, Region>
}

/** Facts that only some events carry, by the beginning of their names. Everything else any event may have. */
const CARRIED_BY: readonly (readonly [string, readonly string[]])[] = [
  ['return.', ['return.registered', 'return.received', 'return.inspected']],
  ['event.problem', ['customer.reported']],
  ['event.deadline', ['deadline.approaching']],
  ['event.daysLeft', ['deadline.approaching']],
]

/** The events that carry a fact, or undefined when any event may. */
export const carriersOf = (fact: string): readonly string[] | undefined =>
  CARRIED_BY.find(
    ([start]) => fact === start || (start.endsWith('.') && fact.startsWith(start)),
  )?.[1]

/** Numbers that are never negative, beside the facts that count something. A return's value may be: of a discount. */
const NEVER_NEGATIVE: readonly string[] = [
  'order.capturedMinor',
  'order.refundedMinor',
  'order.reservedMinor',
  'order.refundableMinor',
  'order.remainingAuthorizedMinor',
  'capture.capturedMinor',
  'capture.refundedMinor',
  'capture.reservedMinor',
  'capture.refundableMinor',
  'capture.extendedDays',
  'extension.longestFeeMinor',
]
/** Klarna's offers are of one day or more. */
const AT_LEAST_ONE: readonly string[] = [
  'order.captureCount',
  'return.lineCount',
  'extension.longestDays',
  'extension.freeDays',
]

/**
 * The space of a vocabulary, for one type of event or for any.
 *
 * It says what must be so by how facts come about, and no more: what is merely unlikely is in it.
 */
export function createSpace(vocabulary: Vocabulary, eventType: string | null = null): Space {
  const domains = new Map<string, FactSet>()
  const definitionOf = (fact: string): FactDefinition => {
    const definition = vocabulary.definitionOf(fact)
    if (definition === undefined) throw new Error(`the vocabulary has no fact \`${fact}\``)
    return definition
  }
  return {
    eventType,
    trueIn: new WeakMap(),
    falseIn: new WeakMap(),
    definitionOf,
    domainOf(fact) {
      const known = domains.get(fact)
      if (known !== undefined) return known
      const domain = narrowed(definitionOf(fact), eventType)
      domains.set(fact, domain)
      return domain
    },
  }
}

function narrowed(definition: FactDefinition, eventType: string | null): FactSet {
  const { name } = definition
  const domain = domainOf(definition)
  const lowest = lowestOf(definition)
  if (lowest !== null) {
    const ranges = [{ from: lowest, to: Number.MAX_SAFE_INTEGER }]
    return onEvent(name, { ...domain, known: { kind: 'numbers', ranges } }, eventType)
  }
  return onEvent(name, domain, eventType)
}

function lowestOf({ name, unit }: FactDefinition): number | null {
  if (AT_LEAST_ONE.includes(name)) return 1
  const isOurs = /^(order|capture|return|extension)\./.test(name)
  return NEVER_NEGATIVE.includes(name) || (isOurs && unit === 'count') ? 0 : null
}

function onEvent(name: string, domain: FactSet, eventType: string | null): FactSet {
  if (eventType === null) return domain
  const one = (text: string): FactSet => ({
    known: { kind: 'texts', isExcept: false, texts: [text] },
    canBeUnknown: false,
  })
  if (name === 'event.type') return one(eventType)
  const carriers = carriersOf(name)
  if (carriers !== undefined && !carriers.includes(eventType))
    return { known: null, canBeUnknown: true }
  return name === 'return.stage' ? one(eventType.slice('return.'.length)) : domain
}
