/** Searches the fewest facts whose change makes conditions come out as wanted, exactly, within a bound of steps. */

/** Conditions over things that can be changed; each leaf says which options of its thing satisfy it. */
export type Goal =
  | { readonly kind: 'leaf'; readonly thing: number; readonly allowed: readonly boolean[] }
  | { readonly kind: 'all'; readonly of: readonly Goal[] }
  | Choice

/** Of these one must hold. */
interface Choice {
  readonly kind: 'any'
  readonly of: readonly Goal[]
}

export interface SearchInput {
  readonly goal: Goal
  /** For each thing: the index of its fact, and the distances of its options. Option 0 leaves it as it is. */
  readonly things: readonly { readonly fact: number; readonly distances: readonly number[] }[]
}

/** For each thing the index of its option. */
export type Assignment = readonly number[]

export interface SearchResult {
  /** One for each smallest set of facts, the nearest first; none when nothing satisfies the goal. */
  readonly assignments: readonly Assignment[]
  /** False when the search was given up: then there may be smaller ones. */
  readonly isComplete: boolean
}

const STEP_MAX_COUNT = 5_000

/**
 * Finds, for every smallest set of facts, the nearest options.
 *
 * Groups that must hold as a whole narrow the options; groups of which one must hold are branched on only while the
 * nearest options do not satisfy them anyway. Sets of facts are tried by their size, so the first size found is the least.
 */
export function searchFlips(input: SearchInput): SearchResult {
  const factCount = new Set(input.things.map(({ fact }) => fact)).size
  const budget = { steps: STEP_MAX_COUNT }
  for (let size = 0; size <= factCount; size += 1) {
    const found = new Map<string, { readonly assignment: Assignment; readonly distance: number }>()
    const start: State = { left: input.things.map(({ distances }) => indexesOf(distances)) }
    explore({ input, size, found, budget }, start, [input.goal])
    if (budget.steps <= 0) return { assignments: nearestFirst(found), isComplete: false }
    if (found.size > 0) return { assignments: nearestFirst(found), isComplete: true }
  }
  return { assignments: [], isComplete: true }
}

/** The options that are left of each thing, the nearest first. */
interface State {
  readonly left: readonly (readonly number[])[]
}

interface Search {
  readonly input: SearchInput
  /** How many facts may change. */
  readonly size: number
  readonly found: Map<string, { readonly assignment: Assignment; readonly distance: number }>
  readonly budget: { steps: number }
}

function explore(search: Search, state: State, goals: readonly Goal[]): void {
  const { input, size, budget } = search
  budget.steps -= 1
  if (budget.steps <= 0) return
  const narrowed = narrow(state, goals)
  if (narrowed === undefined) return
  const assignment = narrowed.state.left.map((options) => options[0] ?? 0)
  if (changedFacts(assignment, input).size > size) return
  const open = narrowed.choices.find((choice) => !holds(choice, assignment))
  if (open === undefined) {
    record(search, assignment)
    return
  }
  const others = narrowed.choices.filter((choice) => choice !== open)
  for (const member of open.of) explore(search, narrowed.state, [...others, member])
}

/** Takes everything that must hold out of the goals; undefined when it cannot hold together. */
function narrow(
  state: State,
  goals: readonly Goal[],
): { readonly state: State; readonly choices: readonly Choice[] } | undefined {
  const left = [...state.left]
  const choices: Choice[] = []
  const queue = [...goals]
  for (let goal = queue.shift(); goal !== undefined; goal = queue.shift()) {
    if (goal.kind === 'all') queue.push(...goal.of)
    else if (goal.kind === 'any') choices.push(goal)
    else {
      const { allowed, thing } = goal
      const options = (left[thing] ?? []).filter((option) => allowed[option])
      if (options.length === 0) return undefined
      left[thing] = options
    }
  }
  return { state: { left }, choices }
}

function holds(goal: Goal, assignment: Assignment): boolean {
  if (goal.kind === 'leaf') return goal.allowed[assignment[goal.thing] ?? 0] === true
  return goal.kind === 'all'
    ? goal.of.every((each) => holds(each, assignment))
    : goal.of.some((each) => holds(each, assignment))
}

function record({ input, found }: Search, assignment: Assignment): void {
  const key = [...changedFacts(assignment, input)].toSorted((a, b) => a - b).join(',')
  const distance = distanceOfAll(assignment, input)
  const before = found.get(key)
  if (before === undefined || distance < before.distance) found.set(key, { assignment, distance })
}

const changedFacts = (assignment: Assignment, { things }: SearchInput): ReadonlySet<number> =>
  new Set(things.flatMap(({ fact }, index) => (assignment[index] === 0 ? [] : [fact])))

const distanceOfAll = (assignment: Assignment, { things }: SearchInput): number =>
  things.reduce((all, { distances }, index) => all + (distances[assignment[index] ?? 0] ?? 0), 0)

const nearestFirst = (found: Search['found']): readonly Assignment[] =>
  [...found.values()].toSorted((a, b) => a.distance - b.distance).map((each) => each.assignment)

const indexesOf = (list: readonly unknown[]): readonly number[] => list.map((_, index) => index)
