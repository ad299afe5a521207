import { commandPhase } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyMove } from './any-move.ts'
import { anyOrder } from './any-order.ts'
import { expectAllocated } from './at-klarna.ts'
import { createLaws } from './laws.ts'
import { playStory, type Told } from './story.ts'

/** More of them for a release: `POSTDELIVERY_HISTORIES=30000`. */
const runCount = Number(process.env['POSTDELIVERY_HISTORIES'] ?? 4000)

describe('refunds of any order, whatever happens to it', () => {
  it('stay within the books, add up, pay no unit twice and are allocated at Klarna', {
    timeout: 60_000 + 20 * runCount,
  }, () => {
    const reached = new Set<string>()
    const story = fc.array(anyMove, { maxLength: 25, size: 'max' })

    fc.assert(
      fc.property(anyOrder, story, (registered, moves) => {
        const laws = createLaws()
        for (const told of playStory(registered, moves)) {
          laws.check(told)
          for (const each of told.decided) expectAllocated(told.order, each)
          for (const mark of marksOf(told)) reached.add(mark)
        }
      }),
      { numRuns: runCount },
    )

    // Laws that hold of nothing are no laws: every kind of refund and every way to lose one was there.
    expect(MARKS.filter((mark) => !reached.has(mark))).toEqual([])
  })

  it('give back the very units that a refused refund has freed', {
    timeout: 60_000 + 20 * runCount,
  }, () => {
    let holeCount = 0

    fc.assert(
      fc.property(
        oneReference,
        fc.array(returnsOnly, { minLength: 10, maxLength: 25 }),
        (registered, moves) => {
          const laws = createLaws()
          for (const told of playStory(registered, moves)) {
            laws.check(told)
            for (const { command } of told.decided)
              if ('units' in command.body && command.body.units.length > 1) holeCount += 1
          }
        },
      ),
      { numRuns: runCount / 2 },
    )

    expect(holeCount).toBeGreaterThan(0)
  })
})

/** Lines of one reference at several prices, as a shop has them after a price was changed. */
const oneReference = anyOrder.map((registered) => ({
  ...registered,
  captures: registered.captures.map((capture, index) => ({
    ...capture,
    lines: capture.lines.map((line) => ({ ...line, reference: `${index}-0` })),
  })),
}))

/** Returns and what becomes of their refunds, nothing else. */
const returnsOnly = anyMove.filter(
  (move) =>
    (move.kind === 'answer' && ['done', 'refused'].includes(move.outcome.type)) ||
    (move.kind === 'return' && move.wishes.every((wish) => wish.basis === 'returned_items')),
)

const MARKS = [
  'a refund of units',
  'a refund of an amount',
  'a refund with a return fee',
  'alarm late_success',
  'alarm books_differ',
  'books confirmed',
  'phase awaitingApproval',
  'phase rejected',
  'phase confirmed',
  'phase refused',
  'phase doubtful',
  'phase auditing',
  'phase stuck',
  'phase paused',
  'a new generation',
]

/** What one step shows. */
function marksOf({ order, effects, decided, isBooksConfirmed }: Told): readonly string[] {
  const refunds = decided.flatMap(({ command: { body } }) =>
    body.operation === 'refundOrder' ? [body] : [],
  )
  return [
    ...refunds.map((each) =>
      each.units.length > 0 ? 'a refund of units' : 'a refund of an amount',
    ),
    ...refunds
      .filter((each) => each.lines.some((line) => line.type === 'return_fee'))
      .map(() => 'a refund with a return fee'),
    ...effects.flatMap((effect) => (effect.type === 'alarm' ? [`alarm ${effect.code}`] : [])),
    ...(isBooksConfirmed ? ['books confirmed'] : []),
    ...new Set(order.commands.map((each) => `phase ${commandPhase(each)}`)),
    ...(order.commands.some((each) => each.chart.context.generation > 0)
      ? ['a new generation']
      : []),
  ]
}
