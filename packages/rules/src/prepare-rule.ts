/** Makes a rule ready for evaluation: looks once more at what is checked, because what is evaluated moves money. */
import type { FactDefinition } from '@postdelivery/core'
import { isOperand, operatorOf } from './operators.ts'
import { type PositiveGroup, withoutNegations } from './positive.ts'
import type { Condition, Rule } from './rule-set.ts'
import type { Definitions } from './trace.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A rule made ready for evaluation: what does not change from run to run. */
export interface PreparedRule {
  /** The name of its set. */
  readonly ruleSet: string
  readonly rule: Rule
  /** The definitions of the facts that it names. */
  readonly definitions: Definitions
  /** Its conditions without `not`; null when it cannot be evaluated. */
  readonly positive: PositiveGroup | null
  /** Why it cannot be evaluated, although it got here; null when it can. */
  readonly failure: string | null
}

/**
 * Makes a rule ready.
 *
 * Rules come checked; yet a rule with a fact that this vocabulary does not have, or an operator or operand that does
 * not fit, fails here and silences no other. Throws: never.
 */
export function prepareRule(ruleSet: string, rule: Rule, vocabulary: Vocabulary): PreparedRule {
  const definitions = new Map<string, FactDefinition>()
  try {
    collectDefinitions(rule.conditions, vocabulary, definitions, 0)
    const positive = withoutNegations(rule.conditions)
    return { ruleSet, rule, definitions, positive, failure: null }
  } catch (cause) {
    return { ruleSet, rule, definitions, positive: null, failure: messageOf(cause) }
  }
}

/** What an exception says; json-rules-engine rejects with texts as well as with errors. */
export const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : 'an unknown failure'

/** No checked rule is nested deeper. */
const DEPTH_MAX = 16

function collectDefinitions(
  condition: Condition,
  vocabulary: Vocabulary,
  definitions: Map<string, FactDefinition>,
  depth: number,
): void {
  if (depth > DEPTH_MAX) throw new Error('the conditions are nested too deep')
  const inner =
    'all' in condition
      ? condition.all
      : 'any' in condition
        ? condition.any
        : 'not' in condition
          ? [condition.not]
          : null
  if (inner !== null) {
    if (inner.length === 0) throw new Error('a group has no conditions')
    for (const each of inner) collectDefinitions(each, vocabulary, definitions, depth + 1)
    return
  }
  if (!('fact' in condition)) throw new Error('a condition compares nothing')
  const definition = vocabulary.definitionOf(condition.fact)
  if (definition === undefined) throw new Error(`the vocabulary has no fact \`${condition.fact}\``)
  const operator = operatorOf(condition.operator)
  if (operator === undefined) throw new Error(`there is no operator \`${condition.operator}\``)
  const fits = operator.types.includes(definition.type)
  if (!fits || !isOperand(condition.value, operator, definition))
    throw new Error(`\`${condition.operator}\` cannot compare \`${condition.fact}\` with its value`)
  definitions.set(condition.fact, definition)
}
