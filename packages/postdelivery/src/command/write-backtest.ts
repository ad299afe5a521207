/** Writes the result of a backtest for people at a terminal. */
import { formatMinor } from '@postdelivery/core'
import type { Pair } from '@postdelivery/rules'
import type { BacktestResult } from '../backtest/backtest-result.ts'
import { headSentences, sayNumber, signed } from '../backtest/words.ts'
import { type Output, printable } from './output.ts'
import { writeTable } from './write-table.ts'

/** Writes all tables that have rows, the most important first. */
export function writeBacktest(out: Output, result: BacktestResult): void {
  for (const line of headSentences(result)) out.line(printable(line))
  writeSection(out, 'MONEY', ['ACTION', 'OUTCOME', 'WHAT', ...PAIR], moneyRows(result))
  writeSection(
    out,
    'ACTIONS',
    ['ACTION', 'OUTCOME', ...PAIR],
    result.actions.map(({ action, outcome, count }) => [action, outcome, ...counts(count)]),
  )
  writeSection(
    out,
    'RULES',
    ['RULE', 'FIRED BEFORE', 'AFTER', 'DONE BEFORE', 'AFTER'],
    result.rules.map(({ rule, firedCount, queuedCount }) => [
      rule,
      ...counts(firedCount).slice(0, 2),
      ...counts(queuedCount).slice(0, 2),
    ]),
  )
  writeSection(
    out,
    'WAITS FOR PEOPLE',
    ['ACTION', 'WHY', ...PAIR],
    result.waits.map(({ action, why, count }) => [action, why, ...counts(count)]),
  )
  writeSection(
    out,
    'REFUSED',
    ['ACTION', 'WHY', ...PAIR],
    result.refusals.map(({ action, why, count }) => [action, why, ...counts(count)]),
  )
  writeSection(
    out,
    'LIMITS OF A DAY (counted afterwards, not applied)',
    ['WHOSE', 'WHAT', 'DAYS BEFORE', 'DAYS AFTER', 'BEYOND BEFORE', 'BEYOND AFTER'],
    result.dayLimits.map(({ owner, what, currency, before, after }) => [
      owner,
      what,
      String(before.dayCount),
      String(after.dayCount),
      ...[before.beyond, after.beyond].map((beyond) =>
        currency === undefined ? String(beyond) : formatMinor(beyond, currency),
      ),
    ]),
  )
  writeExamples(out, result)
  for (const { budget, sentence } of result.exceeded)
    out.line(out.paint('red', `over budget: ${budget}: ${printable(sentence)}`))
}

const PAIR = ['BEFORE', 'AFTER', 'CHANGE']

function counts({ before, after }: Pair): readonly [string, string, string] {
  return [sayNumber(before), sayNumber(after), signed(after - before, sayNumber)]
}

function moneyRows({ money }: BacktestResult): readonly (readonly string[])[] {
  return money.flatMap(({ action, outcome, currency, refundMinor, feeMinor }) =>
    (
      [
        ['refunds', refundMinor],
        ['fees', feeMinor],
      ] as const
    ).flatMap(([what, pair]) => {
      if (pair.before === 0 && pair.after === 0) return []
      const say = (minor: number) => formatMinor(minor, currency)
      const amounts = [say(pair.before), say(pair.after), signed(pair.after - pair.before, say)]
      return [[action, outcome, what, ...amounts]]
    }),
  )
}

function writeSection(
  out: Output,
  title: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  if (rows.length === 0) return
  out.line('', out.paint('bold', title))
  writeTable(out, headings, rows)
}

const SHOWN_EXAMPLES = 5

function writeExamples(out: Output, { examples }: BacktestResult): void {
  if (examples.length === 0) return
  out.line('', out.paint('bold', 'ORDERS THAT CHANGE MOST'))
  for (const { orderId, currency, differenceMinor, decisions } of examples.slice(
    0,
    SHOWN_EXAMPLES,
  )) {
    out.line(`${printable(orderId)}  ${formatMinor(differenceMinor, currency)}`)
    for (const { eventType, on, before, after } of decisions) {
      out.line(`  ${on} ${eventType}`)
      out.line(`    before: ${before.map(printable).join('; ')}`)
      out.line(`    after:  ${after.map(printable).join('; ')}`)
    }
  }
  if (examples.length > SHOWN_EXAMPLES)
    out.line(`${examples.length - SHOWN_EXAMPLES} more with --json or --html`)
}
