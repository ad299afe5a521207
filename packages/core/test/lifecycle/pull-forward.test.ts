import {
  addMs,
  commandPhase,
  type EngineEvent,
  type IsoInstant,
  instantToMs,
  type OrderState,
  REPEAT_WAITS_MS,
  SAME_KEY_STOP_MS,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextPull } from '../../src/lifecycle/next-step.ts'
import { anOrder, apply, attempt, done, fired, returned, settle, T0, unknown } from '../builders.ts'

const event = returned()
const settled = settle(apply(anOrder(), event as EngineEvent), event, [
  fired('refund', { basis: 'returned_items' }),
])
const id = settled.commands[0]?.command.id ?? ''
const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1_000, 60_000, 3_600_000]
const nobodyHolds = () => false

/** The command's numbers. */
const waits = ({ commands }: OrderState) => {
  const context = commands[0]?.chart.context
  if (context === undefined) throw new Error('no command')
  return context
}
const phase = ({ commands }: OrderState) => commands[0] && commandPhase(commands[0])

/** One attempt that ends in doubt at `at`, with whatever number it has. */
function doubt(order: OrderState, at: IsoInstant, startedAt = at): OrderState {
  const number = waits(order).attemptCount + 1
  const [began] = attempt(id, unknown, startedAt, number)
  const [, ended] = attempt(id, unknown, at, number)
  return apply(order, began as EngineEvent, ended as EngineEvent)
}

/** Pulls forward if that is allowed now. */
function pull(order: OrderState, now: IsoInstant): OrderState {
  const found = nextPull(order, now, nobodyHolds)
  if (found === undefined) return order
  const about = { id: `pull:${now}`, orderId: 'order-1', at: now, commandId: id }
  return apply(order, { ...about, type: 'command.pulledForward', dueAt: found.dueAt })
}

/** In doubt twice: the next regular repeat comes 5 to 7.5 minutes after `T0`. */
const twice = doubt(doubt(settled.routed.order, T0), T0)
const regularAt = waits(twice).notBefore ?? T0
const LATER = addMs(T0, MINUTE_MS)

describe('a repeat that is pulled forward', () => {
  test('is due now and remembers its regular instant', () => {
    const pulled = pull(twice, LATER)

    expect(waits(pulled)).toMatchObject({ notBefore: LATER, regularAt, unknownCount: 2 })
    expect(phase(pulled)).toBe('doubtful')
  })

  test("comes no sooner than Klarna's shortest wait after the attempt before", () => {
    const pulled = pull(twice, addMs(T0, SECOND_MS))

    const waitMs = instantToMs(waits(pulled).notBefore ?? T0) - instantToMs(T0)
    expect(waitMs).toBeGreaterThanOrEqual(5 * SECOND_MS)
    expect(waitMs).toBeLessThanOrEqual(7.5 * SECOND_MS)
  })

  test('that ends in doubt again leaves the regular repeat where it was, and is not pulled twice', () => {
    const again = doubt(pull(twice, LATER), LATER)

    expect(waits(again)).toMatchObject({ notBefore: regularAt, unknownCount: 2, attemptCount: 3 })
    expect(pull(again, addMs(LATER, MINUTE_MS))).toBe(again)
  })

  test('may be pulled again once the regular repeat was made', () => {
    const regular = doubt(doubt(pull(twice, LATER), LATER), regularAt)
    expect(waits(regular)).toMatchObject({ regularAt: null, unknownCount: 3 })
    const next = waits(regular).notBefore ?? T0

    const pulled = pull(regular, addMs(regularAt, MINUTE_MS))

    expect(waits(pulled)).toMatchObject({ notBefore: addMs(regularAt, MINUTE_MS), regularAt: next })
  })

  test('that begins at its regular instant is the regular one', () => {
    const late = doubt(pull(twice, LATER), regularAt)

    expect(waits(late)).toMatchObject({ regularAt: null, unknownCount: 3 })
    const waitMs = instantToMs(waits(late).notBefore ?? T0) - instantToMs(regularAt)
    expect(waitMs).toBeGreaterThanOrEqual(5 * HOUR_MS)
  })

  test('that began before its regular instant and ends after it leaves the regular one to come', () => {
    const endsAt = addMs(regularAt, 30 * SECOND_MS)

    const late = doubt(pull(twice, LATER), endsAt, addMs(regularAt, -SECOND_MS))

    expect(waits(late)).toMatchObject({ unknownCount: 2 })
    const waitMs = instantToMs(waits(late).notBefore ?? T0) - instantToMs(endsAt)
    expect(waitMs).toBeGreaterThanOrEqual(5 * SECOND_MS)
    expect(waitMs).toBeLessThanOrEqual(7.5 * SECOND_MS)
    expect(pull(late, endsAt)).toBe(late)
  })

  test('that ends right before its regular instant still leaves 5 s until that', () => {
    const endsAt = addMs(regularAt, -SECOND_MS)

    const again = doubt(pull(twice, LATER), endsAt)

    const waitMs = instantToMs(waits(again).notBefore ?? T0) - instantToMs(endsAt)
    expect(waitMs).toBeGreaterThanOrEqual(5 * SECOND_MS)
    expect(waits(again).unknownCount).toBe(2)
  })

  test('brings its answer like every other', () => {
    const [began, ended] = attempt(id, done, LATER, 3)

    const confirmed = apply(pull(twice, LATER), began as EngineEvent, ended as EngineEvent)

    expect(phase(confirmed)).toBe('confirmed')
  })
})

