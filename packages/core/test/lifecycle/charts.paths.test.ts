import { captureChart, commandChart, instant, orderChart, orderLifecycle } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { initialTransition } from 'xstate'
import { isPullAllowed } from '../../src/engine/retry.ts'
import type { ChartEffect } from '../../src/lifecycle/chart-effects.ts'
import type { CommandChartEvent } from '../../src/lifecycle/command-chart-event.ts'
import { createStepChart } from '../../src/lifecycle/step-chart.ts'
import type { CaptureChartContext, ChartState, CommandChartContext } from '../../src/order-state.ts'
import {
  edgesOf,
  leavesOf,
  pathsOf,
  statesOf,
  transitionsOf,
  type WalkedChart,
} from './chart-walk.ts'

const AT = instant('2026-12-08T08:00:00Z')
const BEFORE = instant('2026-12-08T07:00:00Z')
const why = 'w'

const commandEvents: readonly CommandChartEvent[] = [
  { type: 'request' },
  { type: 'awaitApproval', why, approvalsNeeded: 1, expiresAt: AT },
  { type: 'awaitApproval', why, approvalsNeeded: 2, expiresAt: AT },
  { type: 'approve', by: 'kim' },
  { type: 'reject', why },
  { type: 'expire' },
  { type: 'start', at: AT },
  { type: 'done', resultId: 'r' },
  { type: 'refused', why, auditAt: AT },
  { type: 'unknown', why, retryAt: AT, auditAt: AT, isExtra: false },
  { type: 'unknown', why, retryAt: null, auditAt: AT, isExtra: false },
  { type: 'pullForward', at: BEFORE },
  { type: 'endKey' },
  { type: 'notStarted', why, notBefore: AT, isStale: false, wasReachable: true },
  { type: 'notStarted', why, notBefore: AT, isStale: true, wasReachable: false },
  { type: 'misconfigured', why, wasSent: true },
  { type: 'needsPerson', why },
  { type: 'auditedPresent' },
  { type: 'auditedAbsent', auditAt: AT, why },
  { type: 'auditedAbsent', auditAt: null, why },
  { type: 'auditPostponed', auditAt: AT },
  { type: 'resume' },
  { type: 'resolveHappened', why },
  { type: 'resolveDidNotHappen', why },
  { type: 'resolveTryAsNew', why },
]

const ANSWERS = ['done', 'refused', 'unknown', 'notStarted', 'misconfigured', 'needsPerson']

const share = (refundedMinor: number, capturedMinor: number): string =>
  refundedMinor === 0 ? 'none' : refundedMinor < capturedMinor ? 'part' : 'all'

const command: WalkedChart = {
  machine: commandChart,
  events: commandEvents,
  classOf: (context: CommandChartContext) =>
    [
      context.unknownCount > 0,
      context.approvalsNeeded - context.approvedBy.length,
      isPullAllowed(context, BEFORE),
    ].join(' '),
}

const charts: readonly [string, WalkedChart][] = [
  ['command', command],
  [
    'capture',
    {
      machine: captureChart,
      input: { capturedMinor: 3000 },
      events: [
        { type: 'refundBooked', refundMinor: 1000 },
        { type: 'refundBooked', refundMinor: 3000 },
        { type: 'dueDateExtended', numberOfDays: 10, feeMinor: 100 },
        { type: 'parcelTracked' },
      ] as never,
      classOf: ({ refundedMinor, capturedMinor }: CaptureChartContext) =>
        share(refundedMinor, capturedMinor),
    },
  ],
  [
    'order',
    {
      machine: orderChart,
      events: [
        { type: 'releaseRequested' },
        { type: 'releaseConfirmed' },
        { type: 'releaseRefused' },
        { type: 'authorizationRaised' },
        { type: 'deliveryAccepted' },
        { type: 'settled' },
        { type: 'reopened', released: true },
        { type: 'reopened', released: false },
      ] as never,
      classOf: ({ accepted }: { readonly accepted: boolean }) => `${accepted}`,
    },
  ],
  [
    'orderLifecycle',
    {
      machine: orderLifecycle,
      input: { capturedMinor: 3000 },
      events: [
        { type: 'refund.confirmed', refundMinor: 1000 },
        { type: 'refund.confirmed', refundMinor: 3000 },
        { type: 'extension.confirmed', numberOfDays: 10 },
        { type: 'shipping.confirmed' },
        { type: 'release.requested' },
        { type: 'release.confirmed' },
        { type: 'release.refused' },
        { type: 'authorization.raised' },
        { type: 'delivery.accepted' },
        { type: 'order.settled' },
        { type: 'order.reopened', isReleased: true },
        { type: 'order.reopened', isReleased: false },
      ] as never,
      classOf: (context: {
        readonly refundedMinor: number
        readonly capturedMinor: number
        readonly isAccepted: boolean
      }) => `${share(context.refundedMinor, context.capturedMinor)} ${context.isAccepted}`,
    },
  ],
]

/** Where a path leads by the step function of the router. */
function play(
  { machine, input }: WalkedChart,
  events: readonly { readonly type: string }[],
): ChartState<unknown> {
  const step = createStepChart<unknown, { readonly type: string }>(machine, input)
  const { value, context } = initialTransition(machine, input as never)[0]
  const start: ChartState<unknown> = { value, context }
  return events.reduce((state, event) => step(state, event).state, start)
}

/** Alternatives of shared answers that no state has a use for: in both of these some attempt is always in doubt. */
const NEVER_TAKEN: readonly string[] = [
  '#doubtful refused 1',
  '#doubtful notStarted 1',
  '#auditing refused 1',
  '#auditing notStarted 1',
]

