/** What happened to the orders of the samples after their capture. */
import type { Chance } from './sample-chance.ts'
import type { Purchase, ToldEvent } from './sample-purchase.ts'

interface Story {
  /** How often it is told, of the sum of all. */
  readonly weight: number
  readonly tell: (purchase: Purchase, chance: Chance) => readonly ToldEvent[]
}

const STORIES: readonly [Story, ...Story[]] = [
  { weight: 34, tell: kept },
  { weight: 12, tell: (purchase, chance) => delivered(purchase, chance.between(2, 5)) },
  { weight: 24, tell: returned },
  { weight: 9, tell: damaged },
  { weight: 5, tell: wrongItem },
  { weight: 6, tell: late },
  { weight: 4, tell: lost },
  { weight: 6, tell: invoiceMissing },
]

/** Tells one of the stories. */
export const drawStory = (purchase: Purchase, chance: Chance): readonly ToldEvent[] =>
  chance.draw(STORIES).tell(purchase, chance)

/** The parcel goes out the day after the capture and arrives. */
function delivered({ captureId, at }: Purchase, day: number): readonly ToldEvent[] {
  const trackingNumber = `TRACK-${captureId}`
  const shippingInfo = [{ shippingCompany: 'postnord', shippingMethod: 'Home', trackingNumber }]
  return [
    { type: 'shipment.dispatched', at: at(1), captureId, shippingInfo },
    { type: 'shipment.delivered', at: at(day), captureId, deliveredAt: at(day) },
  ]
}

function kept(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  const day = chance.between(2, 5)
  return [
    ...delivered(purchase, day),
    { type: 'delivery.accepted', at: purchase.at(day + chance.between(5, 30)) },
  ]
}

function returned(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  const day = chance.between(2, 5)
  const reason = chance.pick(['changed_mind', 'does_not_fit', 'not_as_expected'])
  const condition = chance.pick(['new', 'new', 'opened', 'used'])
  return [
    ...delivered(purchase, day),
    ...comesBack(purchase, { day: day + chance.between(2, 24), reason, condition, chance }),
  ]
}

function damaged(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  const day = chance.between(2, 5)
  const reported = day + chance.between(1, 20)
  return [
    ...delivered(purchase, day),
    report(purchase, reported, 'damaged'),
    ...comesBack(purchase, { day: reported + 1, reason: 'damaged', condition: 'damaged', chance }),
  ]
}

function wrongItem(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  const day = chance.between(2, 5)
  const reported = day + chance.between(1, 4)
  return [
    ...delivered(purchase, day),
    report(purchase, reported, 'wrong_item'),
    ...comesBack(purchase, { day: reported + 1, reason: 'wrong_item', condition: 'new', chance }),
  ]
}

function late(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  const day = chance.between(12, 27)
  const [dispatched, arrived] = delivered(purchase, day)
  const reported = report(purchase, day - chance.between(1, 5), 'late')
  return [dispatched, reported, arrived].filter((event) => event !== undefined)
}

function lost(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  const [dispatched] = delivered(purchase, 2)
  const day = chance.between(6, 20)
  return [
    ...(dispatched === undefined ? [] : [dispatched]),
    report(purchase, day, 'not_received'),
    report(purchase, day + 8, 'not_received'),
  ]
}

function invoiceMissing(purchase: Purchase, chance: Chance): readonly ToldEvent[] {
  return [...delivered(purchase, 3), report(purchase, chance.between(8, 32), 'invoice_missing')]
}

const report = ({ captureId, at }: Purchase, day: number, problem: string): ToldEvent => ({
  type: 'customer.reported',
  at: at(day),
  captureId,
  problem,
})

interface Comeback {
  /** Days after the capture on which the return is announced. */
  readonly day: number
  readonly reason: string
  readonly condition: string
  readonly chance: Chance
}

/** All of the goods or the first line of them: announced, received a few days later, and inspected. */
function comesBack(
  { captureId, at, lines }: Purchase,
  { day, reason, condition, chance }: Comeback,
): readonly ToldEvent[] {
  const back = chance.pick([lines, lines.slice(0, 1)]).map(({ reference, quantity }) => ({
    reference,
    quantity,
  }))
  const about = { captureId, returnId: `${captureId}-r1`, reason, lines: back }
  const received = day + chance.between(3, 9)
  return [
    { type: 'return.registered', at: at(day), ...about },
    { type: 'return.received', at: at(received), ...about },
    { type: 'return.inspected', at: at(received + 1), ...about, condition },
  ]
}