describe('nothing is pulled forward', () => {
  const refusal = { type: 'refused', code: 'REFUND_NOT_ALLOWED' } as const
  const held = { type: 'not_started', reason: 'look_failed:http_503', waitMs: 60_000 } as const
  const audited = apply(twice, ...attempt(id, refusal, T0, 3))
  const stuck = apply(audited, {
    id: 'audit',
    type: 'command.audited',
    orderId: 'order-1',
    at: T0,
    commandId: id,
    finding: 'no_trace',
  })
  const cases: readonly [string, OrderState][] = [
    ['of a command that was not sent', settled.routed.order],
    ['whose first repeat comes in seconds anyway', doubt(settled.routed.order, T0)],
    ['that waits because a look failed', apply(twice, ...attempt(id, held, T0, 3))],
    ['that is on its way', apply(twice, attempt(id, unknown, T0, 3)[0] as EngineEvent)],
    ["while Klarna's books are read", audited],
    ['that waits for a person', stuck],
    ['that is over', apply(twice, ...attempt(id, done, T0, 3))],
  ]
  for (const [name, order] of cases) {
    test(name, () => {
      expect(nextPull(order, T0, nobodyHolds)).toBe(undefined)
    })
  }

  test('that a stop holds', () => {
    expect(nextPull(twice, LATER, () => true)).toBe(undefined)
  })

  test('to a later instant', () => {
    expect(nextPull(twice, regularAt, nobodyHolds)).toBe(undefined)
  })
})

interface Life {
  readonly order: OrderState
  /** When each attempt ended. */
  readonly attempts: readonly IsoInstant[]
  readonly endedAt: IsoInstant
}

/** A Klarna that never gives a clear answer; it seems to answer again at each of `turnsMs` after `T0`. */
function live(turnsMs: readonly number[], hangMs: number): Life {
  const attempts: IsoInstant[] = []
  let order = settled.routed.order
  let now = T0
  const turns = turnsMs.toSorted((a, b) => a - b).map((ms) => addMs(T0, ms))
  while (phase(order) !== 'auditing') {
    const dueAt = waits(order).notBefore ?? now
    const turn = turns[0]
    if (turn !== undefined && turn < dueAt) {
      turns.shift()
      if (turn > now) now = turn
      order = pull(order, now)
      continue
    }
    const startedAt = dueAt > now ? dueAt : now
    now = addMs(startedAt, hangMs)
    attempts.push(now)
    order = doubt(order, now, startedAt)
  }
  return { order, attempts, endedAt: now }
}

test('whenever Klarna seems to answer again: no repeat is used up early, none follows another too soon', () => {
  const hangsMs = fc.constantFrom(0, 50, 59_000)
  const turnsMs = fc.array(fc.nat({ max: 14 * HOUR_MS }), { maxLength: 40 })
  fc.assert(
    fc.property(turnsMs, hangsMs, (turns, hangMs) => {
      const plain = live([], hangMs)
      const pulled = live(turns, hangMs)

      expect(pulled.endedAt >= plain.endedAt).toBe(true)
      expect(pulled.attempts.length).toBeGreaterThanOrEqual(plain.attempts.length)
      expect(pulled.attempts.length).toBeLessThanOrEqual(2 * REPEAT_WAITS_MS.length)
      const lastMs = instantToMs(pulled.endedAt) - instantToMs(T0)
      expect(lastMs).toBeLessThanOrEqual(SAME_KEY_STOP_MS)
      for (const [index, at] of pulled.attempts.slice(1).entries()) {
        const gapMs = instantToMs(at) - instantToMs(pulled.attempts[index] ?? T0) - hangMs
        expect(gapMs).toBeGreaterThanOrEqual(REPEAT_WAITS_MS[0] ?? 0)
      }
    }),
    { numRuns: 500 },
  )
})
