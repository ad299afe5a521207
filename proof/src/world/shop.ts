/** The shop of every history: its orders, its rules in three versions, its settings. */
import type { OrderSeed, WireLine } from '@postdelivery/adapters/klarna-twin'
import {
  type CaptureDetails,
  DEFAULT_UNUSUAL_RATE,
  type IsoInstant,
  instant,
  type LINE_TYPES,
  msToInstant,
  type OrderLine,
  type PublicEvent,
  plainDate,
  type Settings,
} from '@postdelivery/core'
import {
  builtInVocabulary,
  createRuleBook,
  type ReplaceableRuleBook,
  validateRuleSet,
} from '@postdelivery/rules'
import RULE_SETS from './rule-sets.json' with { type: 'json' }

const DAY_MS = 86_400_000

/** Orders by what is particular about them. */
export const ORDER_KINDS = [
  'guide',
  'three_captures',
  'with_discount',
  'card',
  'fully_captured',
] as const
export type OrderKind = (typeof ORDER_KINDS)[number]

/** One order of a history; its ids follow from the index. */
export interface OrderPlan {
  readonly index: number
  readonly kind: OrderKind
}

/** Personal data at Klarna that must never turn up anywhere on our side. */
export const CANARIES = [
  'Canaria-Givenname',
  'Canaria-Familyname',
  'canary@shop.example',
  'Canarygatan 13',
  '+46700CANARY',
  'canary-password-9d1f',
] as const

export const PASSWORD = 'canary-password-9d1f'

const uuid = (head: string, index: number): string =>
  `${head}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`

export const orderIdOf = ({ index }: OrderPlan): string => uuid('0dde0000', index)
const captureIdOf = ({ index }: OrderPlan, captureIndex: number): string =>
  uuid('ca970000', index * 16 + captureIndex)

/** Ids of an order's captures. */
export const captureIdsOf = (plan: OrderPlan): readonly string[] =>
  SHAPES[plan.kind].captures.map((_, index) => captureIdOf(plan, index))

/** References and quantities that a capture can be returned in. */
export const returnableOf = (
  plan: OrderPlan,
  captureIndex: number,
): readonly { readonly reference: string; readonly quantity: number }[] =>
  (SHAPES[plan.kind].captures[captureIndex] ?? []).filter(
    ({ unitPriceMinor }) => unitPriceMinor > 0,
  )

interface OrderShape {
  readonly currency: string
  readonly country: string
  readonly paymentMethod: string
  readonly leftMinor: number
  readonly captures: readonly (readonly OrderLine[])[]
}

type LineType = (typeof LINE_TYPES)[number]

const line = (
  reference: string,
  quantity: number,
  unitPriceMinor: number,
  more: { readonly type?: LineType; readonly discountMinor?: number; readonly rate?: number } = {},
): OrderLine => {
  const { type = 'physical', discountMinor = 0, rate = 2500 } = more
  const totalMinor = quantity * unitPriceMinor - discountMinor
  return {
    reference,
    name: reference,
    type,
    quantity,
    unitPriceMinor,
    ...(discountMinor === 0 ? {} : { totalDiscountMinor: discountMinor }),
    totalMinor,
    taxRateBasisPoints: rate,
    totalTaxMinor: totalMinor - Math.round((totalMinor * 10_000) / (10_000 + rate)),
  }
}

