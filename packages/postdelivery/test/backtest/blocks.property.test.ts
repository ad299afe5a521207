import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readBlocks } from '../../src/backtest/blocks.ts'
import { chunksOf } from './builders.ts'

/** Lines of all lengths, some longer than a block. */
const lines = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ' ')),
    fc.integer({ min: 100_000, max: 700_000 }).map((length) => 'x'.repeat(length)),
  ),
  { maxLength: 12 },
)

it('keeps every line whole and under its number, however the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (all, sizes, endsInBreak) => {
        const text = all.join('\n') + (endsInBreak ? '\n' : '')
        const seen: string[] = []

        for await (const { firstLine, bytes } of readBlocks(chunksOf(text, small(text, sizes)))) {
          const block = new TextDecoder().decode(bytes).split('\n')
          if (block.at(-1) === '') block.pop()
          block.forEach((line, index) => {
            seen[firstLine - 1 + index] = line
          })
        }

        const wanted = text.split('\n')
        if (wanted.at(-1) === '') wanted.pop()
        expect(seen).toEqual(wanted)
      },
    ),
    { numRuns: 40 },
  )
})

/** Tiny chunks of a long text would take long. */
const small = (text: string, sizes: readonly number[]): readonly number[] =>
  text.length > 10_000
    ? sizes.map((size) => Math.max(size, 10_000))
    : sizes.map((size) => (size % 7) + 1)
