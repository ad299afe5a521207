/** Where a process may die: before and after every single call to the store and to Klarna. */
import type { Random } from '../random.ts'

/** One place at which a process may die. */
export interface Place {
  /** Counted over the whole story, from 1. */
  readonly index: number
  /** For example `store.commit`. */
  readonly name: string
  readonly when: 'before' | 'after'
}

export interface Mortality {
  /** How many places were passed. */
  readonly placeCount: number
  /** Passes one place and says whether the process dies there. */
  diesAt(name: string, when: Place['when']): boolean
  /** Nobody dies from now on. */
  end(): void
}

/** Dies now and then, at places that follow from the seed. */
export function randomDeaths(random: Random, rate: number): Mortality {
  const counts = new Map<string, number>()
  let placeCount = 0
  let isOver = false
  return {
    get placeCount() {
      return placeCount
    },
    diesAt(name, when) {
      placeCount += 1
      if (isOver || rate === 0) return false
      const place = `${name} ${when}`
      const count = (counts.get(place) ?? 0) + 1
      counts.set(place, count)
      return random.happens(`${place} ${count}`, rate)
    },
    end() {
      isOver = true
    },
  }
}

/** Dies at the places of these indexes; with none never, so that places are counted. */
export function deathsAt(
  indexes: readonly number[],
): Mortality & { readonly places: readonly Place[] } {
  const places: Place[] = []
  let placeCount = 0
  let isOver = false
  return {
    get placeCount() {
      return placeCount
    },
    places,
    diesAt(name, when) {
      if (isOver) return false
      placeCount += 1
      if (!indexes.includes(placeCount)) return false
      places.push({ index: placeCount, name, when })
      return true
    },
    end() {
      isOver = true
    },
  }
}
