/** Turns conditions into closures over own copies: one that traces, and one that only says whether they hold. */
import type { ConditionTrace, Verdict } from '@postdelivery/core'
import type { Operand } from '../operators.ts'
import type { Positive } from '../positive.ts'
import type { Comparison, Condition } from '../rule-set.ts'
import { comparer } from './comparer.ts'
import type { FactRow } from './fact-row.ts'

/** The slots of the facts by name. */
export type SlotOf = ReadonlyMap<string, number>

/**
 * Compiles conditions into a function that traces them in the author's own shape.
 *
 * Strong Kleene logic: `not unknown` is unknown; `all` is false as soon as one is false; `any` is true as soon as one
 * is true. Every condition is looked at, also where its group is decided already.
 * Throws: when a fact has no slot.
 */
export function compileTrace(
  condition: Condition,
  slotOf: SlotOf,
): (row: FactRow) => ConditionTrace {
  if ('all' in condition || 'any' in condition) {
    const kind = 'all' in condition ? 'all' : 'any'
    const inner = ('all' in condition ? condition.all : condition.any).map((each) =>
      compileTrace(each, slotOf),
    )
    return kind === 'all' ? (row) => traceAll(inner, row) : (row) => traceAny(inner, row)
  }
  if ('not' in condition) {
    const read = compileTrace(condition.not, slotOf)
    return (row) => {
      const inner = read(row)
      return { kind: 'not', verdict: OPPOSITES[inner.verdict], of: [inner] }
    }
  }
  return compileComparison(condition, slotOf)
}

type TraceOf = (row: FactRow) => ConditionTrace

/** The least of the verdicts, in the order false, unknown, true. */
function traceAll(inner: readonly TraceOf[], row: FactRow): ConditionTrace {
  const of = inner.map((read) => read(row))
  let verdict: Verdict = 'true'
  for (const trace of of) {
    if (trace.verdict === 'false' || verdict === 'true') verdict = trace.verdict
  }
  return { kind: 'all', verdict, of }
}

/** The greatest of the verdicts, in the same order. */
function traceAny(inner: readonly TraceOf[], row: FactRow): ConditionTrace {
  const of = inner.map((read) => read(row))
  let verdict: Verdict = 'false'
  for (const trace of of) {
    if (trace.verdict === 'true' || verdict === 'false') verdict = trace.verdict
  }
  return { kind: 'any', verdict, of }
}

const OPPOSITES: Readonly<Record<Verdict, Verdict>> = {
  true: 'false',
  false: 'true',
  unknown: 'unknown',
}

function compileComparison(comparison: Comparison, slotOf: SlotOf): TraceOf {
  const { fact, operator } = comparison
  const wanted = ownOperand(comparison.value)
  const slot = slotIn(slotOf, fact)
  const holds = comparer(operator, wanted)
  const kind = 'condition'
  const unseen: ConditionTrace = Object.freeze({ kind, fact, operator, wanted, verdict: 'unknown' })
  return ({ seen: all, known }) => {
    const seen = all[slot]
    if (seen === undefined) return unseen
    if (known[slot] === undefined) return { kind, fact, operator, wanted, verdict: 'unknown', seen }
    return { kind, fact, operator, wanted, verdict: holds(seen) ? 'true' : 'false', seen }
  }
}

/**
 * Compiles conditions without negations into a function that only says whether they are true.
 *
 * It looks no further than it must. Where nothing is negated unknown can be read as false without making anything true.
 * Throws: when a fact has no slot.
 */
export function compileHolds(condition: Positive, slotOf: SlotOf): (row: FactRow) => boolean {
  if ('fact' in condition) {
    const slot = slotIn(slotOf, condition.fact)
    const holds = comparer(condition.operator, ownOperand(condition.value))
    return ({ known }) => {
      const value = known[slot]
      return value !== undefined && holds(value)
    }
  }
  const inner = ('all' in condition ? condition.all : condition.any).map((each) =>
    compileHolds(each, slotOf),
  )
  return 'all' in condition
    ? (row) => inner.every((holds) => holds(row))
    : (row) => inner.some((holds) => holds(row))
}

const ownOperand = (value: Operand): Operand =>
  typeof value === 'object' ? Object.freeze([...value]) : value

function slotIn(slotOf: SlotOf, fact: string): number {
  const slot = slotOf.get(fact)
  if (slot === undefined) throw new Error(`\`${fact}\` has no slot`)
  return slot
}
