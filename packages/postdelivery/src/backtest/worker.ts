/** The program of one worker: counts the blocks that it is sent, and says what it counted when no more come. */
import { parentPort, workerData } from 'node:worker_threads'
import type { BacktestPlan } from './backtest-plan.ts'
import type { Block } from './blocks.ts'
import { createBlockCounter } from './count-blocks.ts'
import type { FromWorker, ToWorker } from './run-backtest.ts'

const port = parentPort
if (port !== null) {
  const counter = createBlockCounter(workerData as BacktestPlan)
  const say = (message: FromWorker): void => port.postMessage(message)
  const count = (block: Block): void => {
    counter.count(block)
    const { tally, problemCount } = counter.counted
    say({ type: 'block', orderCount: tally.orderCount, problemCount })
  }
  port.on('message', (message: ToWorker) => {
    if (message.type === 'block') count(message.block)
    else {
      say({ type: 'done', counted: counter.counted })
      port.close()
    }
  })
}
