/** What a backtest came to, in the words that a terminal and a page share. */
import type { BacktestResult } from './backtest-result.ts'

/** What was compared, on what, and how much changed. */
export function headSentences(result: BacktestResult): readonly string[] {
  const { orderCount, problemCount } = result
  return [
    `${namesOf(result.before)} -> ${namesOf(result.after)}`,
    ...(orderCount === 0 ? ['no orders'] : orderSentences(result)),
    ...(problemCount === 0 ? [] : [`${sayNumber(problemCount)} lines could not be read`]),
  ]
}

function orderSentences(result: BacktestResult): readonly string[] {
  const { orderCount, eventCount, firstOn, lastOn } = result
  const { changedOrderCount, changedDecisionCount } = result
  return [
    `${sayNumber(orderCount)} orders with ${sayNumber(eventCount)} events, ${firstOn} to ${lastOn}; ${toldOf(result)}`,
    `${sayNumber(changedDecisionCount)} decisions changed, in ${sayNumber(changedOrderCount)} orders`,
  ]
}

function toldOf(result: BacktestResult): string {
  const { mode, untilOn, lastOn } = result
  if (mode === 'once') return 'one decision an order'
  if (untilOn === null) return 'told until the last event of each'
  const longer = goesOnAfterUntil(result) ? `, or to a later last event (${lastOn})` : ''
  return `told until ${untilOn}${longer}`
}

/** Whether some order has events after the day that orders were to be told to. */
export const goesOnAfterUntil = ({ untilOn, lastOn }: BacktestResult): boolean =>
  untilOn !== null && lastOn > untilOn

const namesOf = (versions: BacktestResult['before']): string =>
  versions.length === 0
    ? 'no rules'
    : versions.map(({ name, version }) => `${name} ${version}`).join(', ')

/** The figures that a reader looks for first. */
export function headFigures(
  result: BacktestResult,
): readonly { readonly name: string; readonly figure: string }[] {
  return [
    { name: 'orders', figure: sayNumber(result.orderCount) },
    { name: 'orders changed', figure: sayNumber(result.changedOrderCount) },
    { name: 'decisions changed', figure: sayNumber(result.changedDecisionCount) },
    { name: 'lines not read', figure: sayNumber(result.problemCount) },
  ]
}

/** A whole number with commas between its thousands. */
export const sayNumber = (count: number): string =>
  String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** A change with its sign; nothing where nothing changed. */
export const signed = (change: number, say: (size: number) => string): string =>
  change === 0 ? '' : `${change > 0 ? '+' : '-'}${say(Math.abs(change))}`
