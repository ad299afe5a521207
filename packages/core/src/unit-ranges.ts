/** Which units of a reference are taken: positions from 0 over the lines of a capture that carry it, as half-open ranges. */

/** Units from `from` up to, and without, `to`. */
export interface UnitRange {
  readonly from: number
  readonly to: number
}

/** The first `quantity` units that nobody has taken, in order; as many as there are holes. */
export function freeUnits(taken: readonly UnitRange[], quantity: number): readonly UnitRange[] {
  const found: UnitRange[] = []
  let from = 0
  let left = quantity
  for (const range of [...taken.toSorted((a, b) => a.from - b.from), END]) {
    const to = Math.min(range.from, from + left)
    if (to > from) {
      found.push({ from, to })
      left -= to - from
    }
    from = Math.max(from, range.to)
    if (left === 0) break
  }
  return found
}

/** Whether two ranges have a unit in common. */
export const overlap = (a: UnitRange, b: UnitRange): boolean => a.from < b.to && b.from < a.to

const END: UnitRange = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }
