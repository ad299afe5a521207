/** The charts of an order as tables: simulated orders, never live ones. */
import { captureChart } from './capture-chart.ts'
import type { Charts } from './charts.ts'
import { commandChart } from './command-chart.ts'
import { compileChart } from './compile.ts'
import { orderChart } from './order-chart.ts'

export const TABLE_CHARTS: Charts = {
  order: compileChart(orderChart),
  capture: compileChart(captureChart),
  command: compileChart(commandChart),
}
