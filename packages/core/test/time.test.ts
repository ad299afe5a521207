import {
  addDays,
  addMs,
  dateInZone,
  daysBetween,
  instant,
  isInstant,
  isPlainDate,
  isTimeZone,
  laterOf,
  plainDate,
  startOfDate,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('instants and dates', () => {
  it('normalises instants to UTC with milliseconds', () => {
    expect(instant('2026-11-24T09:00:00+01:00')).toBe('2026-11-24T08:00:00.000Z')
    expect(() => instant('2026-11-24')).toThrow('instant')
  })

  it.each([
    '2026-11-24T08:00:00.000Z',
    '2026-11-24T08:00:00Z',
    '2026-11-24T08:00:00.5Z',
    '2026-11-24T08:00:00.123456789Z',
    '2026-11-24T24:00:00.000Z',
    '2026-12-31T23:59:59.999-01:00',
    '2028-02-29T00:00:00.000Z',
  ])('writes %s as every other text of that instant', (text) => {
    expect(instant(text)).toBe(new Date(text).toISOString())
  })

  it.each([
    '2026-11-24',
    '2026-11-24T08:00:00',
    '2026-02-30T08:00:00Z',
    'now',
    1,
    null,
    '1969-12-31T23:59:59Z',
    '9999-12-31T23:59:59-01:00',
  ])('refuses %s as an instant', (text) => {
    expect(isInstant(text)).toBe(false)
  })

  it.each(['2026-02-30', '2026-13-01', '2026-1-1', ''])('refuses %s as a date', (text) => {
    expect(isPlainDate(text)).toBe(false)
    expect(() => plainDate(text)).toThrow('date')
  })

  it.each([
    ['2026-11-24T22:59:00Z', 'Europe/Stockholm', '2026-11-24'],
    ['2026-11-24T23:00:00Z', 'Europe/Stockholm', '2026-11-25'],
    ['2026-07-01T22:00:00Z', 'Europe/Stockholm', '2026-07-02'],
    ['2026-11-24T04:00:00Z', 'America/New_York', '2026-11-23'],
    ['2026-11-24T12:00:00Z', 'Pacific/Kiritimati', '2026-11-25'],
  ])('has %s in %s on %s', (at, zone, want) => {
    expect(dateInZone(instant(at), zone)).toBe(want)
  })

  it('counts calendar days, also over a change of the clock', () => {
    expect(daysBetween(plainDate('2026-03-28'), plainDate('2026-03-30'))).toBe(2)
    expect(daysBetween(plainDate('2026-12-14'), plainDate('2026-12-01'))).toBe(-13)
    expect(addDays(plainDate('2028-02-28'), 1)).toBe('2028-02-29')
  })

  it('finds the first instant of a date in every zone', () => {
    const zones = [
      'Europe/Stockholm',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Pacific/Kiritimati',
      'UTC',
    ]
    const days = fc.integer({ min: 0, max: 20_000 })
    fc.assert(
      fc.property(days, fc.constantFrom(...zones), (day, zone) => {
        const date = addDays(plainDate('2000-01-01'), day)
        const start = startOfDate(date, zone)
        expect(dateInZone(start, zone) >= date).toBe(true)
        expect(dateInZone(addMs(start, -1), zone) < date).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('knows time zones and the later instant', () => {
    expect([isTimeZone('Europe/Stockholm'), isTimeZone('Europe/Nowhere')]).toEqual([true, false])
    const [early, late] = [instant('2026-01-01T00:00:00Z'), instant('2026-01-02T00:00:00Z')]
    expect([laterOf(early, late), laterOf(late, early)]).toEqual([late, late])
  })
})
