/**
 * The params of each action as people write them: for suggestions, for the JSON Schema and for docs.
 *
 * What counts is core's `parseAction`; a test holds these tables against it.
 */
import {
  type ActionType,
  KLARNA_LIMITS,
  KLARNA_MAX_MINOR,
  RETURN_STAGES,
  SHIPPING_METHODS,
} from '@postdelivery/core'
import { type JsonSchema, when } from './json-schema.ts'

/** One param of an action. */
export interface ActionParam {
  readonly name: string
  readonly isRequired: boolean
  /** Meaning, unit and default, for people. */
  readonly sentence: string
  readonly schema: JsonSchema
}

/** Bounds that core's shapes set and do not export. */
const BOUNDS = {
  dayMax: 365,
  questionMaxLength: 500,
  channelMaxLength: 100,
  messageMaxLength: 1000,
} as const

const text = (maxLength: number): JsonSchema => ({ type: 'string', minLength: 1, maxLength })
const words = (list: readonly string[]): JsonSchema => ({ enum: list })
const amountMinor: JsonSchema = { type: 'integer', minimum: 1, maximum: KLARNA_MAX_MINOR }
const days: JsonSchema = { type: 'integer', minimum: 1, maximum: BOUNDS.dayMax }

const optional = (name: string, schema: JsonSchema, sentence: string): ActionParam => ({
  name,
  isRequired: false,
  sentence,
  schema,
})
const required = (name: string, schema: JsonSchema, sentence: string): ActionParam => ({
  name,
  isRequired: true,
  sentence,
  schema,
})

const carrier = text(KLARNA_LIMITS.carrierMaxLength)
const uri = text(KLARNA_LIMITS.trackingUriMaxLength)

const shippingInfo: JsonSchema = {
  type: 'array',
  minItems: 1,
  maxItems: KLARNA_LIMITS.shippingInfoMaxCount,
  items: {
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: {
      shippingCompany: carrier,
      shippingMethod: words(SHIPPING_METHODS),
      trackingNumber: carrier,
      trackingUri: uri,
      returnShippingCompany: carrier,
      returnTrackingNumber: carrier,
      returnTrackingUri: uri,
    },
  },
}

const minorByCurrency: JsonSchema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  patternProperties: {
    '^[A-Z]{3}$': { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
}

/** The params of each action, in the order in which people read them. */
export const ACTION_PARAMS: Readonly<Record<ActionType, readonly ActionParam[]>> = {
  refund: [
    required(
      'basis',
      words(['returned_items', 'remaining', 'amount', 'percent']),
      'what is paid back: the returned items, all that is left, a fixed amount, or a share of the captured amount',
    ),
    optional(
      'stage',
      words(RETURN_STAGES),
      "with `returned_items`: the stage whose quantities count; default: the event's stage",
    ),
    optional('amountMinor', amountMinor, "with `amount`: minor units of the order's currency"),
    optional(
      'percent',
      { type: 'integer', minimum: 1, maximum: 100 },
      'with `percent`: whole percent of the captured amount',
    ),
    optional('returnFeeMinor', amountMinor, 'kept back as a return fee, in minor units'),
    optional('description', text(KLARNA_LIMITS.descriptionMaxLength), 'shown to the customer'),
  ],
  releaseAuthorization: [],
  extendDueDate: [
    optional('days', days, 'exactly this many days; or say `choose`'),
    optional(
      'choose',
      words(['longest', 'shortest', 'cheapest']),
      "which of Klarna's offers within the cap",
    ),
    optional('atLeastDays', days, 'with `choose`: shorter offers do not count'),
    required(
      'maxFeeMinor',
      minorByCurrency,
      "the cap on Klarna's fee in minor units per currency; a currency that is not listed is refused",
    ),
    optional('again', words(['yes']), 'allows more than one extension of a capture'),
  ],
  addShippingInfo: [
    optional('shippingInfo', shippingInfo, 'the parcels; default: what the event carries'),
  ],
  sendOut: [],
  extendAuthorization: [],
  review: [
    required('question', text(BOUNDS.questionMaxLength), 'what a person is asked'),
    optional(
      'suggest',
      { $ref: '#/$defs/suggestedAction' },
      'an action with its params that the person may approve',
    ),
  ],
  notify: [
    required(
      'channel',
      text(BOUNDS.channelMaxLength),
      "where to, in the words of the merchant's notifier",
    ),
    required('message', text(BOUNDS.messageMaxLength), 'what is said'),
  ],
}

const has = (key: string): JsonSchema => ({ required: [key] })
const basisIs = (word: string): JsonSchema => ({
  required: ['basis'],
  properties: { basis: { const: word } },
})

/** What the params of an action say together. */
export const ACTION_TOGETHER: Readonly<Partial<Record<ActionType, readonly JsonSchema[]>>> = {
  refund: [
    when(basisIs('amount'), has('amountMinor'), { not: has('amountMinor') }),
    when(basisIs('percent'), has('percent'), { not: has('percent') }),
    when(has('stage'), basisIs('returned_items')),
  ],
  extendDueDate: [
    { oneOf: [has('days'), has('choose')] },
    when(has('days'), { not: has('atLeastDays') }),
  ],
}

/** The names of an action's params, for suggestions. */
export const paramNames = (type: ActionType): readonly string[] =>
  ACTION_PARAMS[type].map((param) => param.name)
