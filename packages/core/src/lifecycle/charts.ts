/** The charts of an order, made ready to be stepped; which kind of stepping is used is the caller's choice. */
import type { CaptureChartContext, CommandChartContext, OrderChartContext } from '../order-state.ts'
import { type CaptureChartEvent, captureChart } from './capture-chart.ts'
import { commandChart } from './command-chart.ts'
import type { CommandChartEvent } from './command-chart-event.ts'
import { type OrderChartEvent, orderChart } from './order-chart.ts'
import { createStepChart, type StepChart } from './step-chart.ts'

/** How each chart of an order is stepped. */
export interface Charts {
  readonly order: StepChart<OrderChartContext, OrderChartEvent>
  readonly capture: StepChart<CaptureChartContext, CaptureChartEvent>
  readonly command: StepChart<CommandChartContext, CommandChartEvent>
}

/** Stepped by XState itself: live orders. */
export const LIVE_CHARTS: Charts = {
  order: createStepChart(orderChart),
  capture: createStepChart(captureChart, { capturedMinor: 0 }),
  command: createStepChart(commandChart),
}
