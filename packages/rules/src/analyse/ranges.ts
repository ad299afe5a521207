/** Sets of whole numbers as ranges: sorted, apart from one another, both ends included. */

/** The numbers from `from` to `to`, both included. */
export interface Range {
  readonly from: number
  readonly to: number
}

export type Ranges = readonly Range[]

/** The numbers that are in both. */
export function intersectRanges(a: Ranges, b: Ranges): Ranges {
  const both: Range[] = []
  let indexA = 0
  let indexB = 0
  for (;;) {
    const [left, right] = [a[indexA], b[indexB]]
    if (left === undefined || right === undefined) return both
    const from = Math.max(left.from, right.from)
    const to = Math.min(left.to, right.to)
    if (from <= to) both.push({ from, to })
    if (left.to < right.to) indexA += 1
    else indexB += 1
  }
}

/** The numbers of `a` that are not in `b`. */
export function subtractRanges(a: Ranges, b: Ranges): Ranges {
  return b.reduce<Ranges>(
    (left, { from, to }) =>
      left.flatMap((range) =>
        range.to < from || range.from > to
          ? [range]
          : [
              { from: range.from, to: from - 1 },
              { from: to + 1, to: range.to },
            ].filter((rest) => rest.from <= rest.to),
      ),
    a,
  )
}

/** The numbers that are in one of them. */
export function uniteRanges(a: Ranges, b: Ranges): Ranges {
  const united: Range[] = []
  for (const range of [...a, ...b].toSorted((left, right) => left.from - right.from)) {
    const last = united.at(-1)
    if (last === undefined || range.from > last.to + 1) united.push(range)
    else united[united.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return united
}
