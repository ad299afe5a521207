/** Plants one bug after the other and tells stories until an invariant sees it. */
import { runHistories } from './run-histories.ts'

/** How a bug was found, or that it was not. */
export interface FoundBug {
  readonly name: string
  /** What saw it; null when nothing did. */
  readonly invariant: string | null
  /** Stories that were told until then. */
  readonly historyCount: number
}

/** Looks for each bug. `onFound` hears of each as it ends. */
export async function findBugs(
  names: readonly string[],
  options: {
    readonly historyCount: number
    readonly seed: string
    readonly workerCount: number | undefined
  },
  onFound: (found: FoundBug) => void,
): Promise<readonly FoundBug[]> {
  const all: FoundBug[] = []
  for (const bug of names) {
    const { report, broken } = await runHistories({ ...options, bug, endsAtViolation: true })
    const [violation] = broken[0]?.violations ?? []
    const found: FoundBug = {
      name: bug,
      invariant: violation?.invariant ?? null,
      historyCount: report.histories,
    }
    all.push(found)
    onFound(found)
  }
  return all
}
