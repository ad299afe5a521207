/** "Did you mean": the nearest of the known words, if it is near enough to be meant. */

import type { Advice, Repair } from './issues.ts'

/** Words beyond this length get no suggestion, so that comparing stays cheap. */
const WORD_MAX_LENGTH = 100

/**
 * The known word nearest to a given one.
 *
 * Returns: undefined when none is within a third of the word's length (a swap of two neighbours counts as one edit).
 */
export const suggest = (word: string, known: readonly string[]): string | undefined =>
  findNearest(word, known)?.nearest

/** The first of the nearest words, and whether it is the only one. */
function findNearest(
  word: string,
  known: readonly string[],
): { readonly nearest: string; readonly isAlone: boolean } | undefined {
  if (word.length > WORD_MAX_LENGTH) return undefined
  const lower = word.toLowerCase()
  let found: { nearest: string; isAlone: boolean } | undefined
  let leastCount = Math.floor(word.length / 3)
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > leastCount) continue
    const editCount = countEdits(lower, candidate.toLowerCase())
    if (editCount > leastCount) continue
    if (found !== undefined && editCount === leastCount) found.isAlone = false
    else found = { nearest: candidate, isAlone: true }
    leastCount = editCount
  }
  return found
}

/** A hint that names the nearest word, if there is one. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const nearest = suggest(word, known)
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`
}

/** The one known word that a misspelt one can be corrected to, as `nearestAdvice` does; undefined when that is not certain. */
export function surelyMeant(word: unknown, known: readonly string[]): string | undefined {
  const found = typeof word === 'string' ? findNearest(word, known) : undefined
  return found?.isAlone === true ? found.nearest : undefined
}

/** Advice that names the nearest word, with a change to it when no other word is as near. */
export function nearestAdvice(
  word: string,
  known: readonly string[],
  repairTo: (nearest: string) => Repair,
): Advice | undefined {
  const found = findNearest(word, known)
  if (found === undefined) return undefined
  const hint = `did you mean \`${found.nearest}\`?`
  return found.isAlone ? { hint, repair: repairTo(found.nearest) } : hint
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into another. */
function countEdits(a: string, b: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row: number[] = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + (isSame ? 0 : 1),
          isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
