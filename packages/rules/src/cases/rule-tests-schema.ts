/** Writes the JSON Schema of test files, with which editors complete words and mark mistakes. */
import { ACTION_TYPES, DEADLINES, EVENT_TYPES, type FactDefinition } from '@postdelivery/core'
import { RULE_NAME_PATTERN } from '../check-rule.ts'
import { type JsonSchema, objectOf, text } from '../json-schema.ts'
import { eventTypeSchema, OWN_FACT, type SchemaOptions, valueSchema } from '../rule-set-schema.ts'
import { SET_NAME_PATTERN } from '../validate.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { OUTCOMES, REFUSAL_CODES } from './read-expected-decision.ts'
import { KLARNA_SAYS, PEOPLE_SAY, RULE_TEST_LIMITS } from './rule-tests.ts'

/**
 * The JSON Schema (2020-12) of test files over a vocabulary.
 *
 * It refuses nothing that `readRuleTests` takes. What it cannot say, such as the names of rules and the fields of events,
 * only the reader refuses.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, createRuleTestsSchema } from '@postdelivery/rules'
 *
 * expect(createRuleTestsSchema(builtInVocabulary())['title']).toBe('Postdelivery rule tests')
 * ```
 */
export const createRuleTestsSchema = (
  vocabulary: Vocabulary,
  options: SchemaOptions = {},
): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Postdelivery rule tests',
  description:
    'What the rules of a set are to do, for given facts and for whole stories of orders.',
  ...objectOf(
    {
      $schema: text(RULE_TEST_LIMITS.stringMaxLength, 'where this schema is'),
      description: text(RULE_TEST_LIMITS.descriptionMaxLength, 'what the tests are for'),
      ruleSet: {
        ...text(RULE_TEST_LIMITS.nameMaxLength, 'name of the rule set that is tested'),
        pattern: SET_NAME_PATTERN.source,
      },
      timeZone: text(100, 'IANA zone in which stories count days; default `UTC`'),
      cases: {
        type: 'array',
        maxItems: RULE_TEST_LIMITS.caseMaxCount,
        items: { anyOf: [{ $ref: '#/$defs/factsCase' }, { $ref: '#/$defs/story' }] },
      },
    },
    ['ruleSet', 'cases'],
  ),
  $defs: {
    caseName: {
      ...text(RULE_TEST_LIMITS.caseNameMaxLength, 'what the case shows; one of a kind'),
      pattern: RULE_NAME_PATTERN.source,
    },
    facts: factsSchema(vocabulary, options),
    event: eventTypeSchema(),
    factsCase: factsCaseSchema(),
    story: storySchema(),
    step: stepSchema(),
    ...expectationSchemas(vocabulary, options),
  },
})

function factsSchema(vocabulary: Vocabulary, options: SchemaOptions): JsonSchema {
  const properties = Object.fromEntries(
    vocabulary.definitions.map((definition) => [definition.name, factSchema(definition)]),
  )
  if (options.allowsOwnFacts !== true) return objectOf(properties, [])
  const own = { [String(OWN_FACT['pattern'])]: {} }
  return { ...objectOf(properties, []), patternProperties: own }
}

function factSchema(definition: FactDefinition): JsonSchema {
  const { sentence: description, type } = definition
  const value = valueSchema(definition)
  return type === 'textList'
    ? { type: 'array', items: value, description }
    : { ...value, description }
}

const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })

const factsCaseSchema = (): JsonSchema => ({
  description: 'facts, and what rules say to them',
  ...objectOf(
    {
      name: ref('caseName'),
      on: { ...ref('event'), description: 'the event that wakes the rules' },
      facts: { ...ref('facts'), description: 'what is not there is unknown' },
      expect: objectOf(verdictProperties(), ['fires']),
    },
    ['name', 'on', 'facts', 'expect'],
  ),
})

