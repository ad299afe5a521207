/** For one fact: the rows that each of its values leaves possible. */
import type { FactDefinition } from '@postdelivery/core'
import type { Comparison } from '../../rule-set.ts'
import type { Bits } from './bits.ts'

/** A row with its comparisons of one fact. */
export interface Mention {
  readonly row: number
  readonly comparisons: readonly Comparison[]
}

/** What tables are made of. */
export interface TableInput {
  readonly definition: FactDefinition
  readonly mentions: readonly Mention[]
  /** The rows that do not mention the fact: possible with every value, and all that is possible when it is unknown. */
  readonly others: Bits
}

/** Gives the rows whose comparisons of the fact hold, and those that have none. Any value may come. */
export type FactTable = (value: unknown) => Bits

/** The values that a comparison names. */
export const operandsOf = ({ value }: Comparison): readonly (string | number | boolean)[] =>
  typeof value === 'object' ? value : [value]
