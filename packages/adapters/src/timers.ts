/** How adapters wait: a port, so that a simulation can let time pass by itself. */

export interface Timers {
  /** Runs `run` once after `delayMs` milliseconds; returns what `clear` takes. */
  set(delayMs: number, run: () => void): unknown
  clear(handle: unknown): void
}

/** The runtime's own timers. */
export const systemTimers: Timers = {
  set: (delayMs, run) => setTimeout(run, delayMs),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
}