const SHAPES: Readonly<Record<OrderKind, OrderShape>> = {
  guide: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    leftMinor: 2000,
    captures: [[line('TOMATO', 10, 600)]],
  },
  three_captures: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    leftMinor: 3000,
    captures: [
      [line('LAMP', 2, 2500)],
      [line('SHADE', 4, 1000), line('SHADE', 1, 800)],
      [
        line('BULB', 3, 333, { discountMinor: 100 }),
        line('SHIP', 1, 490, { type: 'shipping_fee' }),
      ],
    ],
  },
  with_discount: {
    currency: 'EUR',
    country: 'DE',
    paymentMethod: 'INVOICE',
    leftMinor: 0,
    captures: [
      [
        line('MUG', 3, 4990, { rate: 1900, discountMinor: 100 }),
        line('SHIP', 1, 490, { type: 'shipping_fee', rate: 1900 }),
        line('CODE10', 1, -1000, { type: 'discount', rate: 1900 }),
      ],
    ],
  },
  card: {
    currency: 'EUR',
    country: 'NL',
    paymentMethod: 'CARD',
    leftMinor: 5000,
    captures: [[line('CHAIR', 1, 12_000, { rate: 2100 })]],
  },
  fully_captured: {
    currency: 'SEK',
    country: 'SE',
    paymentMethod: 'INVOICE',
    leftMinor: 0,
    captures: [[line('TENT', 1, 150_000), line('PEG', 20, 100)], [line('ROPE', 7, 99)]],
  },
}

const sum = (lines: readonly OrderLine[]): number =>
  lines.reduce((all, each) => all + each.totalMinor, 0)

/** What the shop reports of an order: it is captured. */
export function capturedEvent(plan: OrderPlan, at: IsoInstant, startMs: number): PublicEvent {
  const shape = SHAPES[plan.kind]
  return {
    id: `shop-${plan.index}`,
    type: 'order.captured',
    orderId: orderIdOf(plan),
    at,
    order: {
      currency: shape.currency,
      country: shape.country,
      paymentMethod: shape.paymentMethod,
      authorizedMinor: shape.captures.reduce((all, lines) => all + sum(lines), shape.leftMinor),
      remainingAuthorizedMinor: shape.leftMinor,
      authorizationExpiresAt: instant(msToInstant(startMs + AUTHORIZATION_LEFT_DAYS * DAY_MS)),
      refundedMinor: 0,
    },
    captures: shape.captures.map(
      (lines, index): CaptureDetails => ({
        captureId: captureIdOf(plan, index),
        capturedMinor: sum(lines),
        capturedAt: instant(msToInstant(startMs - CAPTURED_DAYS_AGO * DAY_MS)),
        refundedMinor: 0,
        lines,
        dueOn: plainDate(msToInstant(startMs + DUE_IN_DAYS * DAY_MS).slice(0, 10)),
      }),
    ),
  }
}

const CAPTURED_DAYS_AGO = 5
const AUTHORIZATION_LEFT_DAYS = 9
const DUE_IN_DAYS = 9

/** The same order as Klarna has it, with personal data that Klarna alone knows. */
export function seedOf(plan: OrderPlan, startMs: number): OrderSeed {
  const shape = SHAPES[plan.kind]
  const at = (days: number): string => msToInstant(startMs + days * DAY_MS)
  return {
    order_id: orderIdOf(plan),
    purchase_currency: shape.currency,
    purchase_country: shape.country,
    created_at: at(-CAPTURED_DAYS_AGO - 1),
    expires_at: at(AUTHORIZATION_LEFT_DAYS),
    initial_payment_method: { type: shape.paymentMethod, description: 'canary' },
    order_amount: shape.captures.reduce((all, lines) => all + sum(lines), shape.leftMinor),
    order_lines: shape.captures.flat().map(toWire),
    billing_address: {
      given_name: CANARIES[0],
      family_name: CANARIES[1],
      email: CANARIES[2],
      street_address: CANARIES[3],
      phone: CANARIES[4],
      postal_code: '12345',
      city: 'Exempelstad',
      country: shape.country,
    },
    captures: shape.captures.map((lines, index) => ({
      capture_id: captureIdOf(plan, index),
      captured_amount: sum(lines),
      captured_at: at(-CAPTURED_DAYS_AGO),
      order_lines: lines.map(toWire),
      due_on: at(DUE_IN_DAYS).slice(0, 10),
    })),
  }
}

