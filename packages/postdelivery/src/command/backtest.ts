/** `postdelivery backtest`: replays past orders under rules, through the lifecycle. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import {
  addDays,
  addMs,
  dateInZone,
  type IsoInstant,
  instant,
  isPlainDate,
  startOfDate,
} from '@postdelivery/core'
import { type CostBudget, readCostBudget } from '@postdelivery/rules'
import type { BacktestPlan } from '../backtest/backtest-plan.ts'
import { type BacktestResult, resultOf } from '../backtest/backtest-result.ts'
import { type BacktestProgress, runBacktest } from '../backtest/run-backtest.ts'
import { unlimitedSettings } from '../backtest/unlimited-settings.ts'
import { goesOnAfterUntil, sayNumber } from '../backtest/words.ts'
import { checkConfig } from '../check-config.ts'
import { ConfigError } from '../config-error.ts'
import { type CommandContext, defineCommand, type OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { openPastOrders, type PastOrders } from './past-orders.ts'
import { readVocabulary } from './read-vocabulary.ts'
import { readVersion } from './version-files.ts'
import { writeBacktest } from './write-backtest.ts'

const OPTIONS = {
  orders: {
    type: 'text',
    value: 'FILE',
    summary: 'past orders, one a line; `-` is standard input',
  },
  store: { type: 'text', value: 'FILE', summary: 'past orders from the SQLite file of an engine' },
  before: {
    type: 'text',
    value: 'PATH',
    summary: 'the version to compare with; left out: no rules at all',
  },
  after: { type: 'text', value: 'PATH', summary: 'the rules, if RULES is not said' },
  once: {
    type: 'flag',
    summary: 'decide each order once, at its last event, and carry nothing on: quicker, coarser',
  },
  until: {
    type: 'text',
    value: 'DATE',
    summary: 'tell orders to the end of this day, deadlines included; default: today',
  },
  people: {
    type: 'choice',
    choices: ['silent', 'agree'],
    summary: 'what people say to what waits for them; default: silent, so that it expires',
  },
  workers: {
    type: 'integer',
    value: 'N',
    min: 1,
    max: 64,
    summary: 'threads that count; default: one for each core',
  },
  'fail-if': {
    type: 'list',
    value: 'BUDGET',
    summary: 'exit with 5 when it is exceeded, for example "refund>+5%"',
  },
  strict: { type: 'flag', summary: 'exit with 1 when a line cannot be read' },
  examples: {
    type: 'integer',
    value: 'N',
    min: 0,
    max: 1_000,
    summary: 'changed orders that are explained; default: 20',
  },
  html: { type: 'text', value: 'FILE', summary: 'also write a page with charts' },
} as const satisfies OptionTable

type BacktestContext = CommandContext<typeof OPTIONS>

export const backtestCommand = defineCommand({
  arguments: [
    {
      name: 'RULES',
      summary: 'a rule file, or a folder of rules that are in force together',
      count: 'optional',
      completes: 'files',
    },
  ],
  options: OPTIONS,
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['backtest rules --orders orders.ndjson', 'what these rules would have done'],
    [
      'backtest rules --before rules-in-force --orders orders.ndjson --html report.html',
      'what a change would have changed, with charts',
    ],
    ['backtest rules --before main/rules --store orders.db --fail-if "refund>+5%"', 'for CI'],
  ],
  notes: [
    'Budgets: refund, fee (with or without :SEK), actions, approvals, changed; an amount in minor units or percent.',
    'Orders are replayed each alone: limits of a day are counted afterwards and hold nothing back.',
    'Without a configuration days are counted in UTC and nothing is limited.',
  ],
  async run(context) {
    const { options, format, out, talk, signal } = context
    const budgets = options['fail-if'].map(readBudget)
    const plan = await readPlan(context)
    await using pastOrders = await openPastOrders(context, options)
    let counted: Awaited<ReturnType<typeof runBacktest>>
    try {
      counted = await runBacktest(plan, {
        blocks: pastOrders.blocks,
        workerCount: workersFor(pastOrders, options.workers),
        signal,
        onProgress: showProgress(context),
      })
    } catch (error) {
      if (signal.aborted) return EXIT.interrupted
      throw error
    }
    talk.progress('')
    const result = resultOf(plan, counted, budgets)
    for (const { line, reason } of result.problems) talk.line(`line ${line}: ${reason}`)
    if (result.problemCount > result.problems.length)
      talk.line(`and ${sayNumber(result.problemCount - result.problems.length)} more lines`)
    if (goesOnAfterUntil(result))
      talk.line(`note: orders with events after ${result.untilOn} were told to their last event`)
    if (options.html !== undefined) await writePage(context, options.html, result)
    if (format === 'json') out.data(result)
    else writeBacktest(out, result)
    if (budgets.length > 0 && result.orderCount === 0) {
      talk.line('no order was counted, so no budget could be checked')
      return EXIT.findings
    }
    return exitCodeOf(result, options.strict)
  },
})

function exitCodeOf(
  { exceeded, problemCount, orderCount }: BacktestResult,
  isStrict: boolean,
): ExitCode {
  if (exceeded.length > 0) return EXIT.limit
  if (isStrict && problemCount > 0) return EXIT.findings
  return orderCount === 0 && problemCount > 0 ? EXIT.findings : EXIT.fine
}

function readBudget(text: string): CostBudget {
  const read = readCostBudget(text)
  if (read.ok) return read.value
  throw new CommandError(EXIT.usage, read.error, { hint: 'for example `--fail-if "refund>+5%"`' })
}

async function readPlan(context: BacktestContext): Promise<BacktestPlan> {
  const { options, talk, loadConfigIfAny } = context
  const [after = options.after] = context.arguments
  if (after === undefined || (options.after !== undefined && context.arguments.length > 0))
    throw new CommandError(EXIT.usage, 'the rules to replay are said once, as RULES or `--after`')
  const vocabulary = await readVocabulary(context, [after])
  const loaded = await loadConfigIfAny(after)
  const checked = loaded === undefined ? null : checkConfig(loaded.config)
  if (checked !== null && checked.settings === null) throw new ConfigError(checked.problems)
  if (checked === null) talk.line('no configuration: days in UTC, no limits')
  // What is asked is what the rules would do, also while the engine only observes.
  const settings = { ...(checked?.settings ?? unlimitedSettings()), observe: false }
  return {
    before:
      options.before === undefined ? [] : readVersion(context, options.before, vocabulary).files,
    after: readVersion(context, after, vocabulary).files,
    // A loader cannot be asked about the past, and a function cannot be sent to a worker.
    ownFacts: (loaded?.config.facts ?? []).map(({ load: _, ...definition }) => definition),
    settings,
    until: endOf(options.until, settings.timeZone),
    once: options.once,
    peopleAgree: options.people === 'agree',
    exampleMaxCount: options.examples ?? 20,
  }
}

/** The last instant of a day; default: today. */
function endOf(said: string | undefined, timeZone: string): IsoInstant {
  const date = said ?? dateInZone(instant(new Date().toISOString()), timeZone)
  if (isPlainDate(date)) return addMs(startOfDate(addDays(date, 1), timeZone), -1)
  throw new CommandError(EXIT.usage, `\`${date}\` is no date such as \`2026-12-31\``)
}

