/** Past orders that a benchmark makes up: the same for the same number, of a shop with returns, reports and extensions. */

const DAY_MS = 86_400_000
const START_MS = Date.parse('2026-01-05T08:00:00.000Z')
const REASONS = ['damaged', 'wrong_item', 'too_small', 'too_large', 'changed_mind', 'late']
const PROBLEMS = ['invoice_missing', 'not_received', 'wrong_item', 'damaged', 'late', 'other']
const MARKETS = [
  ['SE', 'SEK'],
  ['DE', 'EUR'],
  ['NO', 'NOK'],
  ['FI', 'EUR'],
] as const

/** A stream of whole numbers that follows from its seed. Source: the mulberry32 generator. */
function createDice(seed: number): (sides: number) => number {
  let state = seed >>> 0
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}

/** The order of a number, as one line of JSON: a capture and two later events. */
export function madeOrder(number: number): string {
  const dice = createDice(number * 2_654_435_761)
  const orderId = `o-${number}`
  const captureId = `c-${number}`
  const [country, currency] = MARKETS[dice(MARKETS.length)] ?? MARKETS[0]
  const capturedMs = START_MS + dice(180) * DAY_MS + dice(DAY_MS)
  const lines = Array.from({ length: 1 + dice(3) }, (_, index) => {
    const quantity = 1 + dice(2)
    const unitPriceMinor = 900 + dice(90_000)
    return {
      reference: `sku-${dice(500)}-${index}`,
      name: 'Shirt',
      quantity,
      unitPriceMinor,
      totalMinor: quantity * unitPriceMinor,
    }
  })
  const capturedMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0)
  const captured = {
    id: `e-${number}-1`,
    type: 'order.captured',
    orderId,
    at: instantOf(capturedMs),
    order: {
      currency,
      country,
      paymentMethod: dice(4) === 0 ? 'PAY_NOW' : 'INVOICE',
      payLater: dice(4) > 0,
      authorizedMinor: capturedMinor,
      remainingAuthorizedMinor: 0,
      customer: { tier: dice(5) === 0 ? 'gold' : 'plain' },
    },
    captures: [
      {
        captureId,
        capturedMinor,
        capturedAt: instantOf(capturedMs),
        lines,
        dueOn: instantOf(capturedMs + 30 * DAY_MS).slice(0, 10),
      },
    ],
  }
  const later = [laterEvent(1 + dice(8), 2), laterEvent(9 + dice(18), 3)]
  return JSON.stringify({ orderId, events: [captured, ...later] })

  function laterEvent(days: number, place: number) {
    const head = { id: `e-${number}-${place}`, orderId, at: instantOf(capturedMs + days * DAY_MS) }
    const kind = dice(10)
    if (kind < 3)
      return {
        ...head,
        type: 'customer.reported',
        captureId,
        problem: PROBLEMS[dice(PROBLEMS.length)],
      }
    if (kind < 5) return { ...head, type: 'shipment.delivered', captureId, deliveredAt: head.at }
    const line = lines[dice(lines.length)] ?? lines[0]
    return {
      ...head,
      type: place === 2 ? 'return.registered' : 'return.received',
      returnId: `r-${number}-${place}`,
      captureId,
      reason: REASONS[dice(REASONS.length)],
      lines: [{ reference: line?.reference, quantity: 1 }],
    }
  }
}

const instantOf = (ms: number): string => new Date(ms).toISOString()
