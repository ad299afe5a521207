import {
  changedDecisions,
  exceededBudgets,
  type ReplayedOrder,
  readCostBudget,
  reportOf,
  startTally,
  tallyOrder,
} from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { aDecision, anAction, anOrder, limits } from './builders.ts'

function reportFor(...orders: readonly ReplayedOrder[]) {
  const tally = startTally()
  for (const order of orders) tallyOrder(tally, order)
  const after = new Map([['returns/Pay back', 1]])
  return reportOf(tally, { limits, ruleLimits: { before: new Map(), after } })
}

describe('changedDecisions', () => {
  const cases = [
    ['another name of the rule', anAction({ rule: 'returns/Renamed' }), false],
    ['another amount', anAction({ refundMinor: 1001 }), true],
    ['another outcome', anAction({ outcome: 'awaiting_approval' }), true],
    ['another reason', anAction({ why: 'limit:order:refund' }), true],
    ['another action', anAction({ type: 'sendOut' }), true],
    ['a draft in its place', anAction({ outcome: 'not_live' }), true],
  ] as const

  for (const [name, action, isChanged] of cases) {
    it(`${isChanged ? 'counts' : 'does not count'} ${name}`, () => {
      const order = anOrder({ before: [aDecision()], after: [aDecision([action])] })

      expect(changedDecisions(order)).toHaveLength(isChanged ? 1 : 0)
    })
  }

  it('does not count drafts and losers that come or go, nor the order of actions', () => {
    const two = [anAction(), anAction({ type: 'sendOut' })]
    const more = [...two.toReversed(), anAction({ outcome: 'superseded' })]

    expect(changedDecisions({ before: [aDecision(two)], after: [aDecision(more)] })).toEqual([])
  })

  it('counts an event that only one version was told of, if something was done', () => {
    const silent = aDecision([anAction({ outcome: 'not_live' })])

    expect(changedDecisions({ before: [], after: [aDecision()] })).toHaveLength(1)
    expect(changedDecisions({ before: [silent], after: [] })).toEqual([])
  })
})

describe('reportOf', () => {
  it('tells limits of a day that were passed, by version, and by how much', () => {
    const both = { before: [aDecision()], after: [aDecision()] }
    const other = aDecision([anAction()], { on: '2026-03-02' })
    const report = reportFor(
      anOrder(both),
      anOrder({ ...both, orderId: 'o-2' }),
      anOrder({ ...both, orderId: 'o-3', after: [aDecision(), other] }),
    )

    expect(report.dayLimits).toEqual([
      {
        owner: 'returns/Pay back',
        what: 'commands',
        before: { dayCount: 1, beyond: 1 },
        after: { dayCount: 1, beyond: 2 },
      },
      {
        owner: 'returns/Pay back',
        what: 'refund',
        currency: 'SEK',
        before: { dayCount: 1, beyond: 500 },
        after: { dayCount: 1, beyond: 500 },
      },
    ])
  })

  it('allows a currency that the limits do not list nothing', () => {
    const report = reportFor(anOrder({ currency: 'EUR', after: [aDecision()] }))

    expect(report.dayLimits.map(({ owner, currency }) => [owner, currency])).toEqual([
      ['merchant', 'EUR'],
      ['returns/Pay back', 'EUR'],
    ])
  })

  it('keeps currencies and outcomes apart', () => {
    const waits = aDecision([anAction({ outcome: 'awaiting_approval', why: 'limit:order:refund' })])
    const report = reportFor(
      anOrder({ before: [aDecision()], after: [waits] }),
      anOrder({ currency: 'EUR', before: [aDecision()], after: [] }),
    )

    expect(
      report.money.map(({ currency, outcome, refundMinor: { before, after } }) => [
        currency,
        outcome,
        before,
        after,
      ]),
    ).toEqual([
      ['EUR', 'queued', 1000, 0],
      ['SEK', 'awaiting_approval', 0, 1000],
      ['SEK', 'queued', 1000, 0],
    ])
    expect(report.waits).toEqual([
      { action: 'refund', why: 'limit:order:refund', count: { before: 0, after: 1 } },
    ])
  })
})

describe('budgets', () => {
  const report = reportFor(
    anOrder({ before: [aDecision()], after: [aDecision([anAction({ refundMinor: 1050 })])] }),
    anOrder({ currency: 'EUR', after: [aDecision([anAction({ refundMinor: 1 })])] }),
  )
  const cases = [
    ['refund:SEK>+5%', 0],
    ['refund:SEK>4%', 1],
    ['refund:SEK>49', 1],
    ['refund:SEK>50', 0],
    ['refund>+5%', 1],
    ['refund>+1000000%', 1],
    ['fee>0', 0],
    ['actions>0', 1],
    ['approvals>0', 0],
    ['changed>100%', 1],
    ['changed>2', 0],
  ] as const

  for (const [text, count] of cases) {
    it(`${count === 0 ? 'keeps within' : 'exceeds'} \`${text}\``, () => {
      const read = readCostBudget(text)

      expect(read.ok && exceededBudgets(report, [read.value])).toHaveLength(count)
    })
  }

  it('says both amounts', () => {
    const read = readCostBudget('refund:SEK>+1%')

    expect(read.ok && exceededBudgets(report, [read.value])).toEqual([
      { budget: 'refund:SEK>+1%', sentence: 'refunds go from 10.00 SEK to 10.50 SEK' },
    ])
  })

  for (const text of [
    '',
    'refund',
    'refund>',
    'refund<5',
    'refund>-5',
    'cost>5',
    'actions:SEK>1',
    'refund>1e9',
  ])
    it(`refuses \`${text}\``, () => expect(readCostBudget(text).ok).toBe(false))
})
