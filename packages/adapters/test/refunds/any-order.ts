/** Orders of every kind that a shop may report: discounts, gift cards, doubled references, rounding, opening refunds. */
import {
  type CaptureDetails,
  instant,
  LINE_TYPES,
  type OrderLine,
  type PublicEvent,
} from '@postdelivery/core'
import fc from 'fast-check'

export type Captured = Extract<PublicEvent, { readonly type: 'order.captured' }>

/** A UUID, as the twin asks for. */
export const ORDER_ID = '22222222-3333-4444-8555-666666666666'
const START = instant('2026-12-08T08:00:00Z')

/** What a line is before it gets its amounts. */
interface LineSeed {
  readonly slot: number
  readonly quantity: number
  readonly unitPriceMinor: number
  readonly discountPercent: number
  readonly type: OrderLine['type']
  readonly taxRateBasisPoints: number | undefined
  readonly tax: 'left out' | 'exact' | 'off'
  /** By how much the shop's own total differs from quantity x price - discount. */
  readonly roundedMinor: number
}

const types = [undefined, ...LINE_TYPES.filter((type) => type !== 'return_fee')]

const lineSeed: fc.Arbitrary<LineSeed> = fc.record({
  // Fewer slots than lines: one reference on several lines.
  slot: fc.nat({ max: 3 }),
  quantity: fc.oneof({ weight: 15, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.constant(0)),
  unitPriceMinor: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
    fc.constantFrom(0, 1, 3),
    fc.integer({ min: -5_000, max: -1 }),
  ),
  discountPercent: fc.constantFrom(0, 0, 7, 33, 100),
  type: fc.constantFrom(...types),
  taxRateBasisPoints: fc.constantFrom(undefined, 0, 600, 1200, 1900, 2500, 10_000),
  tax: fc.constantFrom('left out', 'exact', 'off'),
  roundedMinor: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 })),
})

function lineOf(seed: LineSeed, captureIndex: number): OrderLine {
  const { quantity, unitPriceMinor, taxRateBasisPoints } = seed
  const fullMinor = quantity * unitPriceMinor
  const totalDiscountMinor = Math.max(0, Math.floor((fullMinor * seed.discountPercent) / 100))
  const totalMinor = fullMinor - totalDiscountMinor + seed.roundedMinor
  const exactMinor =
    totalMinor - Math.round((totalMinor * 10_000) / (10_000 + (taxRateBasisPoints ?? 0)))
  return {
    reference: `${captureIndex}-${seed.slot}`,
    name: `Line ${seed.slot}`,
    quantity,
    unitPriceMinor,
    totalMinor,
    ...(seed.type === undefined ? {} : { type: seed.type }),
    ...(totalDiscountMinor === 0 ? {} : { totalDiscountMinor }),
    ...(taxRateBasisPoints === undefined ? {} : { taxRateBasisPoints }),
    ...(seed.tax === 'left out'
      ? {}
      : { totalTaxMinor: exactMinor + (seed.tax === 'off' ? 7 : 0) }),
  }
}

interface CaptureSeed {
  readonly lines: readonly LineSeed[]
  /** By how much the captured amount differs from its lines. */
  readonly apartMinor: number
  readonly refundedPercent: number
}

const captureSeed: fc.Arbitrary<CaptureSeed> = fc.record({
  lines: fc.oneof(
    { weight: 9, arbitrary: fc.array(lineSeed, { minLength: 1, maxLength: 6 }) },
    fc.constant([]),
  ),
  apartMinor: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    fc.integer({ min: -300, max: 300 }),
  ),
  refundedPercent: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    fc.integer({ min: 1, max: 100 }),
  ),
})

/** One capture; a sum that is none becomes the least that can be captured. */
function captureOf(seed: CaptureSeed, index: number): CaptureDetails {
  const lines = seed.lines.map((line) => lineOf(line, index))
  const sumMinor = lines.reduce((all, line) => all + line.totalMinor, 0)
  const capturedMinor = Math.max(1, sumMinor + seed.apartMinor)
  return {
    captureId: `capture-${index}`,
    capturedMinor,
    capturedAt: instant('2026-11-14T08:00:00Z'),
    refundedMinor: Math.floor((capturedMinor * seed.refundedPercent) / 100),
    lines,
  }
}

/** An order with one to three captures, as it is registered first. */
export const anyOrder: fc.Arbitrary<Captured> = fc
  .record({
    captures: fc.array(captureSeed, { minLength: 1, maxLength: 3 }),
    country: fc.constantFrom('SE', 'DE', 'US', undefined),
    remainingMinor: fc.constantFrom(0, 0, 2000),
    unallocatedPercent: fc.constantFrom(0, 0, 0, 20),
  })
  .map(({ captures: seeds, country, remainingMinor, unallocatedPercent }) => {
    const captures = seeds.map(captureOf)
    const sumOf = (field: 'capturedMinor' | 'refundedMinor') =>
      captures.reduce((all, each) => all + (each[field] ?? 0), 0)
    const leftMinor = sumOf('capturedMinor') - sumOf('refundedMinor')
    return {
      id: 'shop-1',
      type: 'order.captured',
      orderId: ORDER_ID,
      at: START,
      order: {
        currency: 'SEK',
        ...(country === undefined ? {} : { country }),
        authorizedMinor: sumOf('capturedMinor') + remainingMinor,
        remainingAuthorizedMinor: remainingMinor,
        refundedMinor: sumOf('refundedMinor') + Math.floor((leftMinor * unallocatedPercent) / 100),
      },
      captures,
    } as const
  })
