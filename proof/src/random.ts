/**
 * Chance that can be repeated: every draw follows from a seed and the name of what is drawn, never from the draws before it.
 *
 * So a story from which one event is taken out keeps all its other accidents, and can be made shorter.
 */

/** Draws by name; the same seed and name give the same value for ever. */
export interface Random {
  /** A fraction from 0 (inclusive) to 1 (exclusive). */
  fraction(name: string): number
  /** A whole number from `min` to `max`, both inclusive. */
  integer(name: string, min: number, max: number): number
  /** Whether something of this probability (0 to 1) happens. */
  happens(name: string, probability: number): boolean
  /** One of several; the list must not be empty. */
  pick<Item>(name: string, items: readonly Item[]): Item
  /** Draws of their own, for one part of the whole. */
  part(name: string): Random
}

/** Makes the draws of a seed. */
export function createRandom(seed: string): Random {
  const base = hashOf(seed, 0x811c9dc5)
  const fraction = (name: string): number => finish(hashOf(name, base)) / 0x1_0000_0000
  const integer = (name: string, min: number, max: number): number =>
    min + Math.floor(fraction(name) * (max - min + 1))
  return {
    fraction,
    integer,
    happens: (name, probability) => fraction(name) < probability,
    pick: <Item>(name: string, items: readonly Item[]): Item => {
      const item = items[integer(name, 0, items.length - 1)]
      if (item === undefined) throw new RangeError(`nothing to pick from for ${name}`)
      return item
    },
    part: (name) => createRandom(`${seed}/${name}`),
  }
}

/** FNV-1a over UTF-16 units, 32 bits. */
function hashOf(text: string, start: number): number {
  let hash = start
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193)
  return hash >>> 0
}

/** Mixes all bits into each other (the finisher of MurmurHash3): names that differ in one letter give unrelated draws. */
function finish(hash: number): number {
  let mixed = hash
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
