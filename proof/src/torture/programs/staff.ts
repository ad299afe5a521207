/**
 * Staff's way in: writes to the inbox of a database whose engine is another process. Argument: the database. Takes lines of
 * JSON `{event, at}`, and says `ack ACCEPTANCE ORDER EVENT` after each commit.
 */
import { writeSync } from 'node:fs'
import { openSqliteInbox } from '@postdelivery/adapters/sqlite'
import { type EngineEvent, type IsoInstant, makeInboxEvent } from '@postdelivery/core'
import { readMessages } from '../processes.ts'

const [path = ''] = process.argv.slice(2)
const inbox = openSqliteInbox(path)
for await (const message of readMessages()) {
  // Written by the torture itself.
  const event = message['event'] as EngineEvent
  const { type } = await inbox.accept(makeInboxEvent(event, message['at'] as IsoInstant))
  writeSync(1, `ack ${type} ${event.orderId} ${event.id}\n`)
}
await inbox.close()
