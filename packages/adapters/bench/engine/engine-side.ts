/** The measured side: the embedded engine as merchants run it, on a store with many orders. */
import { createEmbeddedEngine } from '@postdelivery/adapters/embedded'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { type PaymentGateway, type RuleBook, sha256Hex } from '@postdelivery/core'
import { type BenchOrder, cycleEvent } from './bench-order.ts'
import { type Recording, registrationOf } from './recording.ts'
import type { Side } from './side.ts'
import { SILENT_PORTS } from './silent-ports.ts'

/** Opens a store and starts its engine. A cycle is what a merchant waits for: submitted, decided, called, settled. */
export async function startEngineSide(
  path: string,
  gateway: PaymentGateway,
  ruleBook: RuleBook,
): Promise<Side> {
  const store = await openSqliteStore(path)
  const engine = createEmbeddedEngine({ ...SILENT_PORTS, gateway, ruleBook, store })
  await engine.start()
  return {
    async cycle(order) {
      const receipt = await engine.submit(cycleEvent(order))
      const { commands } = await receipt.settled
      if (commands[0]?.state !== 'confirmed') throw new Error(JSON.stringify(commands))
    },
    async close() {
      await engine.stop()
      await store.close()
    },
  }
}

/** Registers orders in a new store, with the change that the engine itself would write. */
export async function seedEngineStore(
  path: string,
  recording: Recording,
  orders: readonly BenchOrder[],
  onProgress: (count: number) => void,
): Promise<void> {
  const store = await openSqliteStore(path)
  for (let start = 0; start < orders.length; start += SEED_PAGE_COUNT) {
    const page = orders.slice(start, start + SEED_PAGE_COUNT)
    await Promise.all(
      page.map((order) => {
        const change = registrationOf(recording, order)
        const event = { ...change.event, bodyHash: sha256Hex(change.event.body) }
        return store.commit({ ...change, event })
      }),
    )
    onProgress(start + page.length)
  }
  await store.close()
}

const SEED_PAGE_COUNT = 1_000