describe.each(charts)('the %s chart', (_, chart) => {
  const edges = edgesOf(chart)
  const paths = pathsOf(chart)

  it('is walked with every event that it has', () => {
    expect(new Set(chart.events.map((event) => event.type))).toEqual(new Set(chart.machine.events))
  })

  it('reaches every state', () => {
    const reached = new Set(paths.flatMap(({ state }) => leavesOf(state.value)))

    expect([...reached].toSorted()).toEqual(statesOf(chart).toSorted())
  })

  it('takes every transition', () => {
    const taken = new Set(edges.map((edge) => edge.name))

    const missed = transitionsOf(chart).filter((name) => !taken.has(name))
    expect(missed).toEqual(chart === command ? NEVER_TAKEN : [])
    expect([...taken].filter((name) => !transitionsOf(chart).includes(name))).toEqual([])
  })

  it('goes the same way through the step function of the router', () => {
    for (const { state, events } of paths) {
      // The walk keeps one snapshot for each class of states, so the numbers may be those of another path.
      const expectSame = (name: string, played: ChartState<unknown>, walked: typeof state) =>
        expect({
          name,
          value: played.value,
          class: chart.classOf(played.context as never),
        }).toEqual({
          name,
          value: walked.value,
          class: chart.classOf(walked.context as never),
        })
      expectSame('the way there', play(chart, events), state)
      for (const edge of edges.filter(({ from }) => from === state))
        expectSame(edge.name, play(chart, [...events, edge.event]), edge.to)
    }
  })
})

describe('a command, in every state and after every event', () => {
  const step = createStepChart<CommandChartContext, { readonly type: string }>(commandChart)
  const states = pathsOf(command).map(({ state }) => ({
    value: state.value,
    context: state.context as CommandChartContext,
  }))
  const isSettled = (value: unknown) => ['confirmed', 'refused', 'rejected'].includes(String(value))
  const nameOf = (value: unknown) => leavesOf(value).join()

  const all = states.flatMap((before) =>
    command.events.map((event) => ({ before, event, ...step(before, event) })),
  )
  const counted = (effects: readonly ChartEffect[], type: ChartEffect['type']) =>
    effects.filter((effect) => effect.type === type).length

  it('hears every answer: it changes something, or somebody is told', () => {
    for (const { before, event } of all) {
      if (!ANSWERS.includes(event.type)) continue
      // Another reason than the last one, or the same answer twice would change nothing for good reason.
      const { state, effects } = step(before, {
        ...event,
        why: 'another',
        resultId: 'another',
      } as never)
      const isHeard = effects.length > 0 || JSON.stringify(state) !== JSON.stringify(before)
      expect({ from: nameOf(before.value), event: event.type, isHeard }).toMatchObject({
        isHeard: true,
      })
    }
  })

  it('leaves a settled state by a late success only, or by doubt about what nobody sent, with an alarm', () => {
    const left = all.filter(
      ({ before, state }) => isSettled(before.value) && state.value !== before.value,
    )

    const ways = left.map(({ before, event, state, effects }) =>
      [before.value, event.type, state.value, counted(effects, 'alarm')].join(' '),
    )
    expect([...new Set(ways)].toSorted()).toEqual([
      'refused done confirmed 1',
      'rejected done confirmed 1',
      'rejected unknown auditing 1',
    ])
  })

  it('enters the books when it becomes confirmed, and never again', () => {
    for (const { before, event, state, effects } of all) {
      const becomes = state.value === 'confirmed' && before.value !== 'confirmed'
      expect({
        from: nameOf(before.value),
        event: event.type,
        books: counted(effects, 'book'),
      }).toEqual({ from: nameOf(before.value), event: event.type, books: becomes ? 1 : 0 })
    }
    expect(
      all.filter(
        ({ before, state }) => before.value === 'confirmed' && state.value !== 'confirmed',
      ),
    ).toEqual([])
  })

  it('gives back what it claimed when it becomes refused or rejected, and never after it was booked', () => {
    for (const { before, event, state, effects } of all) {
      const becomes =
        ['refused', 'rejected'].includes(String(state.value)) && !isSettled(before.value)
      expect({
        from: nameOf(before.value),
        event: event.type,
        frees: counted(effects, 'free'),
      }).toEqual({ from: nameOf(before.value), event: event.type, frees: becomes ? 1 : 0 })
    }
  })

  it('opens a new key by a person alone', () => {
    const opening = all.filter(({ effects }) => counted(effects, 'openGeneration') > 0)

    expect(new Set(opening.map(({ event }) => event.type))).toEqual(new Set(['resolveTryAsNew']))
    for (const { before, state } of all) {
      const isNew = state.context.generation > before.context.generation
      expect(isNew).toBe(opening.some((each) => each.before === before && each.state === state))
    }
  })

  it('asks a person in every state that only a person can leave, and no longer than that', () => {
    const kinds = {
      stuck: 'stuck_command',
      paused: 'paused_command',
      awaitingApproval: 'awaiting_approval',
    } as const
    for (const { before, event, state, effects } of all) {
      for (const [name, kind] of Object.entries(kinds)) {
        const asks = (type: 'openWork' | 'closeWork') =>
          effects.some((effect) => effect.type === type && effect.kind === kind)
        const way = { from: nameOf(before.value), event: event.type, kind }
        const enters = state.value === name && before.value !== name
        const leaves = before.value === name && state.value !== name
        if (enters) expect({ ...way, opens: asks('openWork') }).toEqual({ ...way, opens: true })
        expect({ ...way, closes: asks('closeWork') }).toEqual({ ...way, closes: leaves })
      }
    }
  })
})
