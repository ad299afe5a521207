import {
  addMs,
  type CountedRules,
  createLedger,
  createTally,
  type ReportedEvent,
  type RuleVerdict,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { captured, fired, returned, settings, T0 } from '../builders.ts'

/** Rules that fire whenever they are awake. */
const countedRules = (
  on: Readonly<Record<string, readonly number[]>>,
  verdicts: readonly RuleVerdict[],
): CountedRules => ({
  ruleSets: [{ name: 'returns', version: '1', hash: 'h', hitPolicy: 'collect', publishedBy: null }],
  evaluator: 'test',
  factsNeeded: () => [],
  factsWanted: () => [],
  limitsOf: () => ({}),
  rules: verdicts,
  awakeOn: (type) => on[type] ?? [],
  fired: (type) => on[type] ?? [],
})

const refund = fired('refund', { basis: 'returned_items' })
const later = fired('refund', { basis: 'remaining' }, { rule: 'later' })
const received = returned({ at: addMs(T0, 3_600_000) }) as ReportedEvent

describe('a tally', () => {
  it('tells of each rule that fired what became of it, with amounts and reasons', () => {
    const rules = countedRules({ 'return.received': [0, 1] }, [refund, later])
    const { approval, limits } = settings
    const tally = createTally(rules, {
      settings: { ...settings, limits, approval: { ...approval, refundAboveMinor: { SEK: 1 } } },
    })

    const { steps } = tally([captured(), received])

    expect(steps.map(({ event, fired: places }) => [event.type, places])).toEqual([
      ['order.captured', []],
      ['return.received', [0, 1]],
    ])
    expect(steps[1]?.actions).toEqual([
      {
        ruleIndex: 0,
        type: 'refund',
        outcome: 'awaiting_approval',
        refusal: null,
        commands: [
          {
            id: 'order-1/wms-881#0',
            operation: 'refundOrder',
            captureId: 'capture-1',
            refundMinor: 3000,
            feeMinor: 0,
            waitsFor: 'above_approval_threshold',
          },
        ],
      },
      { ruleIndex: 1, type: 'refund', outcome: 'superseded', refusal: null, commands: [] },
    ])
  })

  it('leaves out deadlines that wake no rule, and no others', () => {
    const until = addMs(T0, 30 * 24 * 3_600_000)
    const stepsOf = (on: Readonly<Record<string, readonly number[]>>) =>
      createTally(countedRules(on, [fired('sendOut')]), { settings, until })([captured()]).steps

    expect(stepsOf({}).map(({ event }) => event.type)).toEqual(['order.captured'])
    expect(stepsOf({ 'deadline.approaching': [0] }).length).toBeGreaterThan(3)
  })

  it('keeps the orders that share a ledger apart', () => {
    const ledger = createLedger()
    const rules = countedRules({ 'return.received': [0] }, [refund])
    const perMerchantAndDay = { ...settings.limits.perMerchantAndDay, commandMaxCount: 2 }
    const limits = { ...settings.limits, perMerchantAndDay }
    const tally = createTally(rules, { settings: { ...settings, limits }, ledger })

    const waits = ['order-1', 'order-2', 'order-3'].map((orderId) => {
      const events = [captured(), received].map((event) => ({ ...event, orderId }))
      return tally(events as readonly ReportedEvent[]).steps[1]?.actions[0]?.commands[0]?.waitsFor
    })

    expect(waits).toEqual([null, null, 'limit:merchant:count:2026-12-08'])
  })
})
