/** Accepts events until the disk refuses. Prints every acknowledged id, then `failed CODE` twice and what is read back. */
import { isStoreFailure, openSqliteStore } from '@postdelivery/adapters/sqlite'
import { anEvent } from '../builders.ts'

const [path = ''] = process.argv.slice(2)
const store = await openSqliteStore(path)

async function fill(count: number): Promise<void> {
  try {
    const events = Array.from({ length: 8 }, (_, index) =>
      anEvent({ eventId: `event-${count + index}`, body: `{"pad":"${'x'.repeat(2_000)}"}` }),
    )
    const accepted = await Promise.allSettled(events.map((event) => store.accept(event)))
    for (const [index, result] of accepted.entries()) {
      if (result.status === 'rejected') throw result.reason
      console.log(`accepted event-${count + index}`)
    }
  } catch (error) {
    console.log(`failed ${isStoreFailure(error) ? error.code : error}`)
    return
  }
  if (count < 100_000) await fill(count + 8)
}

await fill(0)
await fill(1_000_000)
await store.close()
