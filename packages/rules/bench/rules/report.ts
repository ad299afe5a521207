/** What the benchmark found, for people and for programs. */

/** One engine with so many rules. */
export interface EngineReport {
  readonly name: string
  /** Decisions per second of CPU: the median over the rounds. */
  readonly perCpuSecond: number
  /** To json-rules-engine and to the if-chain: medians of the rounds' own ratios. */
  readonly toJsonRulesEngine: number
  readonly toIfChain: number
  readonly rounds: readonly number[]
}

export interface SettingReport {
  readonly ruleCount: number
  /** Rules that fire, on average. */
  readonly firedPerOrder: number
  readonly engines: readonly EngineReport[]
}

/** A goal and what was found. */
export interface GoalReport {
  readonly goal: string
  readonly found: string
  readonly isMet: boolean
}

export interface Report {
  readonly node: string
  readonly settings: readonly SettingReport[]
  readonly goals: readonly GoalReport[]
  /** Whether all engines fired the same rules for every order. */
  readonly outcomesAgree: boolean
}

const TRACE_RATIO_MIN = 40

/** Compares the rounds of all engines. */
export function reportSetting(
  setting: Pick<SettingReport, 'ruleCount' | 'firedPerOrder'>,
  rates: ReadonlyMap<string, readonly number[]>,
): SettingReport {
  const engines = [...rates].map(
    ([name, rounds]): EngineReport => ({
      name,
      perCpuSecond: median(rounds),
      toJsonRulesEngine: medianRatio(rounds, rates.get('json-rules-engine') ?? []),
      toIfChain: medianRatio(rounds, rates.get('if-chain by hand') ?? []),
      rounds,
    }),
  )
  return { ...setting, engines }
}

const medianRatio = (rounds: readonly number[], others: readonly number[]): number =>
  median(rounds.map((rate, index) => rate / (others[index] ?? Number.NaN)))

/** The middle value; of an even number, the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Holds what was found against what is promised. */
export const reportGoals = (settings: readonly SettingReport[]): readonly GoalReport[] =>
  settings.flatMap(goalsOf)

function goalsOf({ ruleCount, engines }: SettingReport): readonly GoalReport[] {
  const byName = new Map(engines.map((engine) => [engine.name, engine]))
  const traced = byName.get('ours, full trace')?.toJsonRulesEngine ?? 0
  const goals: GoalReport[] = [
    {
      goal: `${ruleCount} rules: full trace at least ${TRACE_RATIO_MIN} x json-rules-engine`,
      found: `${traced.toFixed(1)} x`,
      isMet: traced >= TRACE_RATIO_MIN,
    },
  ]
  if (ruleCount < 100) return goals
  const byHand = byName.get('if-chain by hand')
  const others = engines.filter((engine) => engine !== byHand)
  const [fastest] = others.toSorted((a, b) => b.perCpuSecond - a.perCpuSecond)
  goals.push({
    goal: `${ruleCount} rules: without trace the fastest of all engines`,
    found: `the fastest is \`${fastest?.name}\``,
    isMet: fastest?.name === 'ours, without trace',
  })
  if (ruleCount < 1000) return goals
  const toIfChain = byName.get('ours, without trace')?.toIfChain ?? 0
  goals.push({
    goal: `${ruleCount} rules: without trace above the if-chain`,
    found: `${toIfChain.toFixed(2)} x`,
    isMet: toIfChain > 1,
  })
  return goals
}

/** The report as tables. */
export function formatReport({ settings, goals, outcomesAgree, node }: Report): string {
  return [
    ...settings.flatMap(formatSetting),
    ...goals.map(({ goal, found, isMet }) => `${isMet ? 'met' : 'MISSED'}: ${goal}: ${found}`),
    '',
    `the rules that fire: ${outcomesAgree ? 'the same in every engine' : 'NOT THE SAME in every engine'}`,
    `Node.js ${node}`,
  ].join('\n')
}

function formatSetting({ ruleCount, firedPerOrder, engines }: SettingReport): readonly string[] {
  const head = ['decisions / CPU s', 'x j-r-e', 'x if-chain']
  const title = `${ruleCount} rules, ${firedPerOrder.toFixed(1)} fire`
  const line = (name: string, cells: readonly string[]) =>
    `${name.padEnd(24)}${cells.map((cell) => cell.padStart(19)).join('')}`
  return [
    line(title, head),
    ...engines.map((each) =>
      line(each.name, [
        each.perCpuSecond.toFixed(0),
        each.toJsonRulesEngine.toFixed(2),
        each.toIfChain.toFixed(3),
      ]),
    ),
    '',
  ]
}
