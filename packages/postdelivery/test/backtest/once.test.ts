import { createTally, createTallyOnce } from '@postdelivery/core'
import {
  builtInVocabulary,
  compileRules,
  simulatedRulesOf,
  validateRuleSet,
} from '@postdelivery/rules'
import { samplePastOrders } from 'postdelivery/testing'
import { expect, it } from 'vitest'
import { readPastOrder } from '../../src/backtest/past-order.ts'
import { unlimitedSettings } from '../../src/backtest/unlimited-settings.ts'
import { payBackOn } from './builders.ts'

function rulesOf(text: string) {
  const vocabulary = builtInVocabulary()
  const check = validateRuleSet(text, vocabulary)
  if (!check.ok) throw new Error(JSON.stringify(check.issues))
  return simulatedRulesOf(compileRules(vocabulary, [check.ruleSet]))
}

it('decides the last event as a simulation does in which no rule was asked before', () => {
  const versions = [
    rulesOf(payBackOn('return.received', 'return.inspected')),
    rulesOf(payBackOn('return.registered', 'return.received')),
  ]
  const settings = unlimitedSettings()
  const decideOnce = createTallyOnce(versions, { settings })
  const isAwake = (type: string) => versions.some((rules) => rules.awakeOn(type).length > 0)
  let firedCount = 0

  for (const sample of samplePastOrders({ orderCount: 300 })) {
    const read = readPastOrder(JSON.stringify(sample))
    if (!read.ok) throw new Error(read.error)
    const { events } = read.value
    const last = events.findLast(({ type }) => isAwake(type))
    const wanted = versions.flatMap((rules) => {
      const tally = createTally(rules, { settings, isAsked: (event) => event === last })
      return tally(events).steps.filter(({ event }) => event === last)
    })

    const steps = decideOnce(events)

    firedCount += steps.flatMap(({ actions }) => actions).length
    expect(steps).toEqual(wanted)
  }
  expect(firedCount).toBeGreaterThan(20)
})
