/** Draws a story from a seed: a few orders, what happens to them, and a weather of its own, so that rare mixes come up. */
import type { Random } from '../random.ts'
import { createRandom } from '../random.ts'
import { CALL_FAULT_NAMES, type CallFaultName } from './call-faults.ts'
import { CALM_MS, DISK_FAILURES, type History, type Report, type Step } from './history.ts'
import {
  captureIdsOf,
  ORDER_KINDS,
  type OrderPlan,
  RULE_VERSION_COUNT,
  returnableOf,
} from './shop.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Beginnings near what calendars do: summer time begins and ends, a leap day, the end of a year, and a plain week. */
const BEGINNINGS = [
  '2026-03-27T22:00:00.000Z',
  '2026-10-23T21:00:00.000Z',
  '2028-02-27T20:00:00.000Z',
  '2026-12-30T10:00:00.000Z',
  '2026-06-08T08:00:00.000Z',
] as const

/** Draws the story of a seed; the same seed gives the same story for ever. */
export function drawHistory(seed: string): History {
  const history = drawStormy(seed)
  return createRandom(seed).happens('fair', 0.08) ? inFairWeather(history) : history
}

/** What goes on in fair weather: people and shops do things, and nothing breaks. */
const FAIR_STEPS: readonly Step['type'][] = [
  'capture',
  'report',
  'forge',
  'portal',
  'offers',
  'rules',
  'unregistered',
]

const inFairWeather = (history: History): History => ({
  ...history,
  steps: history.steps.filter((step) => FAIR_STEPS.includes(step.type)),
  faults: {},
  deathRate: 0,
  clockDrift: 0,
  isFair: true,
})

function drawStormy(seed: string): History {
  const random = createRandom(seed)
  const stormMs = random.integer('storm', 12, 72) * HOUR_MS
  const orders = Array.from(
    { length: random.integer('orders', 1, 5) },
    (_, index): OrderPlan => ({ index, kind: random.pick(`kind ${index}`, ORDER_KINDS) }),
  )
  const told = orders.flatMap((plan) =>
    drawOrder(plan, random.part(`order ${plan.index}`), stormMs),
  )
  const stops = drawStops(random.part('stops'), told, stormMs)
  // A stop meets a call only where its preparation takes a while.
  const slow = stops.length === 0 ? {} : { slow: 0.4 }
  const steps = [...told, ...drawWorld(random.part('world'), stormMs), ...stops]
  return {
    seed,
    beginsAt: random.pick('begins', BEGINNINGS),
    stormMs,
    calmMs: CALM_MS,
    settings: random.happens('tight', 0.35) ? 'tight' : 'wide',
    orders,
    steps: steps.toSorted((a, b) => a.atMs - b.atMs),
    faults: { ...slow, ...drawFaults(random.part('faults')) },
    deathRate: random.pick('deaths', [0, 0, 0.002, 0.006, 0.015]),
    clockDrift: random.pick('drift', [0, 0, 0, 0.05, -0.05]),
    peopleAnswer: random.happens('people', 0.8),
    replaysErrors: random.happens('replays', 0.6),
    isFair: false,
  }
}

/** A few faults, some of them frequent: many at once would hide one another. */
function drawFaults(random: Random): Partial<Record<CallFaultName, number>> {
  const count = random.pick('count', [0, 1, 2, 3, 6])
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      random.pick(`name ${index}`, CALL_FAULT_NAMES),
      random.pick(`rate ${index}`, [0.03, 0.1, 0.3, 0.6]),
    ]),
  )
}

function drawOrder(plan: OrderPlan, random: Random, stormMs: number): readonly Step[] {
  const captureAtMs = random.happens('late capture', 0.1)
    ? random.integer('capture', 0, stormMs)
    : 0
  const steps: Step[] = random.happens('never captured', 0.03)
    ? [{ atMs: 0, type: 'unregistered', order: plan.index }]
    : [{ atMs: captureAtMs, type: 'capture', order: plan.index }]
  for (let index = random.integer('events', 2, 7); index > 0; index -= 1)
    steps.push(...drawReports(plan, random.part(`event ${index}`), stormMs))
  for (let index = random.pick('portal', [0, 0, 0, 1, 2]); index > 0; index -= 1)
    steps.push(drawPortal(plan, random.part(`portal ${index}`), stormMs))
  return steps
}