const eventSchema = (description: string, required: readonly string[]): JsonSchema => ({
  type: 'object',
  description,
  properties: {
    id: text(200, 'default: `event-1` and so on'),
    type: { anyOf: [{ enum: EVENT_TYPES }, { type: 'string', pattern: '^shop\\.' }] },
    at: text(100, 'an instant such as `2026-11-24T08:00:00Z`'),
    orderId: text(200, "default: the story's order"),
  },
  required,
})

const storySchema = (): JsonSchema => ({
  description: 'what an order goes through, and what is decided at each step',
  ...objectOf(
    {
      name: ref('caseName'),
      order: eventSchema('the fields of `order.captured` with which it begins', [
        'at',
        'order',
        'captures',
      ]),
      expect: ref('decision'),
      offers: {
        type: 'array',
        description: "Klarna's offers for a later due date; default: its price list",
        maxItems: RULE_TEST_LIMITS.offerMaxCount,
        items: objectOf(
          {
            days: { type: 'integer', minimum: 1, maximum: 365 },
            feeMinor: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
          },
          ['days', 'feeMinor'],
        ),
      },
      facts: { ...ref('facts'), description: 'facts of your own that are read on demand' },
      until: text(100, 'how far the story is told after its last event'),
      events: { type: 'array', maxItems: RULE_TEST_LIMITS.stepMaxCount, items: ref('step') },
    },
    ['name', 'order', 'events'],
  ),
})

const stepSchema = (): JsonSchema => ({
  ...objectOf(
    {
      event: eventSchema('what is reported', ['type', 'at']),
      deadline: { enum: DEADLINES, description: 'a deadline that comes near by itself' },
      daysLeft: { type: 'integer', minimum: 0, maximum: 365 },
      klarna: { enum: KLARNA_SAYS, description: 'what Klarna says; default `confirmed`' },
      people: { enum: PEOPLE_SAY, description: 'what people say who are asked; default `none`' },
      expect: ref('decision'),
    },
    ['expect'],
  ),
  oneOf: [{ required: ['event'] }, { required: ['deadline', 'daysLeft'] }],
})

const verdictProperties = (): Readonly<Record<string, JsonSchema>> => ({
  fires: { ...listOf('firing'), description: 'all rules that fire, and no others' },
  silent: { ...listOf('silence'), description: 'rules whose conditions do not hold' },
  unknown: { ...listOf('silence'), description: 'rules that cannot tell' },
})

const listOf = (name: string): JsonSchema => ({
  type: 'array',
  maxItems: RULE_TEST_LIMITS.ruleMaxCount,
  items: ref(name),
})

function expectationSchemas(vocabulary: Vocabulary, options: SchemaOptions): JsonSchema {
  const fact = { enum: vocabulary.names }
  const because = {
    type: 'array',
    description: 'the facts that decide it, all of them',
    uniqueItems: true,
    items: options.allowsOwnFacts === true ? { anyOf: [fact, OWN_FACT] } : fact,
  }
  const sentence = text(RULE_TEST_LIMITS.sentenceMaxLength, 'the whole explanation')
  const rule = text(RULE_TEST_LIMITS.ruleNameMaxLength, 'name of the rule')
  const amount = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
  return {
    silence: objectOf({ rule, because, sentence }, ['rule']),
    firing: objectOf(
      {
        rule,
        because,
        sentence,
        action: { enum: ACTION_TYPES, description: 'what it asks for' },
        params: { type: 'object', description: 'all its params' },
      },
      ['rule'],
    ),
    decision: objectOf(
      {
        actions: { ...listOf('decided'), description: 'all actions in their order, and no others' },
        refusal: { enum: REFUSAL_CODES, description: 'why the event itself is refused' },
        ...verdictProperties(),
      },
      ['actions'],
    ),
    decided: objectOf(
      {
        type: { enum: ACTION_TYPES },
        rule,
        outcome: { enum: OUTCOMES, description: 'what becomes of it' },
        refusal: { enum: REFUSAL_CODES },
        refundMinor: { ...amount, description: 'what it pays back, in minor units' },
        feeMinor: { ...amount, description: 'the fee of its extension, in minor units' },
        days: { ...amount, description: 'days of its extension' },
        sentence,
      },
      ['type'],
    ),
  }
}
