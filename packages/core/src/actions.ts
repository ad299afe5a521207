/** What a rule or a person may ask for: the actions, their params, and Klarna's limits on them. */
import { KLARNA_MAX_MINOR } from './money.ts'
import { err, ok, type Result } from './result.ts'
import {
  integer,
  list,
  minorByCurrency,
  oneOf,
  optional,
  type Problem,
  readShape,
  record,
  type Shape,
  type Shaped,
  text,
} from './shape.ts'

/** Klarna's limits on texts and lists of a write. Source: the contract, schemas `Refund` and `ShippingInfo`. */
export const KLARNA_LIMITS = {
  descriptionMaxLength: 255,
  referenceMaxLength: 255,
  lineMaxCount: 1000,
  shippingInfoMaxCount: 500,
  carrierMaxLength: 100,
  trackingUriMaxLength: 1024,
} as const

/** Klarna's words for how a parcel travels. Source: the contract, `shipping_info.shipping_method`. */
export const SHIPPING_METHODS = [
  'PickUpStore',
  'Home',
  'BoxReg',
  'BoxUnreg',
  'PickUpPoint',
  'Own',
  'Postal',
  'DHLPackstation',
  'Digital',
  'Undefined',
  'PickUpWarehouse',
  'ClickCollect',
  'PalletDelivery',
] as const

/** One parcel of a shipment, and how to send it back. At least one field is given. */
export const shippingInfoShape = record({
  shippingCompany: optional(text({ max: KLARNA_LIMITS.carrierMaxLength })),
  shippingMethod: optional(oneOf(SHIPPING_METHODS)),
  trackingNumber: optional(text({ max: KLARNA_LIMITS.carrierMaxLength })),
  trackingUri: optional(text({ max: KLARNA_LIMITS.trackingUriMaxLength })),
  returnShippingCompany: optional(text({ max: KLARNA_LIMITS.carrierMaxLength })),
  returnTrackingNumber: optional(text({ max: KLARNA_LIMITS.carrierMaxLength })),
  returnTrackingUri: optional(text({ max: KLARNA_LIMITS.trackingUriMaxLength })),
})
export type ShippingInfo = Shaped<typeof shippingInfoShape>

export const RETURN_STAGES = ['registered', 'received', 'inspected'] as const
/** How far a return has come: announced, come back, accepted. */
export type ReturnStage = (typeof RETURN_STAGES)[number]

const amountMinor = integer({ min: 1, max: KLARNA_MAX_MINOR })

/** Params of each action, as JSON carries them. Amounts are minor units of the order's currency. */
export const ACTION_SHAPES = {
  refund: record({
    /** What is paid back: the returned items, all that is left, a fixed amount, or a share of the captured amount. */
    basis: oneOf(['returned_items', 'remaining', 'amount', 'percent']),
    /** With `returned_items`: the stage whose quantities count. Default: the stage of the event. */
    stage: optional(oneOf(RETURN_STAGES)),
    /** With `amount`. */
    amountMinor: optional(amountMinor),
    /** With `percent`: whole percent of the captured amount, 1 to 100. */
    percent: optional(integer({ min: 1, max: 100 })),
    /** Kept back as a `return_fee` line, where Klarna allows it. */
    returnFeeMinor: optional(amountMinor),
    /** Shown to the customer. */
    description: optional(text({ max: KLARNA_LIMITS.descriptionMaxLength })),
  }),
  releaseAuthorization: record({}),
  extendDueDate: record({
    /** Exactly this many days; or say `choose`. */
    days: optional(integer({ min: 1, max: 365 })),
    /** Which of Klarna's offers: the longest, the shortest or the cheapest within the cap. */
    choose: optional(oneOf(['longest', 'shortest', 'cheapest'])),
    atLeastDays: optional(integer({ min: 1, max: 365 })),
    /** The merchant's cap on Klarna's fee, per currency. Required. */
    maxFeeMinor: minorByCurrency,
    /** Allows more than one extension of a capture. */
    again: optional(oneOf(['yes'])),
  }),
  addShippingInfo: record({
    /** Default: what the event carries. */
    shippingInfo: optional(
      list(shippingInfoShape, { min: 1, max: KLARNA_LIMITS.shippingInfoMaxCount }),
    ),
  }),
  sendOut: record({}),
  extendAuthorization: record({}),
  review: record({
    /** What a person is asked. */
    question: text({ max: 500 }),
    /** An action that the person may approve. */
    suggest: optional(suggestion()),
  }),
  notify: record({
    channel: text({ max: 100 }),
    message: text({ max: 1000 }),
  }),
} as const

export type ActionType = keyof typeof ACTION_SHAPES
export const ACTION_TYPES = Object.keys(ACTION_SHAPES) as readonly ActionType[]

/** The params of one action, by its type. */
export type ActionParams<Type extends ActionType> = Shaped<(typeof ACTION_SHAPES)[Type]>

/** One action with its params. */
export type Action = {
  [Type in ActionType]: { readonly type: Type; readonly params: ActionParams<Type> }
}[ActionType]

