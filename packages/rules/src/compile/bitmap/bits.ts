/** Sets of rows as bits, 32 a word. */

/** A set of rows. */
export type Bits = Int32Array

export const BITS_PER_WORD = 32

/** How many words a set of so many rows takes. */
export const wordCountOf = (rowCount: number): number => Math.ceil(rowCount / BITS_PER_WORD)

/** Makes sets of the same size that lie side by side. */
export function makeSets(count: number, wordCount: number): readonly Bits[] {
  const words = new Int32Array(count * wordCount)
  return Array.from({ length: count }, (_, index) =>
    words.subarray(index * wordCount, (index + 1) * wordCount),
  )
}

/** Puts a row into a set, or takes it out. */
export function setBit(bits: Bits, row: number, isIn: boolean): void {
  const word = Math.floor(row / BITS_PER_WORD)
  const mask = 1 << (row % BITS_PER_WORD)
  bits[word] = isIn ? (bits[word] ?? 0) | mask : (bits[word] ?? 0) & ~mask
}

/** Takes a row out where it is in, and puts it in where it is not. */
export function toggleBit(bits: Bits, row: number): void {
  const word = Math.floor(row / BITS_PER_WORD)
  bits[word] = (bits[word] ?? 0) ^ (1 << (row % BITS_PER_WORD))
}

/** Turns round in `target` what is in `rows`. */
export function toggleAll(target: Bits, rows: Bits): void {
  for (let word = 0; word < target.length; word += 1)
    target[word] = (target[word] ?? 0) ^ (rows[word] ?? 0)
}

/** Takes out of `target` what is in `rows`. */
export function removeAll(target: Bits, rows: Bits): void {
  for (let word = 0; word < target.length; word += 1)
    target[word] = (target[word] ?? 0) & ~(rows[word] ?? 0)
}
