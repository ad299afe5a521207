/** Runs what belongs to one key after one another; different keys do not wait for each other. Keeps nothing when idle. */

export type KeyedQueue = <Value>(key: string, run: () => Promise<Value>) => Promise<Value>

export function createKeyedQueue(): KeyedQueue {
  const lastByKey = new Map<string, Promise<unknown>>()
  return async (key, run) => {
    const before = lastByKey.get(key) ?? Promise.resolve()
    const mine = before.then(run, run)
    const settled = mine.catch(() => {})
    lastByKey.set(key, settled)
    try {
      return await mine
    } finally {
      if (lastByKey.get(key) === settled) lastByKey.delete(key)
    }
  }
}
