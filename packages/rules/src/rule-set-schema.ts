/** Writes the JSON Schema of rule-set files, with which editors complete words and mark mistakes. */
import {
  ACTION_SENTENCES,
  ACTION_TYPES,
  type ActionType,
  type FactDefinition,
  OWN_FACT_NAMESPACES,
  WAKING_EVENT_TYPES,
} from '@postdelivery/core'
import { ACTION_PARAMS, ACTION_TOGETHER } from './action-params.ts'
import { RULE_NAME_PATTERN } from './check-rule.ts'
import { type JsonSchema, objectOf, text, when } from './json-schema.ts'
import { OPERATORS } from './operators.ts'
import { HIT_POLICIES, RULE_MODES, RULE_SET_LIMITS } from './rule-set.ts'
import { SET_NAME_PATTERN, VERSION_PATTERN } from './validate.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface SchemaOptions {
  /** Lets facts stand that the vocabulary does not have, when their names could be a merchant's own. Default: false. */
  readonly allowsOwnFacts?: boolean
}

/**
 * The JSON Schema (2020-12) of rule sets over a vocabulary.
 *
 * It refuses nothing that `validateRuleSet` takes. What a schema cannot say, such as bounds on the text as a whole,
 * doubled keys, and rules of the same name, only the validator refuses.
 *
 * @example
 * ```ts
 * import { builtInVocabulary, createRuleSetSchema } from '@postdelivery/rules'
 *
 * expect(createRuleSetSchema(builtInVocabulary())['$schema']).toBe('https://json-schema.org/draft/2020-12/schema')
 * ```
 */
export function createRuleSetSchema(
  vocabulary: Vocabulary,
  options: SchemaOptions = {},
): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Postdelivery rule set',
    description: 'Rules for what happens to an order after delivery.',
    ...objectOf(
      {
        $schema: text(RULE_SET_LIMITS.stringMaxLength, 'where this schema is'),
        name: {
          ...text(RULE_SET_LIMITS.nameMaxLength, 'name of the set'),
          pattern: SET_NAME_PATTERN.source,
        },
        version: {
          ...text(RULE_SET_LIMITS.versionMaxLength, 'a new one for every change that goes live'),
          pattern: VERSION_PATTERN.source,
        },
        description: text(RULE_SET_LIMITS.descriptionMaxLength, 'what the set is for'),
        publishedBy: {
          ...text(
            RULE_SET_LIMITS.publisherMaxLength,
            'who publishes it; they cannot approve what it asks for',
          ),
          type: ['string', 'null'],
        },
        hitPolicy: choice(HIT_POLICIES, HIT_POLICY_SENTENCES, 'default `collect`'),
        rules: {
          type: 'array',
          maxItems: RULE_SET_LIMITS.ruleMaxCount,
          items: { $ref: '#/$defs/rule' },
        },
      },
      ['name', 'version', 'rules'],
    ),
    $defs: {
      rule: ruleSchema(),
      event: eventTypeSchema(),
      ...conditionSchemas(vocabulary, options),
      action: actionSchema(ACTION_TYPES),
      suggestedAction: {
        ...actionSchema(ACTION_TYPES.filter((type) => type !== 'review' && type !== 'notify')),
        required: ['type', 'params'],
      },
    },
  }
}

const HIT_POLICY_SENTENCES = {
  collect: 'every rule that fires acts',
  first: 'the first rule that fires decides, by priority and then by order',
  unique: 'when several fire nothing is done and a person reviews',
}

const MODE_SENTENCES = {
  draft: 'being written: evaluated and recorded, never acts',
  shadow: 'on trial: evaluated and recorded, never acts',
  approval: 'acts when a person agrees',
  live: 'acts',
}

function ruleSchema(): JsonSchema {
  const limit = (description: string): JsonSchema => ({
    type: 'integer',
    minimum: 1,
    maximum: RULE_SET_LIMITS.limitMax,
    description,
  })
  return objectOf(
    {
      name: {
        ...text(RULE_SET_LIMITS.ruleNameMaxLength, 'name of the rule, for people; one of a kind'),
        pattern: RULE_NAME_PATTERN.source,
      },
      description: text(RULE_SET_LIMITS.descriptionMaxLength, 'why the rule is there'),
      on: {
        type: 'array',
        description: 'events that wake the rule',
        minItems: 1,
        maxItems: RULE_SET_LIMITS.eventMaxCount,
        uniqueItems: true,
        items: { $ref: '#/$defs/event' },
      },
      priority: {
        type: 'integer',
        minimum: 1,
        maximum: RULE_SET_LIMITS.priorityMax,
        description: 'higher decides earlier; default 1',
      },
      mode: choice(RULE_MODES, MODE_SENTENCES, 'whether it acts'),
      conditions: { $ref: '#/$defs/group' },
      event: { $ref: '#/$defs/action' },
      limits: {
        ...objectOf(
          {
            perOrder: limit('how often it may act on one order'),
            perDay: limit("how often it may act in one day of the merchant's time zone"),
          },
          [],
        ),
        description: "tightens the engine's own limits",
      },
    },
    ['name', 'on', 'mode', 'conditions', 'event'],
  )
}

/** Types of events that wake rules. */
export const eventTypeSchema = (): JsonSchema => ({
  anyOf: [
    { enum: WAKING_EVENT_TYPES },
    { type: 'string', pattern: '^shop\\.[a-z][a-z0-9_.-]{0,90}$' },
  ],
})

