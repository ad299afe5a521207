import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BUGS } from '../../src/sim/bugs.ts'
import { replaceOnce } from '../../src/sim/plant-bug.ts'

const sourceOf = (file: string): string =>
  readFileSync(new URL(`../../../packages/${file}`, import.meta.url), 'utf8')

describe('bugs that can be planted', () => {
  test('are at least 40, each with a name of its own', () => {
    expect(BUGS.length).toBeGreaterThanOrEqual(40)
    expect(new Set(BUGS.map((bug) => bug.name)).size).toBe(BUGS.length)
  })

  test.each(BUGS)('$name changes what the product says, where it says', ({ changes }) => {
    for (const { file, find, replace } of changes) {
      const source = sourceOf(file)
      expect(replaceOnce(source, find, replace)).not.toBe(source)
    }
  })

  test('a place that is not there exactly once is refused', () => {
    expect(() => replaceOnce('a b a', 'a', 'c')).toThrow('stands there 2 times, not once')
    expect(() => replaceOnce('a b a', 'x', 'c')).toThrow('stands there 0 times, not once')
  })
})
