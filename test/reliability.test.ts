/** The guards that the document on reliability names are held by the tests that it names. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const guards = read('docs/reliability.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 5 && /^`packages\/.*`$/.test(cells[3] ?? ''))
  .map(([, guard = '', title = '', file = '']) => ({ guard, title, file: file.slice(1, -1) }))

describe('guards', () => {
  test('are all named', () => {
    expect(guards.length).toBeGreaterThanOrEqual(18)
  })

  test.each(guards)('$guard is held by a test', ({ title, file }) => {
    expect(read(file).replaceAll(/\s+/g, ' ')).toContain(title)
  })
})