function conditionSchemas(vocabulary: Vocabulary, options: SchemaOptions): JsonSchema {
  const conditions = { type: 'array', minItems: 1, items: { $ref: '#/$defs/condition' } }
  return {
    group: {
      anyOf: [
        objectOf({ all: { ...conditions, description: 'every condition holds' } }, ['all']),
        objectOf({ any: { ...conditions, description: 'at least one condition holds' } }, ['any']),
        objectOf({ not: { $ref: '#/$defs/condition' } }, ['not']),
      ],
    },
    condition: { anyOf: [{ $ref: '#/$defs/group' }, { $ref: '#/$defs/comparison' }] },
    comparison: comparisonSchema(vocabulary, options),
  }
}

function comparisonSchema(vocabulary: Vocabulary, options: SchemaOptions): JsonSchema {
  const { definitions } = vocabulary
  const known = definitions.map(({ name, sentence }) => ({ const: name, description: sentence }))
  return {
    ...objectOf(
      {
        fact: options.allowsOwnFacts === true ? { anyOf: [...known, OWN_FACT] } : { oneOf: known },
        operator: {
          oneOf: OPERATORS.map(({ name, sentence }) => ({ const: name, description: sentence })),
        },
        value: { description: "of the fact's type; a list for `in` and `notIn`" },
      },
      ['fact', 'operator', 'value'],
    ),
    allOf: alikeFacts(definitions).map(typedComparison),
  }
}

/** The name of a fact of the merchant's own. */
export const OWN_FACT: JsonSchema = {
  type: 'string',
  pattern: `^(${OWN_FACT_NAMESPACES.join('|')})\\.[a-z][A-Za-z0-9]{0,60}$`,
  description: 'a fact of your own',
}

/** Facts that take the same operators and values, in groups. */
function alikeFacts(
  definitions: readonly FactDefinition[],
): readonly (readonly [FactDefinition, ...FactDefinition[]])[] {
  const groups = new Map<string, [FactDefinition, ...FactDefinition[]]>()
  for (const definition of definitions) {
    const key = JSON.stringify([definition.type, definition.values ?? null])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [definition])
    else group.push(definition)
  }
  return [...groups.values()]
}

/** For facts that are alike: which operators there are, and what each takes. */
function typedComparison(alike: readonly [FactDefinition, ...FactDefinition[]]): JsonSchema {
  const [{ type }] = alike
  const operators = OPERATORS.filter((operator) => operator.types.includes(type))
  const taking = (takes: string) =>
    operators
      .filter((each) => (each.takes === 'list') === (takes === 'list'))
      .map((each) => each.name)
  const entry = valueSchema(alike[0])
  const list = {
    type: 'array',
    minItems: 1,
    maxItems: RULE_SET_LIMITS.listMaxCount,
    uniqueItems: true,
    items: entry,
  }
  const rules = [
    { properties: { operator: { enum: operators.map((each) => each.name) } } },
    when(operatorIn(taking('value')), { properties: { value: entry } }),
    ...(taking('list').length === 0
      ? []
      : [when(operatorIn(taking('list')), { properties: { value: list } })]),
  ]
  const facts = alike.map((definition) => definition.name)
  return when({ required: ['fact'], properties: { fact: { enum: facts } } }, { allOf: rules })
}

const operatorIn = (names: readonly string[]): JsonSchema => ({
  required: ['operator'],
  properties: { operator: { enum: names } },
})

/** A value of a fact; of a list, one entry. */
export function valueSchema(definition: FactDefinition): JsonSchema {
  switch (definition.type) {
    case 'integer':
      return {
        type: 'integer',
        minimum: Number.MIN_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
      }
    case 'flag':
      return { type: 'boolean' }
    case 'date':
      return { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }
    case 'text':
    case 'textList':
      return definition.values === undefined
        ? { type: 'string', maxLength: RULE_SET_LIMITS.operandMaxLength }
        : { enum: definition.values }
  }
}

function actionSchema(types: readonly ActionType[]): JsonSchema {
  return {
    ...objectOf(
      {
        type: {
          oneOf: types.map((type) => ({ const: type, description: ACTION_SENTENCES[type].does })),
        },
        params: { type: 'object' },
      },
      ['type'],
    ),
    allOf: types.map((type) =>
      when({ required: ['type'], properties: { type: { const: type } } }, paramsSchema(type)),
    ),
  }
}

function paramsSchema(type: ActionType): JsonSchema {
  const params = ACTION_PARAMS[type]
  const properties = Object.fromEntries(
    params.map(({ name, schema, sentence }) => [name, { ...schema, description: sentence }]),
  )
  const required = params.filter((param) => param.isRequired).map((param) => param.name)
  const together = ACTION_TOGETHER[type] ?? []
  const isNeeded = required.length > 0 || together.some((each) => Object.hasOwn(each, 'oneOf'))
  return {
    ...(isNeeded ? { required: ['params'] } : {}),
    properties: {
      params: {
        ...objectOf(properties, required),
        ...(together.length === 0 ? {} : { allOf: together }),
      },
    },
  }
}

const choice = <Word extends string>(
  words: readonly Word[],
  sentences: Readonly<Record<Word, string>>,
  description: string,
): JsonSchema => ({
  description,
  oneOf: words.map((word) => ({ const: word, description: sentences[word] })),
})
