import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AnyStateMachine,
  assign,
  createMachine,
  initialTransition,
  not,
  raise,
  spawnChild,
} from 'xstate'
import { compileChart } from '../../src/lifecycle/compile.ts'
import { createStepChart, type StepChart } from '../../src/lifecycle/step-chart.ts'
import { ChartError } from '../../src/lifecycle/supported-chart.ts'
import { CHARTS } from './chart-events.ts'

interface Heard {
  readonly type: string
}

const UNHEARD = fc.constant<Heard>({ type: 'nobody.hears.this' })

/** Steps both, as often as the sequence is long; returns the first step at which they differ. */
function firstDifference(
  oracle: StepChart<unknown, Heard>,
  table: StepChart<unknown, Heard>,
  initial: { readonly value: unknown; readonly context: unknown },
  sequence: readonly Heard[],
) {
  let [a, b] = [initial, initial]
  for (const event of sequence) {
    const wanted = oracle(a, event)
    const got = table(b, event)
    try {
      expect(got).toEqual(wanted)
    } catch {
      return { event, wanted, got }
    }
    ;[a, b] = [wanted.state, got.state]
  }
  return null
}

const initialOf = (machine: AnyStateMachine, input: unknown) => {
  const [{ value, context }] = initialTransition(machine, input as never)
  return { value: JSON.parse(JSON.stringify(value)) as unknown, context: context as unknown }
}

