/** A twin in another process, as its control path lets it be seen and changed. */
import type {
  Fault,
  LoggedRequest,
  OrderBooks,
  OrderSeed,
  TwinSettings,
} from '@postdelivery/adapters/klarna-twin'
import type { KlarnaBooks } from './checks/check-klarna.ts'
import { type Program, startProgram } from './processes.ts'
import type { TwinAddress } from './shop/shop-engine.ts'

export interface RemoteTwin extends TwinAddress {
  /** Forgets all orders, calls and keys; the clock goes on. */
  reset(): Promise<void>
  addOrders(seeds: readonly OrderSeed[]): Promise<void>
  setFaults(faults: readonly Fault[]): Promise<void>
  setSettings(settings: Partial<TwinSettings>): Promise<void>
  /** Moves its clock forward by milliseconds. */
  advance(spanMs: number): Promise<void>
  /** Its books and every call since the reset. Throws: when it has thrown calls away. */
  books(): Promise<KlarnaBooks>
  close(): Promise<void>
}

/** Calls that the twin keeps. */
const LOG_MAX_COUNT = 10_000

/** Starts a twin in a process of its own. */
export async function startRemoteTwin(cacheFolder: string): Promise<RemoteTwin> {
  let program: Program | undefined
  const address = await new Promise<TwinAddress>((resolve, reject) => {
    program = startProgram('twin', {
      cacheFolder,
      onLine: (line) => resolve(JSON.parse(line) as TwinAddress),
    })
    program.ended.then(() => reject(new Error(`the twin ended: ${program?.errors()}`)), reject)
  })
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${address.url}/__twin${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said: unknown = await answer.json()
    if (!answer.ok) throw new Error(`the twin refuses ${method} ${path}: ${JSON.stringify(said)}`)
    return said
  }
  return {
    ...address,
    reset: async () => {
      await control('POST', '/reset')
    },
    addOrders: async (seeds) => {
      await control('POST', '/orders', seeds)
    },
    setFaults: async (faults) => {
      await control('PUT', '/faults', faults)
    },
    setSettings: async (settings) => {
      await control('PUT', '/settings', settings)
    },
    advance: async (advanceMs) => {
      await control('POST', '/clock', { advanceMs })
    },
    books: async () => {
      // The twin writes them; their types are its own.
      const orders = (await control('GET', '/books')) as readonly OrderBooks[]
      const requests = (await control('GET', '/requests')) as readonly LoggedRequest[]
      if (requests.length >= LOG_MAX_COUNT) throw new Error('the twin has thrown calls away')
      return { orders, requests }
    },
    close: async () => {
      await program?.kill()
    },
  }
}