/** Below this many bytes starting a worker takes longer than counting. */
const SMALL_BYTES = 1_048_576

function workersFor({ byteCount }: PastOrders, said: number | undefined): number {
  if (said !== undefined) return said
  return byteCount !== null && byteCount < SMALL_BYTES ? 0 : availableParallelism()
}

const SHOWN_EVERY_MS = 200

function showProgress({ talk }: BacktestContext): (progress: BacktestProgress) => void {
  const startedAtMs = performance.now()
  let shownAtMs = startedAtMs
  return ({ orderCount }) => {
    const nowMs = performance.now()
    if (nowMs - shownAtMs < SHOWN_EVERY_MS) return
    shownAtMs = nowMs
    const perSecond = Math.round((orderCount * 1_000) / (nowMs - startedAtMs))
    talk.progress(`${sayNumber(orderCount)} orders, ${sayNumber(perSecond)} a second`)
  }
}

async function writePage(
  { resolve, talk }: BacktestContext,
  file: string,
  result: BacktestResult,
): Promise<void> {
  const { renderBacktestPage } = await import('../backtest/page/page.ts')
  try {
    writeFileSync(resolve(file), renderBacktestPage(result))
  } catch (error) {
    throw new CommandError(EXIT.configuration, `\`${file}\` cannot be written`, { cause: error })
  }
  talk.line(`wrote ${file}`)
}