/** One report as a sender makes it: once, or again and again, or much later. */
function drawReports(plan: OrderPlan, random: Random, stormMs: number): readonly Step[] {
  const report = drawReport(plan, random)
  const atMs = random.integer('at', MINUTE_MS, stormMs)
  const step: Step = { atMs, type: 'report', order: plan.index, report }
  const repeats = random.pick('repeats', [0, 0, 0, 1, 3])
  const again = Array.from({ length: repeats }, (_, index): Step => {
    const laterMs = random.pick(`later ${index}`, [0, 1_000, 10 * MINUTE_MS, 24 * HOUR_MS])
    return { ...step, atMs: Math.min(stormMs, atMs + laterMs) }
  })
  const forged: readonly Step[] = random.happens('forged', 0.05)
    ? [{ ...step, type: 'forge', atMs: Math.min(stormMs, atMs + MINUTE_MS) }]
    : []
  return [step, ...again, ...forged]
}

const RETURN_TYPES = ['return.registered', 'return.received', 'return.inspected'] as const
const PROBLEMS = ['invoice_missing', 'damaged', 'late', 'not_received'] as const

function drawReport(plan: OrderPlan, random: Random): Report {
  const id = `e-${plan.index}-${random.integer('id', 1, 1_000_000)}`
  const captureIds = captureIdsOf(plan)
  const captureIndex = random.integer('capture', 0, captureIds.length - 1)
  const captureId = captureIds[captureIndex] ?? ''
  const what = random.fraction('what')
  if (what < 0.5) return drawReturn(plan, random, { id, captureId, captureIndex })
  if (what < 0.6) return { id, type: 'delivery.accepted' }
  if (what < 0.68) {
    const trackingNumber = `T-${plan.index}-${random.integer('parcel', 1, 3)}`
    return {
      id,
      type: 'shipment.dispatched',
      captureId,
      shippingInfo: [{ shippingCompany: 'PostNord', trackingNumber }],
    }
  }
  if (what < 0.8)
    return { id, type: 'customer.reported', captureId, problem: random.pick('problem', PROBLEMS) }
  if (what < 0.84) return { id, type: 'shop.probe', captureId }
  if (what < 0.87) return { id, type: 'order.observed' }
  return drawRequest(random, { id, captureId })
}

interface Named {
  readonly id: string
  readonly captureId: string
}

function drawReturn(
  plan: OrderPlan,
  random: Random,
  { id, captureId, captureIndex }: Named & { readonly captureIndex: number },
): Report {
  const lines = returnableOf(plan, captureIndex)
  const { reference, quantity } = random.pick('line', lines)
  return {
    id,
    type: random.pick('stage', RETURN_TYPES),
    captureId,
    returnId: `R-${captureIndex}-${random.integer('return', 1, 2)}`,
    reason: random.pick('reason', ['damaged', 'changed_mind']),
    condition: random.pick('condition', ['good', 'bad']),
    lines: [{ reference, quantity: random.integer('quantity', 1, quantity) }],
  }
}

/** What staff ask for by hand. */
function drawRequest(random: Random, { id, captureId }: Named): Report {
  const action = random.pick('action', [
    {
      type: 'refund',
      params: { basis: 'amount', amountMinor: random.integer('amount', 1, 6_000) },
    },
    { type: 'refund', params: { basis: 'remaining' } },
    { type: 'refund', params: { basis: 'percent', percent: random.integer('percent', 1, 100) } },
    {
      type: 'extendDueDate',
      params: { choose: 'cheapest', maxFeeMinor: { SEK: 1900, EUR: 190 }, again: 'yes' },
    },
    { type: 'sendOut', params: {} },
    { type: 'releaseAuthorization', params: {} },
    { type: 'extendAuthorization', params: {} },
  ] as const)
  const by = random.pick('by', ['agent@shop.example', 'kim@shop.example'])
  return { id, type: 'action.requested', captureId, by, why: 'the customer called', action }
}

