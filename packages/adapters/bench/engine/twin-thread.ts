/** A twin of Klarna in a thread of its own, so that its work is not counted as the engine's or the loop's. */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { guideOrder, type OrderSeed, startTwin } from '@postdelivery/adapters/klarna-twin'
import { instantToMs } from '@postdelivery/core'
import { AT, type BenchOrder } from './bench-order.ts'

/** The twin as the benchmark sees it. */
export interface TwinThread {
  readonly url: string
  readonly username: string
  readonly password: string
  /** Gives the twin orders to answer for. */
  addOrders(orders: readonly BenchOrder[]): Promise<void>
  /** How many parcels the twin has in the books of these orders. */
  parcelCount(orders: readonly BenchOrder[]): Promise<number>
  close(): Promise<void>
}

type Ask =
  | { readonly type: 'add'; readonly orders: readonly BenchOrder[] }
  | { readonly type: 'count'; readonly orders: readonly BenchOrder[] }

/** Starts the thread and resolves when the twin listens. */
export async function startTwinThread(): Promise<TwinThread> {
  const worker = new Worker(new URL(import.meta.url))
  const next = async <Answer>(): Promise<Answer> => {
    // Rejects with the thread's error, should it have one.
    const [answer] = await once(worker, 'message')
    return answer as Answer
  }
  const ask = <Answer>(message: Ask): Promise<Answer> => {
    const answer = next<Answer>()
    worker.postMessage(message)
    return answer
  }

  const address = await next<Pick<TwinThread, 'url' | 'username' | 'password'>>()
  return {
    ...address,
    addOrders: (orders) => ask({ type: 'add', orders }),
    parcelCount: (orders) => ask({ type: 'count', orders }),
    close: async () => {
      await worker.terminate()
    },
  }
}

async function runInThread(port: NonNullable<typeof parentPort>): Promise<void> {
  const twin = await startTwin({ orders: [], settings: { rateLimitPerSecond: null } })
  port.on('message', (ask: Ask) => {
    if (ask.type === 'add') {
      twin.addOrders(ask.orders.map(toSeed))
      port.postMessage(null)
      return
    }
    const counts = ask.orders.map(({ orderId }) => twin.books(orderId).shippingEntryCount)
    port.postMessage(counts.reduce((sum, count) => sum + count, 0))
  })
  const { url, username, password } = twin
  port.postMessage({ url, username, password })
}

function toSeed({ orderId, captureId }: BenchOrder): OrderSeed {
  const guide = guideOrder({ nowMs: instantToMs(AT) })
  const captures = (guide.captures ?? []).map((capture) => ({ ...capture, capture_id: captureId }))
  return { ...guide, order_id: orderId, captures }
}

if (!isMainThread && parentPort !== null) await runInThread(parentPort)
