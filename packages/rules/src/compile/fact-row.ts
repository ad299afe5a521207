/** The facts of one evaluation in slots: own copies, of the vocabulary's types, and nothing of anyone else's. */
import { type FactDefinition, type FactValue, isFactValue } from '@postdelivery/core'
import { isKnownValue } from '../operators.ts'
import type { Definitions } from '../trace.ts'

/** The facts that some rules name, each with a slot. */
export interface FactSlots {
  readonly definitions: readonly FactDefinition[]
  readonly slotOf: ReadonlyMap<string, number>
}

/** One value a slot; undefined is unknown. Made anew for each evaluation. */
export interface FactRow {
  /** What was seen: a value of the fact's type, also one that it cannot have. Traces show it. */
  readonly seen: readonly (FactValue | undefined)[]
  /** What is compared: values that the fact can have. */
  readonly known: readonly (FactValue | undefined)[]
}

/** Gives each fact a slot, in the order of names. */
export function slotsOf(named: readonly Definitions[]): FactSlots {
  const byName = new Map(named.flatMap((definitions) => [...definitions]))
  const names = [...byName.keys()].toSorted()
  return {
    definitions: names.flatMap((name) => byName.get(name) ?? []),
    slotOf: new Map(names.map((name, slot) => [name, slot])),
  }
}

/**
 * Reads the facts of some slots; all others are unknown.
 *
 * Inherited names, NaN, fractions, functions and objects do not pass, and what does not pass is unknown.
 * Throws: only what a getter among the facts throws.
 */
export function readFacts(
  facts: Readonly<Record<string, unknown>>,
  { definitions }: FactSlots,
  wanted: readonly number[],
): FactRow {
  const seen = new Array<FactValue | undefined>(definitions.length).fill(undefined)
  const known = [...seen]
  for (const slot of wanted) {
    const definition = definitions[slot]
    const value = definition === undefined ? undefined : seenValue(facts, definition)
    if (definition === undefined || value === undefined) continue
    seen[slot] = value
    if (isKnownValue(value, definition)) known[slot] = value
  }
  return { seen, known }
}

function seenValue(
  facts: Readonly<Record<string, unknown>>,
  definition: FactDefinition,
): FactValue | undefined {
  const value = Object.hasOwn(facts, definition.name) ? facts[definition.name] : undefined
  if (!isFactValue(value, definition)) return undefined
  return typeof value === 'object' ? Object.freeze([...value]) : value
}
