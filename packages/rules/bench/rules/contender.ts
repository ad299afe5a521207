/** One engine in the benchmark. */
import type { Facts } from '@postdelivery/core'
import type { Workload } from './workload.ts'

/** The indexes of the rules that fire, in any order. */
export type Fired = readonly number[]

/** An engine with its rules, ready to be asked. */
export interface Contender {
  readonly name: string
  /** The orders in the form that it takes. */
  readonly orders: readonly Facts[]
  /** Answers one order. What is measured. */
  readonly decide: (facts: Facts) => Answer | Promise<Answer>
  /** Reads the rules that fire out of an answer. Not measured. */
  readonly firedIn: (answer: Answer) => Fired
  close?(): void
}

/** Whatever the engine answers; only `firedIn` of the same contender looks into it. */
export type Answer = unknown

/** Makes a contender for one workload. */
export type MakeContender = (workload: Workload) => Contender | Promise<Contender>