const toWire = (each: OrderLine): WireLine => ({
  type: each.type ?? 'physical',
  reference: each.reference,
  name: each.name,
  quantity: each.quantity,
  unit_price: each.unitPriceMinor,
  total_amount: each.totalMinor,
  total_discount_amount: each.totalDiscountMinor ?? 0,
  tax_rate: each.taxRateBasisPoints ?? 0,
  total_tax_amount: each.totalTaxMinor ?? 0,
})

/** Rule sets in the versions that a shop goes through; the last is the one before again. */
export const RULE_VERSION_COUNT = RULE_SETS.length

/** The rule book with one version in force. */
export function ruleBookOf(version: number): ReplaceableRuleBook {
  const book = createRuleBook(builtInVocabulary(), [ruleSetOf(version)])
  if (!book.ok) throw new Error('the rules of the shop contradict each other')
  return book.value
}

/** One version of the shop's rules, checked as any file is. */
export function ruleSetOf(version: number) {
  const checked = validateRuleSet(JSON.stringify(RULE_SETS[version]), builtInVocabulary())
  if (!checked.ok)
    throw new Error(`the rules of the shop are wrong: ${JSON.stringify(checked.issues)}`)
  return checked.ruleSet
}

/** The most that an extension may cost, in minor units by currency, in a version of the rules. Read from the file itself. */
export function extensionCapOf(version: string, rule: string): Readonly<Record<string, number>> {
  const set = RULE_SETS.find((each) => each.version === version)
  const found = set?.rules.find((each) => each.name === rule)
  const params = found?.event.params as
    | { readonly maxFeeMinor?: Readonly<Record<string, number>> }
    | undefined
  return params?.maxFeeMinor ?? {}
}

/** Rules that fire only when something unknown is taken for known. */
export const isForbiddenRule = (rule: string): boolean => rule.includes('Never')

/** Brakes of a shop: tight ones make people's work, wide ones let most pass. */
export const SETTINGS_BY_NAME: Readonly<Record<'wide' | 'tight', Settings>> = {
  wide: settings({ commandsPerRule: 100, refundPerDayMinor: 5_000_000, approvers: 1 }),
  tight: settings({ commandsPerRule: 3, refundPerDayMinor: 9_000, approvers: 2 }),
}
export type SettingsName = keyof typeof SETTINGS_BY_NAME

function settings(given: {
  readonly commandsPerRule: number
  readonly refundPerDayMinor: number
  readonly approvers: number
}): Settings {
  const money = { SEK: given.refundPerDayMinor, EUR: given.refundPerDayMinor }
  return {
    timeZone: 'Europe/Stockholm',
    limits: {
      perCommand: {
        refundMaxMinor: { SEK: 200_000, EUR: 100_000 },
        extensionFeeMaxMinor: { SEK: 5_000, EUR: 500 },
      },
      perOrder: {
        commandMaxCount: 40,
        refundMaxMinor: { SEK: 300_000, EUR: 100_000 },
        extensionFeeMaxMinor: { SEK: 6_000, EUR: 600 },
      },
      perRuleAndDay: {
        commandMaxCount: given.commandsPerRule,
        refundMaxMinor: money,
        extensionFeeMaxMinor: { SEK: 4_000, EUR: 400 },
      },
      perMerchantAndDay: {
        commandMaxCount: given.commandsPerRule * 4,
        refundMaxMinor: money,
        extensionFeeMaxMinor: { SEK: 4_000, EUR: 400 },
      },
    },
    approval: {
      refundAboveMinor: { SEK: 10_000, EUR: 10_000 },
      extensionFeeAboveMinor: { SEK: 2_500, EUR: 250 },
      approvers: given.approvers,
      expiresAfterHours: 12,
    },
    deadlineDays: { due_date: [7, 3, 1], authorization_expiry: [7, 1], return_window: [3] },
    unusualRate: DEFAULT_UNUSUAL_RATE,
    observe: false,
  }
}
