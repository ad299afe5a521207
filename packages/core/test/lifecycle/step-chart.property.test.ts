import { captureChart, commandChart, orderChart } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, initialTransition, transition } from 'xstate'
import { NEW_COMMAND } from '../../src/lifecycle/command-chart-event.ts'
import { createStepChart } from '../../src/lifecycle/step-chart.ts'

const at = '2026-12-08T08:00:00.000Z'
const minorArbitrary = fc.integer({ min: 1, max: 4000 })

const events = {
  order: fc.oneof(
    fc
      .constantFrom(
        'releaseRequested',
        'releaseConfirmed',
        'releaseRefused',
        'deliveryAccepted',
        'settled',
      )
      .map((type) => ({ type })),
    fc.boolean().map((released) => ({ type: 'reopened', released })),
  ),
  capture: fc.oneof(
    minorArbitrary.map((refundMinor) => ({ type: 'refundBooked', refundMinor })),
    minorArbitrary.map((numberOfDays) => ({ type: 'dueDateExtended', numberOfDays, feeMinor: 1 })),
    fc.constant({ type: 'parcelTracked' }),
  ),
  command: fc.oneof(
    fc.constantFrom('request', 'expire', 'resume', 'auditedPresent').map((type) => ({ type })),
    fc
      .constantFrom(
        'reject',
        'misconfigured',
        'needsPerson',
        'resolveHappened',
        'resolveDidNotHappen',
        'resolveTryAsNew',
      )
      .map((type) => ({ type, why: 'w' })),
    fc.integer({ min: 1, max: 2 }).map((approvalsNeeded) => ({
      type: 'awaitApproval',
      why: 'w',
      approvalsNeeded,
      expiresAt: at,
    })),
    fc.constantFrom('a', 'b').map((by) => ({ type: 'approve', by })),
    fc.constant({ type: 'start', at }),
    fc.boolean().map((wasSent) => ({ type: 'misconfigured', why: 'w', wasSent })),
    fc.constant({ type: 'done', resultId: 'r' }),
    fc.constant({ type: 'refused', why: 'no', auditAt: at }),
    fc
      .constantFrom(at, null)
      .map((retryAt) => ({ type: 'unknown', why: 'w', retryAt, auditAt: at })),
    fc.boolean().map((wasReachable) => ({
      type: 'notStarted',
      why: 'w',
      notBefore: at,
      isStale: false,
      wasReachable,
    })),
    fc.constantFrom(at, null).map((auditAt) => ({ type: 'auditedAbsent', auditAt, why: 'w' })),
    fc.constant({ type: 'auditPostponed', auditAt: at }),
  ),
}

const charts: readonly [
  string,
  AnyStateMachine,
  unknown,
  fc.Arbitrary<{ readonly type: string }>,
][] = [
  ['order', orderChart, undefined, events.order],
  ['capture', captureChart, { capturedMinor: 6000 }, events.capture],
  ['command', commandChart, undefined, events.command],
]

describe.each(charts)('the %s chart', (_, machine, input, event) => {
  it("steps exactly as XState's public transition does", () => {
    const step = createStepChart<unknown, { readonly type: string }>(machine, input)
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (sequence) => {
        const [initial] = initialTransition(machine, input as never)
        let snapshot = initial
        let state = { value: initial.value as unknown, context: initial.context as unknown }
        for (const each of sequence) {
          const [next, actions] = transition(machine, snapshot, each as never)
          const stepped = step(state, each)
          const effects = actions
            .filter((action) => !action.type.startsWith('xstate.'))
            .map(({ type, params }) => ({ type, ...(params as object) }))
          expect(stepped.state.value).toEqual(next.value)
          expect(stepped.state.context).toEqual(next.context)
          expect(stepped.effects).toEqual(effects)
          snapshot = next
          state = stepped.state
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('the command chart', () => {
  const step = createStepChart<typeof NEW_COMMAND, { readonly type: string }>(commandChart)
  const outcomes = ['done', 'refused', 'unknown', 'notStarted', 'misconfigured', 'needsPerson']

  const reachable = () => {
    const found = new Map<string, unknown>([['"proposed"', 'proposed']])
    const contexts = [NEW_COMMAND, { ...NEW_COMMAND, unknownCount: 1 }]
    const all = fc.sample(events.command, 400)
    for (const value of found.values()) {
      for (const context of contexts) {
        for (const event of all) {
          const next = step({ value, context }, event).state.value
          found.set(JSON.stringify(next), next)
        }
      }
    }
    return [...found.values()]
  }

  it('reaches every state that docs name', () => {
    const values = reachable().map((value) =>
      typeof value === 'string'
        ? value
        : Object.entries(value as object)
            .flat()
            .join('.'),
    )
    expect(values.toSorted()).toEqual([
      'auditing',
      'awaitingApproval',
      'confirmed',
      'doubtful',
      'paused',
      'proposed',
      'refused',
      'rejected',
      'requested.ready',
      'requested.sending',
      'stuck',
    ])
  })

  it('hears every outcome in every state, if only by an alarm', () => {
    for (const value of reachable()) {
      for (const type of outcomes) {
        const event = {
          type,
          why: 'w',
          resultId: null,
          retryAt: null,
          auditAt: at,
          notBefore: at,
          isStale: false,
          wasReachable: true,
        }
        const { isHandled } = step({ value, context: NEW_COMMAND }, event)
        expect({ value, type, isHandled }).toEqual({ value, type, isHandled: true })
      }
    }
  })

  it('books a success in every state, once', () => {
    for (const value of reachable()) {
      const first = step({ value, context: NEW_COMMAND }, { type: 'done', resultId: null } as never)
      const again = step(first.state, { type: 'done', resultId: null } as never)
      const isBooked = first.effects.some((effect) => effect.type === 'book')
      expect({
        value,
        isBooked,
        isAgain: again.effects.some((effect) => effect.type === 'book'),
      }).toEqual({
        value,
        isBooked: value !== 'confirmed',
        isAgain: false,
      })
    }
  })

  it('never takes an unknown outcome for a success or a refusal', () => {
    for (const value of reachable()) {
      const { state, effects } = step({ value, context: NEW_COMMAND }, {
        type: 'unknown',
        why: 'w',
        retryAt: at,
        auditAt: at,
      } as never)
      expect(effects.filter((effect) => effect.type === 'book' || effect.type === 'free')).toEqual(
        [],
      )
      expect(['confirmed', 'refused', 'rejected'].includes(String(state.value))).toBe(
        ['confirmed', 'refused'].includes(String(value)),
      )
    }
  })
})
