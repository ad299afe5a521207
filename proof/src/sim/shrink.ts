/** Makes a story that goes wrong shorter, as long as it goes wrong in the same way. */
import type { History } from '../world/history.ts'

export interface ShrinkOptions {
  /** Tells a story and says which invariants it breaks. */
  readonly breaks: (history: History) => Promise<readonly string[]>
  /** The invariant that must stay broken. */
  readonly invariant: string
  /** Stories that may be told on the way. */
  readonly triesMax: number
  readonly onShorter?: (history: History) => void
}

/**
 * Takes away steps, orders, faults and other accidents, one group after another, until nothing more can go.
 *
 * Returns: the shortest story found; the given one when nothing could be taken away.
 */
export async function shrink(history: History, options: ShrinkOptions): Promise<History> {
  let best = history
  let tries = 0
  const stillBreaks = async (candidate: History): Promise<boolean> => {
    if (tries >= options.triesMax) return false
    tries += 1
    if (!(await options.breaks(candidate)).includes(options.invariant)) return false
    best = candidate
    options.onShorter?.(candidate)
    return true
  }

  for (let isShorter = true; isShorter; ) {
    isShorter = false
    for (const candidate of withoutAccidents(best))
      if (await stillBreaks(candidate)) isShorter = true
    for (const { index } of best.orders)
      if (best.orders.length > 1 && (await stillBreaks(withoutOrder(best, index)))) isShorter = true
    for (
      let size = Math.ceil(best.steps.length / 2);
      size >= 1;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let from = best.steps.length - size; from >= 0; from -= size) {
        const steps = best.steps.toSpliced(from, size)
        if (await stillBreaks({ ...best, steps })) isShorter = true
      }
    }
  }
  return best
}

/** Each accident that can be ruled out by itself. */
function* withoutAccidents(history: History): Iterable<History> {
  if (Object.keys(history.faults).length > 0) {
    yield { ...history, faults: {} }
    for (const name of Object.keys(history.faults)) {
      const faults = Object.fromEntries(
        Object.entries(history.faults).filter(([each]) => each !== name),
      )
      yield { ...history, faults }
    }
  }
  if (history.deathRate > 0) yield { ...history, deathRate: 0 }
  if (history.clockDrift !== 0) yield { ...history, clockDrift: 0 }
  if (history.settings === 'tight') yield { ...history, settings: 'wide' }
}

const withoutOrder = (history: History, index: number): History => ({
  ...history,
  orders: history.orders.filter((each) => each.index !== index),
  steps: history.steps.filter((step) => !('order' in step) || step.order !== index),
})
