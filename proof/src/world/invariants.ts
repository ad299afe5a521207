/**
 * What must be true whatever happens. A new invariant is one entry in one of these lists: it is checked in every story from then on.
 *
 * Each check looks at both sides and says what it found wrong, one line each. The numbers are those of the table in
 * docs/reliability.md.
 */
import type { Invariant } from './invariants/invariant.ts'
import { MONEY } from './invariants/money.ts'
import { ONCE } from './invariants/once.ts'
import { RECORD } from './invariants/record.ts'

export const INVARIANTS: readonly Invariant[] = [...ONCE, ...MONEY, ...RECORD]
