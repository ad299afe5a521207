import { instant, instantToMs, msToInstant } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSteadyClock } from '../../src/embedded/steady-clock.ts'

const START_MS = instantToMs(instant('2026-11-24T08:00:00Z'))
const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000]

/** A machine whose clock shows what a test sets, while time passes. */
function aMachine() {
  const machine = { passedMs: 0, skewMs: 0, driftPerMille: 0 }
  const setBacks: number[] = []
  const wallMs = () =>
    START_MS +
    machine.passedMs +
    machine.skewMs +
    Math.round((machine.passedMs * machine.driftPerMille) / 1_000)
  const clock = createSteadyClock({
    clock: { now: () => msToInstant(wallMs()) },
    monotonicMs: () => machine.passedMs + 0.25,
    onSetBack: (setBackMs) => setBacks.push(setBackMs),
  })
  return { machine, setBacks, wallMs, nowMs: () => instantToMs(clock.now()) }
}

describe('a steady clock', () => {
  test('is the clock itself while that runs forward, however fast or slow', () => {
    const { machine, nowMs, wallMs, setBacks } = aMachine()
    for (const driftPerMille of [0, 50, -50]) {
      machine.driftPerMille = driftPerMille
      machine.skewMs += HOUR_MS
      machine.passedMs += MINUTE_MS
      expect(nowMs()).toBe(wallMs())
    }
    expect(setBacks).toEqual([])
  })

  test('goes on by the time that passes when the clock is set back, and says so once', () => {
    const { machine, nowMs, setBacks } = aMachine()
    nowMs()
    machine.passedMs += MINUTE_MS
    machine.skewMs -= 2 * HOUR_MS

    expect(nowMs()).toBe(START_MS + MINUTE_MS)
    machine.passedMs += HOUR_MS
    expect(nowMs()).toBe(START_MS + MINUTE_MS + HOUR_MS)
    expect(setBacks).toEqual([2 * HOUR_MS])
  })

  test('follows a clock that is set right again', () => {
    const { machine, nowMs, wallMs } = aMachine()
    nowMs()
    machine.skewMs = -2 * HOUR_MS
    nowMs()
    machine.passedMs += MINUTE_MS
    machine.skewMs = 0

    expect(nowMs()).toBe(wallMs())
    machine.passedMs += MINUTE_MS
    expect(nowMs()).toBe(wallMs())
  })

  test('follows it by halves as well', () => {
    const { machine, nowMs } = aMachine()
    nowMs()
    machine.skewMs = -2 * HOUR_MS
    nowMs()
    machine.skewMs = -HOUR_MS
    machine.passedMs += MINUTE_MS

    expect(nowMs()).toBe(START_MS + MINUTE_MS)
  })

  test('stays two days ahead after a clock that jumped there and back', () => {
    const { machine, nowMs, setBacks } = aMachine()
    nowMs()
    machine.skewMs = 48 * HOUR_MS
    machine.passedMs += MINUTE_MS
    nowMs()
    machine.skewMs = 0
    machine.passedMs += MINUTE_MS

    expect(nowMs()).toBe(START_MS + 48 * HOUR_MS + 2 * MINUTE_MS)
    expect(setBacks).toEqual([48 * HOUR_MS])
  })

  test('stands still for a correction of less than a second, and says nothing', () => {
    const { machine, nowMs, setBacks } = aMachine()
    nowMs()
    machine.skewMs = -900

    expect(nowMs()).toBe(START_MS)
    machine.passedMs += SECOND_MS
    expect(nowMs()).toBe(START_MS + 100)
    expect(setBacks).toEqual([])
  })

  test('never runs backwards, and measures no span too short by more than a correction', () => {
    const step = fc.record({
      passedMs: fc.oneof(fc.nat({ max: 2_000 }), fc.nat({ max: 10 * HOUR_MS })),
      setMs: fc.oneof(fc.constant(0), fc.integer({ min: -48 * HOUR_MS, max: 48 * HOUR_MS })),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { machine, nowMs } = aMachine()
        let beforeMs = nowMs()
        for (const { passedMs, setMs } of steps) {
          // The clock is looked at twice a second at least, so a set-back is seen when it happens.
          machine.passedMs += passedMs
          const passedBeforeMs = nowMs()
          expect(passedBeforeMs - beforeMs).toBeGreaterThanOrEqual(passedMs - 1_000)
          machine.skewMs += setMs
          beforeMs = nowMs()
          expect(beforeMs).toBeGreaterThanOrEqual(passedBeforeMs)
        }
      }),
    )
  })
})
