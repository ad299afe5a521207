import { expect, it } from 'vitest'
import type { BacktestPlan } from '../../src/backtest/backtest-plan.ts'
import { resultOf } from '../../src/backtest/backtest-result.ts'
import { readBlocks } from '../../src/backtest/blocks.ts'
import { runBacktest } from '../../src/backtest/run-backtest.ts'
import { captured, chunksOf, pastOrder, payBackOn, planOf, ruleSet } from './builders.ts'

async function backtest(plan: BacktestPlan, lines: readonly string[], workerCount = 0) {
  const blocks = readBlocks(chunksOf(lines.join('\n')))
  return resultOf(plan, await runBacktest(plan, { blocks, workerCount }), [])
}

const both = ['return.registered', 'return.received'] as const

it('lets an earlier decision change what is decided later', async () => {
  const plan = planOf(payBackOn('return.received'), payBackOn(...both))

  const result = await backtest(plan, [pastOrder('o-1')])

  expect(result.actions).toEqual([
    { action: 'refund', outcome: 'queued', count: { before: 1, after: 1 } },
    { action: 'refund', outcome: 'refused', count: { before: 0, after: 1 } },
  ])
  expect(result.refusals).toEqual([
    { action: 'refund', why: 'already_refunded', count: { before: 0, after: 1 } },
  ])
  expect(result.money[0]?.refundMinor).toEqual({ before: 10_000, after: 10_000 })
  expect(result.changedDecisionCount).toBe(2)
})

it('decides each order once at its last event when it is asked to', async () => {
  const plan = planOf(payBackOn('return.received'), payBackOn(...both), { once: true })

  const result = await backtest(plan, [pastOrder('o-1')])

  expect(result.actions).toEqual([
    { action: 'refund', outcome: 'queued', count: { before: 1, after: 1 } },
  ])
  expect(result.changedDecisionCount).toBe(0)
})

it('takes the fee from the offers of the order, else from the price list', async () => {
  const extend = ruleSet([
    {
      name: 'More time',
      on: ['return.registered'],
      mode: 'live',
      conditions: { all: [{ fact: 'order.payLater', operator: 'equal', value: true }] },
      event: { type: 'extendDueDate', params: { days: 10, maxFeeMinor: { SEK: 5_000 } } },
      limits: { perOrder: 1 },
    },
  ])
  const offered = pastOrder('o-1', { offers: [{ days: 10, feeMinor: 1_234 }] })

  const result = await backtest(planOf(null, extend), [offered, pastOrder('o-2')])

  expect(result.money.map(({ feeMinor }) => feeMinor.after)).toEqual([1_234 + 1_000])
})

it('fires deadlines after the last event, up to the end of the time that is told', async () => {
  const remind = ruleSet([
    {
      name: 'Remind',
      on: ['deadline.approaching'],
      mode: 'live',
      conditions: { all: [{ fact: 'event.deadline', operator: 'equal', value: 'due_date' }] },
      event: { type: 'review', params: { question: 'Still open?' } },
    },
  ])
  const line = JSON.stringify({ orderId: 'o-1', events: [captured('o-1')] })
  const until = '2026-12-31T00:00:00.000Z' as BacktestPlan['until']

  const told = await backtest(planOf(null, remind, { until }), [line])
  const untold = await backtest(planOf(null, remind), [line])

  expect(told.actions).toEqual([
    { action: 'review', outcome: 'done', count: { before: 0, after: 4 } },
  ])
  expect(untold.actions).toEqual([])
})

it('carries on where people agree, and lets it expire where they are silent', async () => {
  const ask = payBackOn(...both).replace('"live"', '"approval"')

  const silent = await backtest(planOf(null, ask), [pastOrder('o-1')])
  const agreed = await backtest(planOf(null, ask, { peopleAgree: true }), [pastOrder('o-1')])

  expect(silent.actions.map(({ outcome }) => outcome)).toEqual(['awaiting_approval'])
  expect(agreed.actions.map(({ outcome }) => outcome)).toEqual(['awaiting_approval', 'refused'])
})

it('counts limits of a day over all orders, and holds nothing back for them', async () => {
  const lines = ['o-1', 'o-2', 'o-3', 'o-4'].map((orderId) => pastOrder(orderId))

  const result = await backtest(planOf(null, payBackOn('return.received')), lines)

  expect(result.dayLimits).toEqual([
    {
      owner: 'returns/Pay back',
      what: 'commands',
      before: { dayCount: 0, beyond: 0 },
      after: { dayCount: 1, beyond: 2 },
    },
  ])
  expect(result.actions[0]?.count.after).toBe(4)
})

it('comes to the same with any number of workers, and names every line that it leaves out', async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) =>
    index % 100 === 7 ? `{"orderId":"o-${index}"}` : pastOrder(`o-${index}`),
  )
  const plan = planOf(payBackOn('return.received'), payBackOn(...both))

  const [here, one, three] = await Promise.all(
    [0, 1, 3].map((count) => backtest(plan, lines, count)),
  )

  expect(one).toEqual(here)
  expect(three).toEqual(here)
  expect(here?.orderCount).toBe(990)
  expect(here?.problemCount).toBe(10)
  expect(here?.problems[0]).toEqual({ line: 8, reason: '`/events` is missing' })
})

it('says that a line is no text and goes on with the next', async () => {
  const good = new TextEncoder().encode(`${pastOrder('o-1')}\n`)
  async function* chunks() {
    yield Uint8Array.from([0xff, 0xfe, 0x0a, ...good])
  }
  const plan = planOf(null, payBackOn('return.received'))

  const counted = await runBacktest(plan, { blocks: readBlocks(chunks()), workerCount: 0 })

  expect(counted.problems).toEqual([{ line: 1, reason: 'this is no text in UTF-8' }])
  expect(counted.tally.orderCount).toBe(1)
})

it('stops when it is told to, and throws what a worker threw', async () => {
  const stop = new AbortController()
  async function* endless() {
    for (;;) {
      stop.abort(new Error('enough'))
      yield new TextEncoder().encode(`${pastOrder('o-1')}\n`.repeat(1_000))
    }
  }
  const plan = planOf(null, payBackOn('return.received'))
  const run = { blocks: readBlocks(endless()), workerCount: 2 }

  await expect(runBacktest(plan, { ...run, signal: stop.signal })).rejects.toThrow('enough')
  await expect(runBacktest({ ...plan, after: [{ file: 'x', text: '{' }] }, run)).rejects.toThrow(
    '`x` is no good rule set',
  )
})

it('explains the orders that change most in the words of their decisions', async () => {
  const plan = planOf(payBackOn('return.received'), payBackOn('return.registered'))

  const { examples } = await backtest(plan, [pastOrder('o-1')])

  expect(examples).toEqual([
    {
      orderId: 'o-1',
      currency: 'SEK',
      differenceMinor: 0,
      decisions: [
        {
          eventType: 'return.registered',
          on: '2026-03-04',
          before: ['no rule is awake on this event'],
          after: ['damaged: refund 100.00 SEK'],
        },
        {
          eventType: 'return.received',
          on: '2026-03-10',
          before: ['damaged: refund 100.00 SEK'],
          after: ['no rule is awake on this event'],
        },
      ],
    },
  ])
})
