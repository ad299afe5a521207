/** Tells every canonical story once for each place at which the process may die, and once for each of many pairs of places. */
import { runPool } from '../pool.ts'
import { createProgress } from '../progress.ts'
import { createRandom } from '../random.ts'
import { SCENARIOS } from './scenarios.ts'
import type { CrashResult, CrashTask } from './worker.ts'

export interface CrashReport {
  readonly scenarios: number
  readonly singleCrashes: number
  readonly pairs: number
  /** Places by name, for example `after store.commit`. */
  readonly places: Readonly<Record<string, number>>
  readonly violations: number
  readonly seconds: number
}

/** What a story came to that should not have. */
export interface Broken {
  readonly scenario: string
  readonly where: string
  readonly what: string
}

/**
 * Runs them all. `pairCount`: random pairs of places beside all single ones.
 *
 * A story that does not depend on time must have the same effects at Klarna wherever the process dies.
 */
export async function runCrashes(options: {
  readonly pairCount: number
  readonly seed: string
  readonly workerCount?: number | undefined
}): Promise<{ readonly report: CrashReport; readonly broken: readonly Broken[] }> {
  const startedMs = performance.now()
  const whole = await tellWhole(options.workerCount)
  const broken: Broken[] = [...whole.values()].flatMap((result) => problemsOf(result, undefined))
  const tasks = [...singleTasks(whole), ...pairTasks(whole, options)]
  const places = new Map<string, number>()
  const progress = createProgress('stories with a crash', tasks.length)
  let doneCount = 0
  await runPool<CrashTask, CrashResult>(
    { ...POOL, tasks, ...counted(options.workerCount) },
    (result) => {
      doneCount += 1
      for (const { name, when } of result.places) {
        const place = `${when} ${name}`
        places.set(place, (places.get(place) ?? 0) + 1)
      }
      broken.push(...problemsOf(result, whole.get(result.scenarioIndex)))
      progress.at(doneCount, `${broken.length} violations`)
      return broken.length > BROKEN_MAX ? 'stop' : 'go on'
    },
  )
  const pairs = tasks.filter(({ indexes }) => indexes.length === 2).length
  return {
    report: {
      scenarios: SCENARIOS.length,
      singleCrashes: tasks.length - pairs,
      pairs,
      places: Object.fromEntries([...places].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      violations: broken.length,
      seconds: (performance.now() - startedMs) / 1000,
    },
    broken,
  }
}

/** Enough to see what is wrong. */
const BROKEN_MAX = 20

const POOL = { program: new URL('worker.ts', import.meta.url) }
const counted = (workerCount: number | undefined) =>
  workerCount === undefined ? {} : { workerCount }

/** Each story without a crash, by its index. */
async function tellWhole(workerCount: number | undefined): Promise<Map<number, CrashResult>> {
  const whole = new Map<number, CrashResult>()
  const tasks = SCENARIOS.map((_, scenarioIndex): CrashTask => ({ scenarioIndex, indexes: [] }))
  await runPool<CrashTask, CrashResult>({ ...POOL, tasks, ...counted(workerCount) }, (result) => {
    whole.set(result.scenarioIndex, result)
    return 'go on'
  })
  return whole
}

function* singleTasks(whole: ReadonlyMap<number, CrashResult>): Iterable<CrashTask> {
  for (const [scenarioIndex, { placeCount }] of whole)
    for (let index = 1; index <= placeCount; index += 1) yield { scenarioIndex, indexes: [index] }
}

function* pairTasks(
  whole: ReadonlyMap<number, CrashResult>,
  { pairCount, seed }: { readonly pairCount: number; readonly seed: string },
): Iterable<CrashTask> {
  const random = createRandom(`pairs ${seed}`)
  for (let number = 0; number < pairCount; number += 1) {
    const scenarioIndex = random.integer(`story ${number}`, 0, SCENARIOS.length - 1)
    const placeCount = whole.get(scenarioIndex)?.placeCount ?? 1
    const first = random.integer(`first ${number}`, 1, placeCount)
    // What is done again after the first death makes the story longer.
    yield {
      scenarioIndex,
      indexes: [first, first + random.integer(`second ${number}`, 1, placeCount)],
    }
  }
}

function problemsOf(result: CrashResult, whole: CrashResult | undefined): readonly Broken[] {
  const scenario = SCENARIOS[result.scenarioIndex]
  const head = {
    scenario: scenario?.name ?? '',
    where:
      result.places
        .map(({ index, name, when }) => `${when} ${name} (place ${index})`)
        .join(' and ') || 'without a crash',
  }
  const isOther =
    whole !== undefined &&
    scenario?.isTimeless === true &&
    result.effects.join() !== whole.effects.join()
  return [
    ...result.violations.map(({ invariant, what }) => ({ ...head, what: `${invariant}: ${what}` })),
    ...(isOther
      ? [{ ...head, what: `other effects at Klarna: ${result.effects.join(', ') || 'none'}` }]
      : []),
  ]
}
