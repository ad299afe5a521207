import { commandChart } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialTransition, transition } from 'xstate'
import { NEW_COMMAND } from '../../src/lifecycle/command-chart-event.ts'
import { createStepChart } from '../../src/lifecycle/step-chart.ts'
import { at, CHARTS, CHART_EVENTS as events } from './chart-events.ts'

describe.each(CHARTS)('the %s chart', (_, machine, input, event) => {
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