describe.each(CHARTS)('the %s chart in a table', (_, machine, input, event) => {
  const oracle = createStepChart<unknown, Heard>(machine, input)
  const initial = initialOf(machine, input)

  it('steps exactly as XState does', () => {
    const table = compileChart<unknown, Heard>(machine)
    const heard = fc.oneof({ weight: 20, arbitrary: event }, { weight: 1, arbitrary: UNHEARD })
    fc.assert(
      fc.property(fc.array(heard, { maxLength: 40 }), (sequence) => {
        expect(firstDifference(oracle, table, initial, sequence)).toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  it('differs from XState in some sequence as soon as one part of the chart is another', () => {
    const sequences = fc.sample(fc.array(event, { minLength: 25, maxLength: 40 }), {
      numRuns: 500,
      seed: 7,
    })
    const unnoticed = mutantsOf(machine).filter(({ mutant }) => {
      const table = compileChart<unknown, Heard>(mutant)
      return sequences.every((each) => firstDifference(oracle, table, initial, each) === null)
    })
    expect(unnoticed.map(({ name }) => name)).toEqual([])
  })
})

interface Mutant {
  readonly name: string
  readonly mutant: AnyStateMachine
}

/** The chart with one thing wrong, once for every guard, every assign, and every alternative of every event. */
function mutantsOf(machine: AnyStateMachine): readonly Mutant[] {
  const { guards, actions } = machine.implementations
  const assigns = Object.keys(actions).filter((name) => 'resolve' in (actions[name] as object))
  return [
    ...Object.keys(guards).map((name) => ({
      name: `${name} turned round`,
      mutant: machine.provide({
        guards: {
          [name]: (args: object, params: unknown) =>
            !(guards[name] as (a: object, b: unknown) => boolean)(args, params),
        },
      }),
    })),
    ...assigns.map((name) => ({
      name: `${name} forgotten`,
      mutant: machine.provide({ actions: { [name]: assign({}) } }),
    })),
    ...withoutOne(machine.config, machine.id).map(({ name, config }) => ({
      name,
      mutant: createMachine(config as never, machine.implementations as never),
    })),
  ]
}

type Config = Readonly<Record<string, unknown>>

/** The config without one alternative of one event, for each of them. */
function withoutOne(config: Config, id: string): readonly { name: string; config: Config }[] {
  const { on = {}, states = {} } = config as {
    on?: Config
    states?: Readonly<Record<string, Config>>
  }
  const own = Object.entries(on).flatMap(([type, given]) => {
    const alternatives: readonly unknown[] = Array.isArray(given) ? given : [given]
    return alternatives.map((_, index) => ({
      name: `${id} on ${type} without ${index}`,
      config: { ...config, on: { ...on, [type]: alternatives.filter((__, at) => at !== index) } },
    }))
  })
  const inner = Object.entries(states).flatMap(([key, state]) =>
    withoutOne(state, `${id}.${key}`).map((changed) => ({
      name: changed.name,
      config: { ...config, states: { ...states, [key]: changed.config } },
    })),
  )
  return [...own, ...inner]
}

const chartWith = (open: Config, top: Config = {}, actions: Config = {}): AnyStateMachine =>
  createMachine(
    {
      id: 'toy',
      initial: 'open',
      states: { open, closed: {}, inner: { initial: 'a', states: { a: {}, b: {} } } },
      ...top,
    } as never,
    { actions, guards: { yes: () => true }, actors: {} } as never,
  )

const both = {
  type: 'parallel',
  initial: undefined,
  states: {
    left: { initial: 'a', states: { a: { on: { go: '#right' } }, b: {} } },
    right: { id: 'right' },
  },
}

const refused: readonly [
  string,
  AnyStateMachine,
  { readonly state: string; readonly construct: string },
][] = [
  [
    'an invoked actor',
    chartWith({ invoke: { src: 'it' } }),
    { state: 'toy.open', construct: 'invoke' },
  ],
  ['a delay', chartWith({ after: { 1000: 'closed' } }), { state: 'toy.open', construct: 'after' }],
  [
    'an eventless transition',
    chartWith({ always: 'closed' }),
    { state: 'toy.open', construct: 'always' },
  ],
  [
    'a history state',
    chartWith({}, { states: { open: {}, past: { type: 'history' } } }),
    { state: 'toy.past', construct: 'history' },
  ],
  ['a final state', chartWith({ type: 'final' }), { state: 'toy.open', construct: 'final' }],
  ['an entry action', chartWith({ entry: 'ring' }), { state: 'toy.open', construct: 'entry' }],
  ['an exit action', chartWith({ exit: 'ring' }), { state: 'toy.open', construct: 'exit' }],
  [
    'a wildcard',
    chartWith({ on: { 'shop.*': 'closed' } }),
    { state: 'toy.open', construct: 'shop.*' },
  ],
  [
    're-entry',
    chartWith({ on: { go: { target: 'closed', reenter: true } } }),
    { state: 'toy.open', construct: 'reenter' },
  ],
  [
    'a way out of a parallel region',
    chartWith({}, both),
    { state: 'toy.left.a', construct: 'target' },
  ],
  [
    'a built-in guard',
    chartWith({ on: { go: { guard: not('yes'), target: 'closed' } } }),
    { state: 'toy.open', construct: 'guard' },
  ],
  [
    'a guard that nobody wrote',
    chartWith({ on: { go: { guard: 'no', target: 'closed' } } }),
    { state: 'toy.open', construct: 'guard' },
  ],
  [
    'an action without a name',
    chartWith({ on: { go: { actions: () => {} } } }),
    { state: 'toy.open', construct: 'actions' },
  ],
  [
    'params that are worked out',
    chartWith({ on: { go: { actions: { type: 'ring', params: () => ({}) } } } }),
    { state: 'toy.open', construct: 'actions' },
  ],
  [
    'a spawned actor',
    chartWith({ on: { go: { actions: 'spawn' } } }, {}, { spawn: spawnChild('it') }),
    { state: 'toy.open', construct: 'xstate.spawnChild' },
  ],
  [
    'an event of its own',
    chartWith({ on: { go: { actions: 'raise' } } }, {}, { raise: raise({ type: 'go' }) }),
    { state: 'toy.open', construct: 'xstate.raise' },
  ],
]

describe('compiling', () => {
  it.each(refused)('refuses %s', (_, machine, where) => {
    const refusal = (() => {
      try {
        compileChart(machine)
        return null
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(ChartError)
    expect(refusal).toMatchObject(where)
  })

  it('refuses a state that the chart does not have, when it is met', () => {
    const step = compileChart<unknown, Heard>(chartWith({}))
    for (const value of ['nowhere', { open: 'in' }, {}, null, { inner: 'c' }, ['open']]) {
      expect(() => step({ value, context: {} }, { type: 'go' })).toThrow('has no inner state')
    }
  })

  it('takes a chart with transitions from outer states and into inner ones', () => {
    const machine = chartWith({ on: { down: 'inner' } }, { on: { deep: '.inner.b', up: '.open' } })
    const [oracle, table] = [
      createStepChart<unknown, Heard>(machine),
      compileChart<unknown, Heard>(machine),
    ]
    const heard = fc.constantFrom('down', 'deep', 'up', 'other').map((type): Heard => ({ type }))
    fc.assert(
      fc.property(fc.array(heard, { maxLength: 12 }), (sequence) => {
        expect(firstDifference(oracle, table, { value: 'open', context: {} }, sequence)).toBeNull()
      }),
    )
  })
})
