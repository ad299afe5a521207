/** What is written where: colours, progress, tables, and nothing that steers a terminal. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOutput, printable } from '../../src/command/output.ts'
import { quoted } from '../../src/command/type-again.ts'
import { writeTable } from '../../src/command/write-table.ts'

function aStream(more: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
  const written: string[] = []
  return { ...more, write: (text: string) => written.push(text), text: () => written.join('') }
}

const ESCAPE = '\u001b'

it.each([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['FORCE_COLOR in a pipe', false, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
  ['NO_COLOR before FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
])('colours in %s', (_, isTTY, env, isColoured) => {
  const out = createOutput({ stream: aStream({ isTTY }), env })

  expect(out.paint('red', 'x').includes(ESCAPE)).toBe(isColoured)
})

describe('progress', () => {
  it.each([
    ['a pipe', { isTTY: false }, {}],
    ['CI', { isTTY: true }, { CI: 'true' }],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }],
  ])('is silent in %s', (_, more, env) => {
    const stream = aStream(more)
    createOutput({ stream, env }).progress('1 of 2')

    expect(stream.text()).toBe('')
  })

  it('is cut to the terminal, and gives way to lines', () => {
    const stream = aStream({ isTTY: true, columns: 10 })
    const talk = createOutput({ stream, env: {} })

    talk.progress('1234567890')
    talk.line('done')

    expect(stream.text()).toBe(`123456789\r${ESCAPE}[2Kdone\n`)
  })
})

it('writes data with the version of its schema, indented or in one line', () => {
  const [many, one] = [aStream(), aStream()]
  createOutput({ stream: many, env: {} }).data({ a: 1 })
  createOutput({ stream: one, env: {}, isOneLine: true }).data({ a: 1 })

  expect(many.text()).toBe('{\n  "schemaVersion": 1,\n  "a": 1\n}\n')
  expect(one.text()).toBe('{"schemaVersion":1,"a":1}\n')
})

describe('a table', () => {
  it('lines up its columns, whole in a pipe', () => {
    const stream = aStream()
    writeTable(
      createOutput({ stream, env: {} }),
      ['A', 'LONG'],
      [
        ['abc', 'x'],
        ['d', `y\n${ESCAPE}[2J`],
      ],
    )

    expect(stream.text()).toBe('A    LONG\nabc  x\nd    y \u00b7[2J\n')
  })

  it('is cut to the terminal', () => {
    const stream = aStream({ isTTY: true, columns: 6 })
    writeTable(createOutput({ stream, env: { NO_COLOR: '1' } }), ['A', 'B'], [['abc', 'defg']])

    expect(stream.text().split('\n')[1]).toBe('abc  …')
  })

  it('without rows is nothing', () => {
    const stream = aStream()
    writeTable(createOutput({ stream, env: {} }), ['A'], [])

    expect(stream.text()).toBe('')
  })
})

it('prints texts from outside on one line, harmless', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

it.each([
  ['orders', 'orders'],
  ['seen it', "'seen it'"],
  ["it's", String.raw`'it'\''s'`],
  ['$(reboot)', "'$(reboot)'"],
  ['', "''"],
])('quotes %j for a shell', (word, want) => {
  expect(quoted(word)).toBe(want)
})
