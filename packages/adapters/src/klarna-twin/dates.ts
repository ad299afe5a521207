/** Calendar dates in UTC, and instants on the wire. */
const DAY_MS = 86_400_000

/** The UTC date (`YYYY-MM-DD`) of an instant in milliseconds since 1970. */
export const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The date a number of days after another. */
export const addDays = (date: string, days: number): string => dateOf(startOf(date) + days * DAY_MS)

/** Whole days from one date to another; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((startOf(to) - startOf(from)) / DAY_MS)

/** The first millisecond of a UTC date. */
export const startOf = (date: string): number => Date.parse(`${date}T00:00:00Z`)

/** Milliseconds of a number of days. */
export const daysToMs = (days: number): number => days * DAY_MS

/** An instant as Klarna writes it. */
export const isoOf = (ms: number): string => new Date(ms).toISOString()
