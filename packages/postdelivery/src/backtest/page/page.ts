/** The result of a backtest as one page: no script, nothing from elsewhere, every figure of a chart in a table as well. */
import { createHash } from 'node:crypto'
import { addDays, daysBetween, formatMinor, plainDate } from '@postdelivery/core'
import type { Pair } from '@postdelivery/rules'
import type { BacktestResult } from '../backtest-result.ts'
import type { ExplainedOrder } from '../explain-examples.ts'
import { headFigures, headSentences, sayNumber, signed } from '../words.ts'
import { barChart, columnChart } from './charts.ts'
import { type Html, html } from './html.ts'
import { STYLE } from './style.ts'
import { type Cells, table } from './table.ts'

/** Renders the page. The same result gives the same text. */
export function renderBacktestPage(result: BacktestResult): string {
  const sections = [
    moneySection(result),
    timeSection(result),
    rulesSection(result),
    actionsSection(result),
    reasonSection('Waits for people', result.waits),
    reasonSection('Refused', result.refusals),
    dayLimitSection(result),
    examplesSection(result.examples),
    problemSection(result),
  ]
  const [title = '', ...lines] = headSentences(result)
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash()}'">
<title>Backtest: ${title}</title>
`.text
  const body = html`</head><body><main>
<h1>${title}</h1>
${lines.map((line) => html`<p class="dim">${line}</p>`)}
${result.exceeded.map(({ budget, sentence }) => html`<p class="alarm">Over budget: <strong>${budget}</strong>: ${sentence}</p>`)}
<dl class="figures">${headFigures(result).map(({ name, figure }) => html`<div><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>
${sections}
</main></body></html>
`.text
  return `${page}<style>${STYLE}</style>${body}`
}

/** The page allows this one style sheet and nothing else. */
const styleHash = (): string => createHash('sha256').update(STYLE).digest('base64')

const KEY = html`<figcaption><span class="key before"></span>before<span class="key after"></span>after</figcaption>`
const NOTHING = html``

const section = (title: string, ...parts: readonly Html[]): Html =>
  html`<section><h2>${title}</h2>${parts}</section>`

const counts = ({ before, after }: Pair): Cells => [
  sayNumber(before),
  sayNumber(after),
  signed(after - before, sayNumber),
]

function moneySection({ money }: BacktestResult): Html {
  const rows = money.flatMap(({ action, outcome, currency, refundMinor, feeMinor }) =>
    (
      [
        ['refunds', refundMinor],
        ['fees', feeMinor],
      ] as const
    )
      .filter(([, pair]) => pair.before > 0 || pair.after > 0)
      .map(([what, pair]) => ({ action, outcome, currency, what, pair })),
  )
  if (rows.length === 0) return section('Money', html`<p>No money moves in either version.</p>`)
  const charts = [...new Set(rows.map(({ currency }) => currency))].map((currency) => {
    const bars = rows
      .filter((row) => row.currency === currency)
      .map(({ action, outcome, what, pair }) => ({
        label: outcome === 'queued' ? `${action}: ${what}` : `${action}: ${what} that wait`,
        ...pair,
        beforeText: formatMinor(pair.before, currency),
        afterText: formatMinor(pair.after, currency),
      }))
    return html`<figure><h3>${currency}</h3>${barChart(`Money in ${currency} before and after`, bars)}${KEY}</figure>`
  })
  const figures = rows.map(({ action, outcome, currency, what, pair }) => {
    const say = (minor: number) => formatMinor(minor, currency)
    return [
      action,
      outcome,
      what,
      say(pair.before),
      say(pair.after),
      signed(pair.after - pair.before, say),
    ]
  })
  const heads = { texts: ['Action', 'Outcome', 'What'], numbers: ['Before', 'After', 'Change'] }
  return section('Money', ...charts, table('Money by action', heads, figures))
}

function timeSection({ days, changedDecisionCount, firstOn, lastOn }: BacktestResult): Html {
  if (changedDecisionCount === 0) return NOTHING
  const counts = new Map(days.map((day) => [day.on, day.changedDecisionCount]))
  const first = days.reduce((least, { on }) => (on < least ? on : least), firstOn)
  const last = days.reduce((most, { on }) => (on > most ? on : most), lastOn)
  const columns = daysFrom(first, last).map((on) => ({ label: on, count: counts.get(on) ?? 0 }))
  const changed = days.filter((day) => day.changedDecisionCount > 0)
  return section(
    'Changed decisions over time',
    html`<figure>${columnChart('Changed decisions by day', columns)}</figure>`,
    html`<details><summary>As a table</summary>${table(
      'Changed decisions by day',
      { texts: ['Day'], numbers: ['Changed decisions'] },
      changed.map((day) => [day.on, sayNumber(day.changedDecisionCount)]),
    )}</details>`,
  )
}

const DAY_MAX_COUNT = 4_000

/** Every day of a period, so that quiet ones are seen as well. */
function daysFrom(first: string, last: string): readonly string[] {
  const [from, to] = [plainDate(first), plainDate(last)]
  const count = Math.min(DAY_MAX_COUNT, daysBetween(from, to) + 1)
  return Array.from({ length: count }, (_, index) => addDays(from, index))
}

const TOP_RULE_COUNT = 12

function rulesSection({ rules }: BacktestResult): Html {
  if (rules.length === 0) return NOTHING
  const change = ({ firedCount }: (typeof rules)[number]) =>
    Math.abs(firedCount.after - firedCount.before)
  const top = rules.toSorted(
    (a, b) => change(b) - change(a) || b.firedCount.after - a.firedCount.after,
  )
  const bars = top.slice(0, TOP_RULE_COUNT).map(({ rule, firedCount }) => ({
    label: rule,
    ...firedCount,
    beforeText: sayNumber(firedCount.before),
    afterText: sayNumber(firedCount.after),
  }))
  const heads = {
    texts: ['Rule'],
    numbers: ['Fired before', 'After', 'Change', 'Done before', 'After', 'Change'],
  }
  return section(
    'Rules',
    html`<figure>${barChart('How often rules fired before and after', bars)}${KEY}</figure>`,
    table(
      'How often each rule fired, and how often that was done',
      heads,
      top.map(({ rule, firedCount, queuedCount }) => [
        rule,
        ...counts(firedCount),
        ...counts(queuedCount),
      ]),
    ),
  )
}

const PAIR = ['Before', 'After', 'Change']

function actionsSection({ actions }: BacktestResult): Html {
  if (actions.length === 0) return NOTHING
  const rows = actions.map(({ action, outcome, count }) => [action, outcome, ...counts(count)])
  const heads = { texts: ['Action', 'Outcome'], numbers: PAIR }
  return section('Actions', table('Actions by outcome', heads, rows))
}

function reasonSection(title: string, reasons: BacktestResult['waits']): Html {
  if (reasons.length === 0) return NOTHING
  const rows = reasons.map(({ action, why, count }) => [action, why, ...counts(count)])
  return section(title, table(title, { texts: ['Action', 'Why'], numbers: PAIR }, rows))
}

function dayLimitSection({ dayLimits }: BacktestResult): Html {
  if (dayLimits.length === 0) return NOTHING
  const rows = dayLimits.map(({ owner, what, currency, before, after }) => {
    const say = (beyond: number) =>
      currency === undefined ? sayNumber(beyond) : formatMinor(beyond, currency)
    return [
      owner,
      what,
      sayNumber(before.dayCount),
      sayNumber(after.dayCount),
      say(before.beyond),
      say(after.beyond),
    ]
  })
  const heads = {
    texts: ['Whose', 'What'],
    numbers: ['Days before', 'Days after', 'Beyond before', 'Beyond after'],
  }
  const note = html`<p class="dim">Orders are replayed each alone. These limits are counted afterwards and held nothing back.</p>`
  return section('Limits of a day that are passed', note, table('Limits of a day', heads, rows))
}

function examplesSection(examples: readonly ExplainedOrder[]): Html {
  if (examples.length === 0) return NOTHING
  const articles = examples.map(
    ({ orderId, currency, differenceMinor, decisions }) => html`<article><h3>${orderId}</h3>
<p class="dim">differs by ${formatMinor(differenceMinor, currency)}</p>
<dl>${decisions.map(
      ({
        eventType,
        on,
        before,
        after,
      }) => html`<dt>${on} ${eventType}, before</dt><dd>${before.join('; ')}</dd>
<dt>${on} ${eventType}, after</dt><dd>${after.join('; ')}</dd>`,
    )}</dl></article>`,
  )
  return section('Orders that change most', ...articles)
}

function problemSection({ problemCount, problems }: BacktestResult): Html {
  if (problemCount === 0) return NOTHING
  const rows = problems.map(({ line, reason }) => [reason, sayNumber(line)])
  const note = html`<p>${sayNumber(problemCount)} lines are in no figure of this page.</p>`
  const heads = { texts: ['Why'], numbers: ['Line'] }
  return section('Lines that could not be read', note, table('The first of them', heads, rows))
}
