/** Chance that follows from a seed, so that samples are the same wherever they are made. */

/** Draws one after the other. */
export interface Chance {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  /** One of the values, each as often as the others. */
  pick<Value>(values: readonly [Value, ...Value[]]): Value
  /** One of the values by their weights. */
  draw<Value extends { readonly weight: number }>(values: readonly [Value, ...Value[]]): Value
}

/** Makes a chance whose draws follow from the seed. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    // A linear congruential step; dividing keeps its high bits, which are random enough for samples.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
    draw: (values) => {
      let left = next() * values.reduce((all, { weight }) => all + weight, 0)
      for (const value of values) {
        left -= value.weight
        if (left < 0) return value
      }
      return values[0]
    },
  }
}
