/** When an engine is killed: spread over its life, so that kills meet every kind of work. */
import type { Random } from '../../random.ts'

/** What engines are doing when they are killed. */
export const PHASES = [
  'starting',
  'recovering',
  'working',
  'accepting',
  'deciding',
  'calling',
  'booking',
  'checkpointing',
] as const
export type Phase = (typeof PHASES)[number]

/** Strike `delayMs` after a line that begins like this was heard for the `count`th time. */
export interface Moment {
  readonly phase: Phase
  readonly line: string
  readonly count: number
  readonly delayMs: number
  /** Asks the engine for a checkpoint after so many acknowledgements, to be struck in it. */
  readonly checkpointAfter: number | null
}

/** Lines after which it strikes, how often each is chosen, and bounds of their count and of the delay in milliseconds. */
const CHOICES = [
  { phase: 'starting', share: 8, line: 'loaded', countMax: 1, delayMaxMs: 8 },
  { phase: 'recovering', share: 12, line: 'open', countMax: 1, delayMaxMs: 10 },
  { phase: 'working', share: 6, line: 'ready', countMax: 1, delayMaxMs: 300 },
  { phase: 'accepting', share: 10, line: 'ack', countMax: 80, delayMaxMs: 3 },
  { phase: 'deciding', share: 16, line: 'at event_decided', countMax: 60, delayMaxMs: 3 },
  { phase: 'calling', share: 26, line: 'at attempt_started', countMax: 60, delayMaxMs: 6 },
  { phase: 'booking', share: 14, line: 'at attempt_answered', countMax: 50, delayMaxMs: 2 },
  { phase: 'checkpointing', share: 8, line: 'at checkpoint', countMax: 1, delayMaxMs: 2 },
] as const

/** Draws a moment. */
export function drawMoment(random: Random): Moment {
  const total = CHOICES.reduce((sum, choice) => sum + choice.share, 0)
  let place = random.fraction('choice') * total
  const choice =
    CHOICES.find((each) => {
      place -= each.share
      return place < 0
    }) ?? CHOICES[0]
  const { phase, line } = choice
  return {
    phase,
    line,
    count: random.integer('count', 1, choice.countMax),
    delayMs: random.fraction('delay') * choice.delayMaxMs,
    checkpointAfter: phase === 'checkpointing' ? random.integer('checkpoint after', 0, 40) : null,
  }
}

/** Milliseconds that pass at the shop and at Klarna while no engine runs: mostly none, at times more than a key lives. */
export function drawPauseMs(random: Random): number {
  const share = random.fraction('pause')
  if (share < 0.6) return 0
  if (share < 0.8) return 8_000
  if (share < 0.92) return 480_000
  if (share < 0.99) return 28_800_000
  return 93_600_000
}
