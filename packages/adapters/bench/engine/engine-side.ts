/** The measured side: the embedded engine as merchants run it, on a store with many orders. */
import { createEmbeddedEngine } from '@postdelivery/adapters/embedded'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { type PaymentGateway, type RuleBook, sha256Hex } from '@postdelivery/core'
import { type BenchOrder, cycleEvent } from './bench-order.ts'
import { type Recording, registrationOf } from './recording.ts'
import type { Side } from './side.ts'
import { SILENT_PORTS } from './silent-ports.ts'

/** What a cycle needs beside its store. */
export interface EngineSidePorts {
  readonly gateway: PaymentGateway
  readonly ruleBook: RuleBook
}

/** Opens a store and starts its engine. A cycle is what a merchant waits for: submitted, decided, called, settled. */
export async function startEngineSide(path: string, ports: EngineSidePorts): Promise<Side> {
  const store = await openSqliteStore(path)
  const engine = createEmbeddedEngine({ ...SILENT_PORTS, ...ports, store })
  await engine.start()
  return {
    async cycle(task) {
      const receipt = await engine.submit(cycleEvent(task))
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
  }
  await store.close()
}

const SEED_PAGE_COUNT = 1_000