/** What a review may suggest: an action that reaches Klarna, params not yet checked. */
export interface SuggestedAction {
  readonly type: Exclude<ActionType, 'review' | 'notify'>
  readonly params: Readonly<Record<string, unknown>>
}

/** Sentences for docs and editors: what each action does and when it fails closed. */
export const ACTION_SENTENCES: Readonly<
  Record<ActionType, { readonly does: string; readonly refused: string }>
> = {
  refund: {
    does: 'pays money back on a capture',
    refused:
      'more than was captured, a stage that was not reported, units already paid back, above a limit',
  },
  releaseAuthorization: {
    does: 'releases what is authorized and not captured',
    refused: 'nothing is left, or nothing was captured',
  },
  extendDueDate: {
    does: "gives the customer more time to pay, at the merchant's cost",
    refused: 'no offer within the cap, another currency, not a pay-later order, extended before',
  },
  addShippingInfo: {
    does: 'tells Klarna the parcels of a capture and how they may come back',
    refused: 'every parcel is known already',
  },
  sendOut: {
    does: 'sends the customer the invoice of a capture again',
    refused: 'sent for the same reason before',
  },
  extendAuthorization: {
    does: 'keeps the authorization alive',
    refused: 'expired, or nothing left to capture',
  },
  review: { does: 'asks a person, and may suggest an action', refused: 'never' },
  notify: { does: "sends a message through the merchant's notifier", refused: 'never' },
}

/**
 * Reads an action from untrusted JSON: its type, its params, and what its params say together.
 *
 * Returns: the action, or all problems with JSON Pointers below the action (`/params/...`). Throws: never.
 */
export function parseAction(type: unknown, params: unknown): Result<Action, readonly Problem[]> {
  const known = ACTION_TYPES.find((candidate) => candidate === type)
  if (known === undefined) {
    return err([
      {
        code: 'not_listed',
        path: '/type',
        message: `unknown action; known: ${ACTION_TYPES.join(', ')}`,
      },
    ])
  }
  const read = readShape(ACTION_SHAPES[known] as Shape<unknown>, params ?? {})
  if (!read.ok)
    return err(read.error.map((problem) => ({ ...problem, path: `/params${problem.path}` })))

  const action = { type: known, params: read.value } as Action
  const together = checkTogether(action)
  return together.length > 0 ? err(together) : ok(action)
}

/** What a shape cannot say: fields that need or exclude one another. */
function checkTogether(action: Action): Problem[] {
  const problems: Problem[] = []
  const say = (code: Problem['code'], path: string, message: string) =>
    problems.push({ code, path: `/params/${path}`, message })
  if (action.type === 'refund') {
    const { basis } = action.params
    if (basis === 'amount' && action.params.amountMinor === undefined)
      say('missing', 'amountMinor', 'basis `amount` needs `amountMinor`')
    if (basis !== 'amount' && action.params.amountMinor !== undefined)
      say('unknown_key', 'amountMinor', '`amountMinor` goes with basis `amount` only')
    if (basis === 'percent' && action.params.percent === undefined)
      say('missing', 'percent', 'basis `percent` needs `percent`')
    if (basis !== 'percent' && action.params.percent !== undefined)
      say('unknown_key', 'percent', '`percent` goes with basis `percent` only')
    if (basis !== 'returned_items' && action.params.stage !== undefined)
      say('unknown_key', 'stage', '`stage` goes with basis `returned_items` only')
  }
  if (action.type === 'extendDueDate') {
    const { days, choose, atLeastDays } = action.params
    if (days === undefined && choose === undefined)
      say('missing', 'choose', 'say `days` or `choose`')
    if (days !== undefined && choose !== undefined)
      say('unknown_key', 'choose', 'say `days` or `choose`, not both')
    if (days !== undefined && atLeastDays !== undefined)
      say('unknown_key', 'atLeastDays', '`atLeastDays` goes with `choose`')
  }
  if (action.type === 'addShippingInfo') {
    action.params.shippingInfo?.forEach((info, index) => {
      if (Object.keys(info).length === 0)
        say('missing', `shippingInfo/${index}`, 'a parcel needs at least one field')
    })
  }
  if (action.type === 'review' && action.params.suggest !== undefined) {
    const suggested = parseAction(action.params.suggest.type, action.params.suggest.params)
    if (!suggested.ok)
      problems.push(
        ...suggested.error.map((problem) => ({
          ...problem,
          path: `/params/suggest${problem.path}`,
        })),
      )
  }
  return problems
}

function suggestion(): Shape<SuggestedAction> {
  const outer = record({
    type: oneOf([
      'refund',
      'releaseAuthorization',
      'extendDueDate',
      'addShippingInfo',
      'sendOut',
      'extendAuthorization',
    ]),
    params: { read: (data) => data as Readonly<Record<string, unknown>> } satisfies Shape<
      Readonly<Record<string, unknown>>
    >,
  })
  return outer
}
