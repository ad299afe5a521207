/** Conditions on a backtest's result, such as `refund>+5%`: when one is met, the change costs more than was allowed. */
import { err, formatMinor, ok, type Result } from '@postdelivery/core'
import type { BacktestReport } from './report.ts'

/** One condition. */
export interface CostBudget {
  /** As it was written. */
  readonly text: string
  readonly measure: Measure
  /** ISO 4217 code; null: each currency by itself. */
  readonly currency: string | null
  /** Above which growth it fails: minor units, a number, or percent of before. */
  readonly above: number
  readonly isPercent: boolean
}

/** What can be held to a budget. */
export const MEASURES = ['refund', 'fee', 'actions', 'approvals', 'changed'] as const
export type Measure = (typeof MEASURES)[number]

/** One condition that is met, with its figures. */
export interface Exceeded {
  readonly budget: string
  readonly sentence: string
}

const PATTERN = /^([a-z]+)(?::([A-Z]{3}))?\s*>\s*\+?(\d{1,15})(%?)$/

/**
 * Reads a condition.
 *
 * `refund>+5%`: refunds grow by more than 5 percent in some currency. `refund:SEK>100000`: they grow by more than
 * 1,000.00 SEK. Money that waits for people
 * counts as well. `fee` is extension fees; `actions` and `approvals` are numbers of actions done and waiting for people;
 * `changed` is the number of changed decisions, with `%` of all decisions before.
 * Units: amounts in minor units. Refuses: with one sentence for people.
 *
 * @example
 * ```ts
 * import { readCostBudget } from '@postdelivery/rules'
 *
 * const read = readCostBudget('refund:SEK>+5%')
 * expect(read.ok && read.value).toMatchObject({ measure: 'refund', currency: 'SEK', above: 5, isPercent: true })
 * expect(readCostBudget('refunds>5').ok).toBe(false)
 * ```
 */
export function readCostBudget(text: string): Result<CostBudget, string> {
  const match = PATTERN.exec(text.trim())
  if (match === null) return err(`\`${text}\` is not of the form \`refund>+5%\``)
  const [, word = '', currency, above = '', percent] = match
  const measure = MEASURES.find((each) => each === word)
  if (measure === undefined)
    return err(`\`${word}\` is none of ${MEASURES.map((each) => `\`${each}\``).join(', ')}`)
  if (currency !== undefined && measure !== 'refund' && measure !== 'fee')
    return err(`\`${measure}\` has no currency`)
  return ok({
    text: text.trim(),
    measure,
    currency: currency ?? null,
    above: Number(above),
    isPercent: percent === '%',
  })
}

/** Says which conditions are met. Amounts that have no before count as more than any percent. */
export function exceededBudgets(
  report: BacktestReport,
  budgets: readonly CostBudget[],
): readonly Exceeded[] {
  return budgets.flatMap((budget) =>
    figuresOf(report, budget)
      .filter(({ base, growth }) => isAbove(budget, base, growth))
      .map(({ sentence }) => ({ budget: budget.text, sentence })),
  )
}

interface Figure {
  /** What a percentage is of. */
  readonly base: number
  readonly growth: number
  readonly sentence: string
}

const isAbove = ({ above, isPercent }: CostBudget, base: number, growth: number): boolean =>
  growth > 0 && (isPercent ? growth * 100 > above * base : growth > above)

function figuresOf(report: BacktestReport, { measure, currency }: CostBudget): readonly Figure[] {
  switch (measure) {
    case 'refund':
    case 'fee':
      return moneyFigures(report, measure, currency)
    case 'actions':
      return [countFigure(report, 'actions done', (outcome) => DONE.has(outcome))]
    case 'approvals':
      return [
        countFigure(report, 'actions that wait', (outcome) => outcome === 'awaiting_approval'),
      ]
    case 'changed': {
      const { changedDecisionCount: growth, decisionCount } = report
      const sentence = `${growth} decisions changed, of ${decisionCount.before} before`
      return [{ base: decisionCount.before, growth, sentence }]
    }
  }
}

const DONE: ReadonlySet<string> = new Set(['queued', 'done'])

function moneyFigures(
  report: BacktestReport,
  measure: 'refund' | 'fee',
  wanted: string | null,
): readonly Figure[] {
  const currencies = [...new Set(report.money.map(({ currency }) => currency))]
  return currencies
    .filter((currency) => wanted === null || currency === wanted)
    .map((currency) => {
      const pairs = report.money
        .filter((row) => row.currency === currency)
        .map((row) => (measure === 'refund' ? row.refundMinor : row.feeMinor))
      const before = pairs.reduce((sum, pair) => sum + pair.before, 0)
      const after = pairs.reduce((sum, pair) => sum + pair.after, 0)
      const word = measure === 'refund' ? 'refunds' : 'extension fees'
      const sentence = `${word} go from ${formatMinor(before, currency)} to ${formatMinor(after, currency)}`
      return { base: before, growth: after - before, sentence }
    })
}

function countFigure(
  { actions }: BacktestReport,
  words: string,
  isCounted: (outcome: string) => boolean,
): Figure {
  const rows = actions.filter(({ outcome }) => isCounted(outcome))
  const before = rows.reduce((sum, { count }) => sum + count.before, 0)
  const after = rows.reduce((sum, { count }) => sum + count.after, 0)
  return {
    base: before,
    growth: after - before,
    sentence: `${words} go from ${before} to ${after}`,
  }
}
