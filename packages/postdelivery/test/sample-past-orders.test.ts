/** Sample orders are the same for a seed, can be read by core, and hold everything that the templates are about. */
import { parseEvent } from '@postdelivery/core'
import fc from 'fast-check'
import { pastOrdersToNdjson, samplePastOrders } from 'postdelivery/testing'
import { describe, expect, it } from 'vitest'

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })

describe('sample orders', () => {
  it('can be read by core, in the order in which they happened', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const { orderId, events } of samplePastOrders({ orderCount: 20, seed })) {
          const [first] = events
          expect(first?.type).toBe('order.captured')
          expect(events.map(parseEvent).filter((read) => !read.ok)).toEqual([])
          expect(events.every((event) => event.orderId === orderId)).toBe(true)
          expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted())
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('add up: the lines of a capture sum to what was captured', () => {
    for (const { events } of samplePastOrders()) {
      const captured = parseEvent(events[0])
      if (!captured.ok || captured.value.type !== 'order.captured') throw new Error('no capture')
      for (const { lines, capturedMinor } of captured.value.captures) {
        expect(lines.reduce((all, line) => all + line.totalMinor, 0)).toBe(capturedMinor)
        for (const line of lines) expect(line.quantity * line.unitPriceMinor).toBe(line.totalMinor)
      }
    }
  })

  it('are the same for a seed, and more of them begin with the same ones', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const few = samplePastOrders({ orderCount: 3, seed })
        expect(samplePastOrders({ orderCount: 9, seed }).slice(0, 3)).toEqual(few)
      }),
      { numRuns: 25 },
    )
    expect(samplePastOrders({ seed: 1 })).not.toEqual(samplePastOrders({ seed: 2 }))
  })

  it('hold every situation, currency and way to pay', () => {
    const text = pastOrdersToNdjson(samplePastOrders())

    expect(text.trimEnd().split('\n')).toHaveLength(200)
    for (const word of [
      '"return.inspected"',
      '"delivery.accepted"',
      '"problem":"damaged"',
      '"problem":"wrong_item"',
      '"problem":"late"',
      '"problem":"not_received"',
      '"problem":"invoice_missing"',
      '"payLater":false',
      '"SEK"',
      '"NOK"',
      '"DKK"',
      '"EUR"',
      '"condition":"used"',
    ])
      expect(text).toContain(word)
    expect(text).toMatch(/"remainingAuthorizedMinor":[1-9]/)
  })
})
