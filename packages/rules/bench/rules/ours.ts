/** Our own evaluator: without trace, with full trace, and beside json-rules-engine as live orders have it. */
import type { RuleVerdict } from '@postdelivery/core'
import {
  builtInVocabulary,
  compileRules,
  createRuleBook,
  type RuleSet,
  validateRuleSet,
} from '@postdelivery/rules'
import type { Contender } from './contender.ts'
import { EVENT_TYPE, type Workload } from './workload.ts'

const RULES_PER_SET = 500

/** Only the rules that fire. */
export function oursWithoutTrace(workload: Workload): Contender {
  const compiled = compileRules(builtInVocabulary(), ruleSetsOf(workload))
  return {
    name: 'ours, without trace',
    orders: workload.orders,
    decide: (facts) => compiled.fired(EVENT_TYPE, facts),
    firedIn: (answer) => answer as readonly number[],
  }
}

/** What every condition of every rule saw and said. */
export function oursWithTrace(workload: Workload): Contender {
  const compiled = compileRules(builtInVocabulary(), ruleSetsOf(workload))
  return {
    name: 'ours, full trace',
    orders: workload.orders,
    decide: (facts) => compiled.verdicts(EVENT_TYPE, facts),
    firedIn: firedInVerdicts,
  }
}

/** What decides live orders. */
export function oursChecked(workload: Workload): Contender {
  const book = createRuleBook(builtInVocabulary(), ruleSetsOf(workload))
  if (!book.ok) throw new Error('the rule sets are refused')
  const rules = book.value.inForce()
  return {
    name: 'ours, checked',
    orders: workload.orders,
    decide: (facts) => rules.evaluate(EVENT_TYPE, facts),
    firedIn: firedInVerdicts,
  }
}

const firedInVerdicts = (answer: unknown): readonly number[] =>
  (answer as readonly RuleVerdict[]).flatMap(({ verdict, rule }) =>
    verdict === 'true' ? [Number(rule)] : [],
  )

function ruleSetsOf({ rules }: Workload): readonly RuleSet[] {
  const documents = rules.map((all, index) => ({
    name: String(index),
    on: [EVENT_TYPE],
    mode: 'live',
    conditions: { all },
    event: { type: 'sendOut' },
  }))
  return Array.from({ length: Math.ceil(rules.length / RULES_PER_SET) }, (_, index) => {
    const text = JSON.stringify({
      name: `set-${index}`,
      version: '1',
      publishedBy: 'ops@shop.example',
      rules: documents.slice(index * RULES_PER_SET, (index + 1) * RULES_PER_SET),
    })
    const check = validateRuleSet(text, builtInVocabulary())
    if (!check.ok) throw new Error(JSON.stringify(check.issues[0]))
    return check.ruleSet
  })
}