function drawPortal(plan: OrderPlan, random: Random, stormMs: number): Step {
  const atMs = random.integer('at', 0, stormMs)
  if (random.happens('offers', 0.3)) {
    const feeMinor = random.pick('fee', [null, 0, 500, 1500, 99_999])
    return { atMs, type: 'offers', order: plan.index, feeMinor }
  }
  const captureId = random.pick('capture', captureIdsOf(plan))
  const amountMinor = random.integer('amount', 1, 3_000)
  const action = random.pick('action', [
    { action: 'refund', amountMinor, captureId },
    { action: 'refund', amountMinor, captureId },
    { action: 'release' },
  ] as const)
  return { atMs, type: 'portal', order: plan.index, action }
}

/** What happens to the process, its clock, its disk, its rules, and to Klarna as a whole. */
function drawWorld(random: Random, stormMs: number): readonly Step[] {
  const steps: Step[] = []
  const at = (name: string): number => random.integer(`at ${name}`, 0, stormMs)
  const times = (
    name: string,
    counts: readonly number[],
    make: (name: string) => readonly Step[],
  ) => {
    for (let index = random.pick(name, counts); index > 0; index -= 1)
      steps.push(...make(`${name} ${index}`))
  }
  times('kill', [0, 0, 1, 3], (name) => [
    {
      atMs: at(name),
      type: 'kill',
      downMs: random.pick(`down ${name}`, [1_000, MINUTE_MS, HOUR_MS, 6 * HOUR_MS]),
    },
  ])
  times('restart', [0, 0, 1], (name) => [{ atMs: at(name), type: 'restart' }])
  times('outage', [0, 0, 1, 2], (name) => [
    {
      atMs: at(name),
      type: 'outage',
      fault: random.pick(`fault ${name}`, CALL_FAULT_NAMES),
      spanMs: random.pick(`span ${name}`, [
        10 * MINUTE_MS,
        HOUR_MS,
        8 * HOUR_MS,
        30 * HOUR_MS,
        40 * HOUR_MS,
      ]),
    },
  ])
  times('clock', [0, 0, 0, 1], (name) => {
    const jumpMs = random.pick(`jump ${name}`, [
      -2 * HOUR_MS,
      -MINUTE_MS,
      HOUR_MS,
      26 * HOUR_MS,
      48 * HOUR_MS,
    ])
    const atMs = at(name)
    const backMs = atMs + random.integer(`back ${name}`, MINUTE_MS, 10 * HOUR_MS)
    return [
      { atMs, type: 'clock', jumpMs },
      { atMs: backMs, type: 'clock', jumpMs: -jumpMs },
    ]
  })
  times('rules', [0, 1, 2], (name) => [
    {
      atMs: at(name),
      type: 'rules',
      version: random.integer(`version ${name}`, 0, RULE_VERSION_COUNT - 1),
    },
  ])
  times('credentials', [0, 0, 0, 1], (name) => {
    const atMs = at(name)
    return [
      { atMs, type: 'credentials', isRight: false },
      {
        atMs: atMs + random.pick(`span ${name}`, [MINUTE_MS, 3 * HOUR_MS]),
        type: 'credentials',
        isRight: true,
      },
    ]
  })
  times('disk', [0, 0, 0, 1], (name) => [
    {
      atMs: at(name),
      type: 'disk',
      failure: random.pick(`failure ${name}`, DISK_FAILURES),
      spanMs: random.pick(`span ${name}`, [1_000, 10 * MINUTE_MS]),
    },
  ])
  return steps
}

const SCOPES = [
  'everything',
  'action:refund',
  'action:extendDueDate',
  'rule:shop/Pay back what came back',
] as const

/** Stops come when something is going on: often while a call that was just decided is being prepared. */
function drawStops(random: Random, told: readonly Step[], stormMs: number): readonly Step[] {
  if (told.length === 0 || random.happens('none', 0.6)) return []
  const scope = random.pick('scope', SCOPES)
  const soonMs = random.integer('soon', 0, random.pick('how soon', [2_000, 60_000]))
  const atMs = random.happens('near', 0.7)
    ? random.pick('step', told).atMs + soonMs
    : random.integer('at', 0, stormMs)
  const spanMs = random.pick('span', [10 * MINUTE_MS, 2 * HOUR_MS])
  return [
    { atMs, type: 'stop', scope },
    { atMs: atMs + spanMs, type: 'unstop', scope },
  ]
}
