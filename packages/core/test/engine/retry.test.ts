import {
  AUDIT_WAITS_MS,
  addMs,
  FACT_WAITS_MS,
  type IsoInstant,
  instant,
  instantToMs,
  REPEAT_WAITS_MS,
  SAME_KEY_STOP_MS,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditAt, isSameKeyAllowed, lengthen, repeatAt } from '../../src/engine/retry.ts'

const T0 = instant('2026-12-08T08:00:00Z')
const HOUR_MS = 3_600_000
const sinceT0 = (at: IsoInstant | null) => (at === null ? null : instantToMs(at) - instantToMs(T0))

test("the waits are Klarna's own, the stop leaves four hours of a key's life", () => {
  expect(REPEAT_WAITS_MS).toEqual([5_000, 300_000, 5 * HOUR_MS])
  expect(SAME_KEY_STOP_MS).toBe(20 * HOUR_MS)
  expect(AUDIT_WAITS_MS).toEqual([600_000, 1_800_000])
})

describe('a wait', () => {
  test('is lengthened by up to half and never shortened', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 * HOUR_MS }), fc.string(), (waitMs, name) => {
        const longer = lengthen(waitMs, name)

        expect(Number.isSafeInteger(longer)).toBe(true)
        expect(longer).toBeGreaterThanOrEqual(waitMs)
        expect(longer).toBeLessThanOrEqual(waitMs * 1.5)
        expect(lengthen(waitMs, name)).toBe(longer)
      }),
    )
  })

  test('of commands that failed together does not end together', () => {
    const ends = Array.from({ length: 200 }, (_, index) => lengthen(300_000, `command-${index}:2`))

    expect(new Set(ends).size).toBeGreaterThan(190)
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(130_000)
  })
})

describe('a repeat with the same key', () => {
  const doubt = { commandId: 'command-1', firstReachableAt: T0, now: T0 }

  test.each([
    [1, 5_000],
    [2, 300_000],
    [3, 5 * HOUR_MS],
  ])('after %i attempts in doubt waits %i ms, up to half more', (unknownCount, waitMs) => {
    const wait = sinceT0(repeatAt({ ...doubt, unknownCount }))

    expect(wait).toBeGreaterThanOrEqual(waitMs)
    expect(wait).toBeLessThanOrEqual(waitMs * 1.5)
  })

  test.each([0, 4, 5, 100])('is not made after %i attempts in doubt', (unknownCount) => {
    expect(repeatAt({ ...doubt, unknownCount })).toBe(null)
  })

  test('never starts later than 20 hours after the first that could have reached Klarna', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.nat({ max: 30 * HOUR_MS }),
        fc.string(),
        (unknownCount, agoMs, commandId) => {
          const now = addMs(T0, agoMs)
          const at = repeatAt({ commandId, unknownCount, firstReachableAt: T0, now })

          if (at === null) return
          expect(sinceT0(at)).toBeLessThanOrEqual(SAME_KEY_STOP_MS)
          expect(at > now).toBe(true)
        },
      ),
    )
  })

  test.each([
    ['before anything could have reached Klarna', null, 100 * HOUR_MS, true],
    ['at once', T0, 0, true],
    ['at 20 h', T0, 20 * HOUR_MS, true],
    ['one millisecond later', T0, 20 * HOUR_MS + 1, false],
    ['days later', T0, 72 * HOUR_MS, false],
  ])('%s: %s', (_, firstReachableAt, laterMs, isAllowed) => {
    const now = addMs(T0, laterMs)

    expect(isSameKeyAllowed({ firstReachableAt, keyEnded: false }, now)).toBe(isAllowed)
    expect(isSameKeyAllowed({ firstReachableAt, keyEnded: true }, now)).toBe(false)
  })
})

test("Klarna's books are read 10 and 30 minutes after the last attempt, and no third time", () => {
  const first = auditAt(0, T0)
  const second = auditAt(1, first ?? T0)

  expect(sinceT0(first)).toBe(600_000)
  expect(sinceT0(second)).toBe(1_800_000)
  expect(auditAt(2, second ?? T0)).toBe(null)
})

test('a source that is down is asked again after waits that only grow', () => {
  expect(FACT_WAITS_MS).toEqual(FACT_WAITS_MS.toSorted((a, b) => a - b))
  expect(FACT_WAITS_MS[0]).toBeGreaterThanOrEqual(1_000)
})
