/** The ways of stepping a chart, behind one face. */
import type { ChartState } from '@postdelivery/core'
import { captureChart, commandChart, orderChart } from '@postdelivery/core'
import { type AnyStateMachine, transition } from 'xstate'
import { LIVE_CHARTS } from '../../src/lifecycle/charts.ts'
import { TABLE_CHARTS } from '../../src/lifecycle/table-charts.ts'
import { BY_HAND } from './by-hand.ts'
import type { BenchEvent, ChartName } from './stories.ts'

/** A chart's state after a step, with what the step asked for. */
export interface Shown {
  readonly state: ChartState<unknown>
  readonly effects: readonly unknown[]
}

/** `State` is whatever the side keeps from step to step. */
export interface Side<State> {
  readonly name: SideName
  begin(chart: ChartName, initial: ChartState<unknown>): State
  step(chart: ChartName, state: State, event: BenchEvent): State
  show(state: State): Shown
}

export const SIDE_NAMES = ['xstate', 'restored', 'live', 'table', 'by hand'] as const
export type SideName = (typeof SIDE_NAMES)[number]

const MACHINES: Readonly<Record<ChartName, AnyStateMachine>> = {
  order: orderChart,
  capture: captureChart,
  command: commandChart,
}

type XStateStep = ReturnType<typeof transition<AnyStateMachine>>

const xstate: Side<XStateStep> = {
  name: 'xstate',
  begin: (chart, initial) => [MACHINES[chart].resolveState(initial as never) as XStateStep[0], []],
  step: (chart, [snapshot], event) => transition(MACHINES[chart], snapshot, event),
  show: ([{ value, context }, actions]) => ({
    state: { value, context },
    effects: actions.map(({ type, params }) => ({ type, ...(params as object) })),
  }),
}

/** As an order that lies in a store must be stepped with the public functions: plain values in, plain values out. */
const restored: Side<Shown> = {
  name: 'restored',
  begin: (_, state) => ({ state, effects: [] }),
  step(chart, { state }, event) {
    const snapshot = MACHINES[chart].resolveState(state as never) as XStateStep[0]
    return xstate.show(transition(MACHINES[chart], snapshot, event))
  },
  show: (shown) => shown,
}

type Step = (state: ChartState<unknown>, event: BenchEvent) => Shown

/** Sides whose charts are step functions already; each hears the events of its own chart only. */
const stepping = (name: SideName, charts: Readonly<Record<ChartName, unknown>>): Side<Shown> => {
  const steps = charts as Readonly<Record<ChartName, Step>>
  return {
    name,
    begin: (_, state) => ({ state, effects: [] }),
    step: (chart, { state }, event) => steps[chart](state, event),
    show: (shown) => shown,
  }
}

/** In the order of the report. The first one is the oracle. */
export const SIDES: readonly Side<unknown>[] = [
  xstate as Side<unknown>,
  restored as Side<unknown>,
  stepping('live', LIVE_CHARTS) as Side<unknown>,
  stepping('table', TABLE_CHARTS) as Side<unknown>,
  stepping('by hand', BY_HAND) as Side<unknown>,
]
