/** Past orders and rules for tests of backtests. */
import type { BacktestPlan } from '../../src/backtest/backtest-plan.ts'
import { unlimitedSettings } from '../../src/backtest/unlimited-settings.ts'

type Json = Readonly<Record<string, unknown>>

const DAY_MS = 86_400_000
const START_MS = Date.parse('2026-03-01T09:00:00.000Z')

/** An instant some days after the capture. */
const dayAfter = (days: number): string => new Date(START_MS + days * DAY_MS).toISOString()

export const captured = (orderId: string, changes: Json = {}): Json => ({
  id: `${orderId}-1`,
  type: 'order.captured',
  orderId,
  at: dayAfter(0),
  order: {
    currency: 'SEK',
    country: 'SE',
    payLater: true,
    authorizedMinor: 30_000,
    remainingAuthorizedMinor: 0,
  },
  captures: [
    {
      captureId: 'c-1',
      capturedMinor: 30_000,
      capturedAt: dayAfter(0),
      dueOn: dayAfter(30).slice(0, 10),
      lines: [
        {
          reference: 'shirt',
          name: 'Shirt',
          quantity: 3,
          unitPriceMinor: 10_000,
          totalMinor: 30_000,
        },
      ],
    },
  ],
  ...changes,
})

export const returned = (
  orderId: string,
  stage: 'registered' | 'received',
  days: number,
): Json => ({
  id: `${orderId}-${stage}`,
  type: `return.${stage}`,
  orderId,
  at: dayAfter(days),
  returnId: 'r-1',
  captureId: 'c-1',
  reason: 'damaged',
  lines: [{ reference: 'shirt', quantity: 1 }],
})

/** One line of a file: an order with a return that is announced and comes back. */
export const pastOrder = (orderId: string, changes: Json = {}): string =>
  JSON.stringify({
    orderId,
    events: [
      captured(orderId),
      returned(orderId, 'registered', 3),
      returned(orderId, 'received', 9),
    ],
    ...changes,
  })

/** The text of a set that pays back damaged goods at these events. */
export const payBackOn = (...on: readonly string[]): string =>
  ruleSet([
    {
      name: 'Pay back',
      on,
      mode: 'live',
      conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] },
      event: { type: 'refund', params: { basis: 'returned_items' } },
      limits: { perOrder: 5, perDay: 2 },
    },
  ])

export const ruleSet = (rules: readonly Json[]): string =>
  JSON.stringify({ name: 'returns', version: '1', publishedBy: 'ops@shop.example', rules })

/** A plan over the texts of two versions. */
export const planOf = (
  before: string | null,
  after: string,
  changes: Partial<BacktestPlan> = {},
): BacktestPlan => ({
  before: before === null ? [] : [{ file: 'before.rules.json', text: before }],
  after: [{ file: 'after.rules.json', text: after }],
  ownFacts: [],
  settings: unlimitedSettings(),
  until: null,
  once: false,
  peopleAgree: false,
  exampleMaxCount: 3,
  ...changes,
})

/** Lines as a stream of chunks. */
export async function* chunksOf(text: string, sizes: readonly number[] = [65_536]) {
  const bytes = new TextEncoder().encode(text)
  let start = 0
  for (let index = 0; start < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1
    yield bytes.subarray(start, start + size)
    start += size
  }
}
