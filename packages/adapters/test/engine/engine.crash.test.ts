import {
  acceptEvent,
  advanceOrder,
  type EngineEvent,
  instantToMs,
  orderBooks,
  recoverOrder,
} from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  DAY_MS,
  ORDER_ID,
  type RuleSpec,
  returned,
  type SETTINGS,
  T0,
  told,
} from './builders.ts'
import { interrupted, Killed } from './interrupted.ts'
import { aRig, type Rig, recoverAll } from './rig.ts'
import { type Fault, http, lost, vanished } from './scripted-klarna.ts'

interface Story {
  readonly rules?: readonly RuleSpec[]
  readonly settings?: Partial<typeof SETTINGS>
  readonly faults?: readonly Fault[]
  readonly events: readonly ((rig: Rig) => EngineEvent | Promise<EngineEvent>)[]
  /** Operations that must have happened at Klarna, each exactly once. */
  readonly effects: readonly string[]
}

const order = captured({ captures: [aCapture({ dueOn: '2026-12-14' as never })] })
const approveFirst = async (rig: Rig): Promise<EngineEvent> => {
  const [command] = await rig.commands()
  return {
    id: 'approval:1',
    type: 'command.approved',
    orderId: ORDER_ID,
    at: T0,
    commandId: command?.command.id ?? '',
    by: 'lead@shop.example',
    hash: command?.approvalHash ?? '',
  }
}

const stories: readonly [string, Story][] = [
  [
    'a return that is paid back, and six kinds of calls in one decision',
    {
      rules: [
        { on: 'return.received', action: { type: 'refund', params: { basis: 'returned_items' } } },
        ...Object.values(ACTIONS).map((action) => ({ on: 'shop.go', action })),
      ],
      events: [() => returned(), () => told('go')],
      effects: [
        'refundOrder',
        'refundOrder',
        'releaseRemainingAuthorization',
        'extendDueDate',
        'appendShippingInfo',
        'triggerSendOut',
      ],
    },
  ],
  [
    'a deadline that asks for an extension',
    {
      rules: [{ on: 'deadline.approaching', action: ACTIONS.extend }],
      events: [],
      effects: ['extendDueDate'],
    },
  ],
  [
    'answers that are lost, refused, rate limited',
    {
      rules: [
        { on: 'shop.go', action: ACTIONS.refund },
        { on: 'shop.go', action: ACTIONS.sendOut },
        { on: 'shop.go', action: ACTIONS.release },
      ],
      faults: [lost, lost, { answer: http(429) }, vanished],
      events: [() => told('go'), () => asked('refund', { basis: 'amount', amountMinor: 200 })],
      effects: ['refundOrder', 'triggerSendOut', 'releaseRemainingAuthorization', 'refundOrder'],
    },
  ],
  [
    'events that were parked, and one that a person approves',
    {
      rules: [{ on: 'return.received', action: ACTIONS.refund, mode: 'approval' }],
      events: [() => returned(), approveFirst],
      effects: ['refundOrder'],
    },
  ],
]

/** Tells the story, restarting after each kill, until everything is settled. */
async function tellStory(
  { rules = [], settings = {}, faults = [], events }: Story,
  at: number,
  when: 'before' | 'after',
  isParkedFirst: boolean,
): Promise<{ readonly rig: Rig; readonly calls: readonly string[] }> {
  const rig = await aRig({ rules, settings })
  const sound = rig.ports
  rig.klarna.open(order)
  rig.klarna.script(...faults)
  const counted = interrupted(sound, { at, when })
  rig.ports = counted.ports

  /** What a runtime and a sender do about a process that dies: start again, recover, send again. */
  const surely = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      rig.ports = sound
      await recoverAll(rig)
      await work()
    }
  }
  const [first, ...others] = isParkedFirst
    ? [events[0] ?? (() => order), () => order, ...events.slice(1)]
    : [() => order, ...events]
  for (const make of [first, ...others]) {
    const event = await make(rig)
    await surely(() => acceptEvent(rig.ports, event))
    await surely(async () => {
      while ((await advanceOrder(rig.ports, ORDER_ID)).type !== 'idle');
    })
  }
  await surely(() => rig.play(DAY_MS - (instantToMs(rig.now()) - instantToMs(T0))))
  return { rig, calls: counted.calls }
}

/** What must be the same whether a process died or not. */
const outcomeOf = async (rig: Rig) => {
  const state = await rig.order()
  return {
    books: orderBooks(state),
    remaining: state.remainingAuthorizedMinor,
    chart: state.chart,
    captures: state.captures,
    returns: state.returns,
    commands: state.commands.map((each) => [each.command, each.requestHash, each.chart.value]),
    events: (await rig.store.events(ORDER_ID))
      .filter((each) => !each.type.startsWith('command.') || each.type === 'command.approved')
      .map((each) => [each.eventId, each.status])
      .toSorted(),
    work: await rig.work(),
    alarms: await rig.alarms(),
  }
}

describe('wherever a process dies, every effect happens once and the books are the same', () => {
  for (const [name, story] of stories) {
    test(name, { timeout: 120_000 }, async () => {
      const isParkedFirst = name.includes('parked')
      const whole = await tellStory(story, 0, 'before', isParkedFirst)
      const want = await outcomeOf(whole.rig)
      expect(whole.rig.klarna.done.map((each) => each.operation).toSorted()).toEqual(
        story.effects.toSorted(),
      )
      expect(whole.calls.length).toBeGreaterThan(20)

      for (let at = 1; at <= whole.calls.length; at += 1) {
        for (const when of ['before', 'after'] as const) {
          const { rig } = await tellStory(story, at, when, isParkedFirst)
          const where = `${when} call ${at}, ${whole.calls[at - 1]}`

          const effects = rig.klarna.done.map((each) => each.operation).toSorted()
          expect(effects, where).toEqual(story.effects.toSorted())
          const keys = rig.klarna.done.map((each) => each.key)
          expect(new Set(keys).size, where).toBe(keys.length)
          expect(await outcomeOf(rig), where).toEqual(want)
          const bodies = new Map(rig.klarna.sent.map((each) => [each.key, each.body]))
          for (const each of rig.klarna.sent) expect(each.body, where).toBe(bodies.get(each.key))
        }
      }
    })
  }
})

test('a process that dies again and again still does it once', async () => {
  const rig = await aRig({ rules: [{ on: 'shop.go', action: ACTIONS.sendOut }] })
  await rig.register()
  await rig.submit(told('go'))
  const sound = rig.ports

  for (let at = 1; at < 40; at += 1) {
    rig.ports = interrupted(sound, { at, when: at % 2 === 0 ? 'before' : 'after' }).ports
    await rig.run().catch(() => {})
    rig.ports = sound
    await recoverAll(rig)
    rig.pass(6_000)
  }
  await rig.play(DAY_MS)

  expect(rig.klarna.done).toHaveLength(1)
  expect(await rig.phases()).toEqual(['confirmed'])
})

test('recovering is harmless for an order with nothing under way, and for nobody', async () => {
  const rig = await aRig()
  expect(await recoverOrder(rig.ports, 'nobody')).toEqual({ type: 'idle', wakeAt: null })
  await rig.register()
  const before = await rig.store.order(ORDER_ID)

  expect(await recoverOrder(rig.ports, ORDER_ID)).toEqual({ type: 'idle', wakeAt: null })

  expect(await rig.store.order(ORDER_ID)).toEqual(before)
})
