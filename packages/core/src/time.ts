/** Instants, calendar dates and whole days. Reads no clock: every function says when from its arguments. */
import { assert } from './assert.ts'

declare const instantBrand: unique symbol
declare const dateBrand: unique symbol

/** An ISO 8601 UTC instant with milliseconds and `Z`: `2026-11-24T08:00:00.000Z`. */
export type IsoInstant = string & { readonly [instantBrand]: true }

/** A calendar date without a zone: `2026-12-14`. */
export type PlainDate = string & { readonly [dateBrand]: true }

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000

/** Tells whether a text is an ISO 8601 instant with a zone, in the years 1970 to 9999. */
export function isInstant(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    INSTANT.test(text) &&
    isRealDay(text.slice(0, 10)) &&
    isInRange(Date.parse(text))
  )
}

/** In UTC: an hour west of the last midnight of 9999 is the year 10000, which compares as text below every other. */
const isInRange = (ms: number): boolean => ms >= 0 && ms < YEAR_10000_MS

const YEAR_10000_MS = Date.UTC(10_000, 0, 1)

/**
 * Normalises an ISO 8601 instant to UTC with milliseconds, so that equal instants are equal texts.
 *
 * Throws: `AssertionError` when the text is no instant; check with `isInstant` first at a boundary.
 */
export function instant(text: string): IsoInstant {
  assert(isInstant(text), `an instant looks like 2026-11-24T08:00:00Z, not \`${text}\``)
  return isNormal(text) ? text : msToInstant(Date.parse(text))
}

/** Whether an instant is written as we write it: most are, and writing one anew is slow. Midnight may be 24:00 as well. */
const isNormal = (text: string): text is IsoInstant =>
  text.length === 24 && text.endsWith('Z') && !text.startsWith('24', 11)

/** Milliseconds since 1970 of an instant. */
export const instantToMs = (at: IsoInstant): number => Date.parse(at)

/** The instant of milliseconds since 1970. */
export const msToInstant = (ms: number): IsoInstant => new Date(ms).toISOString() as IsoInstant

/** The instant `spanMs` milliseconds after another (before it, when negative). */
export const addMs = (at: IsoInstant, spanMs: number): IsoInstant =>
  msToInstant(instantToMs(at) + spanMs)

/** The later of two instants. Instants of one shape compare as texts. */
export const laterOf = (a: IsoInstant, b: IsoInstant): IsoInstant => (a >= b ? a : b)

/** Whether ten characters of the shape of a date are one, in the Gregorian calendar. */
function isRealDay(text: string): boolean {
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const lastDay = month === 2 && isLeap ? 29 : (LAST_DAYS[month - 1] ?? 0)
  return day >= 1 && day <= lastDay
}

const LAST_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Tells whether a text is a calendar date that exists: `2026-02-30` does not. */
export const isPlainDate = (text: unknown): text is PlainDate =>
  typeof text === 'string' && DATE.test(text) && isRealDay(text)

/** Brands a calendar date. Throws: `AssertionError` when there is no such day. */
export function plainDate(text: string): PlainDate {
  assert(isPlainDate(text), `a date looks like 2026-12-14 and exists, not \`${text}\``)
  return text
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Tells whether this runtime knows an IANA time zone, for example `Europe/Stockholm`. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

/**
 * The calendar date that people in `timeZone` (IANA) have at an instant.
 *
 * Asking the zone's rules is slow, so answers are kept by quarter of an hour: no zone changes its date within one.
 */
export function dateInZone(at: IsoInstant, timeZone: string): PlainDate {
  let dates = datesByZone.get(timeZone)
  if (dates === undefined) {
    if (datesByZone.size >= ZONES_MAX_COUNT) datesByZone.clear()
    dates = new Map()
    datesByZone.set(timeZone, dates)
  }
  const quarter = Math.floor(instantToMs(at) / QUARTER_MS)
  const known = dates.get(quarter)
  if (known !== undefined) return known
  const date = lookUpDate(quarter * QUARTER_MS, timeZone)
  if (dates.size >= DATES_MAX_COUNT) dates.clear()
  dates.set(quarter, date)
  return date
}

const QUARTER_MS = 900_000
const ZONES_MAX_COUNT = 20
/** As many as the quarters of a year, and some. */
const DATES_MAX_COUNT = 40_000
const datesByZone = new Map<string, Map<number, PlainDate>>()

function lookUpDate(ms: number, timeZone: string): PlainDate {
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formatters.set(timeZone, formatter)
  }
  const parts = new Map(formatter.formatToParts(ms).map((part) => [part.type, part.value]))
  return plainDate(`${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`)
}

/** Whole calendar days from one date to another; negative when `to` is earlier. */
export const daysBetween = (from: PlainDate, to: PlainDate): number => dayOf(to) - dayOf(from)

/** The date a number of days after another (before it, when negative). */
export function addDays(date: PlainDate, days: number): PlainDate {
  if (days === 0) return date
  const day = dayOf(date) + days
  const known = datesOfDays.get(day)
  if (known !== undefined) return known
  const found = plainDate(new Date(day * DAY_MS).toISOString().slice(0, 10))
  if (datesOfDays.size >= DATES_MAX_COUNT) datesOfDays.clear()
  datesOfDays.set(day, found)
  return found
}

/** Days since 1970 of a date. Reading texts is slow and there are few dates, so answers are kept. */
function dayOf(date: PlainDate): number {
  const known = daysOfDates.get(date)
  if (known !== undefined) return known
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS)
  if (daysOfDates.size >= DATES_MAX_COUNT) daysOfDates.clear()
  daysOfDates.set(date, day)
  return day
}

const datesOfDays = new Map<number, PlainDate>()
const daysOfDates = new Map<PlainDate, number>()

/** The first instant at which people in `timeZone` have a date; daylight saving is looked up, not assumed. */
export function startOfDate(date: PlainDate, timeZone: string): IsoInstant {
  const utcMs = Date.parse(`${date}T00:00:00Z`)
  // Zones reach from UTC-12 to UTC+14; offsets are multiples of a quarter of an hour.
  let low = utcMs - 15 * 3_600_000
  let high = utcMs + 13 * 3_600_000
  while (high - low > QUARTER_MS) {
    const middle = low + Math.floor((high - low) / 2 / QUARTER_MS) * QUARTER_MS
    if (dateInZone(msToInstant(middle), timeZone) >= date) high = middle
    else low = middle
  }
  return msToInstant(high)
}
