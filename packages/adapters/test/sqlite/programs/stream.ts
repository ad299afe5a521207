/** Steps of many orders at once until it is killed. Prints `accepted`/`committed` ORDER EVENT SEQ after each promise resolved. */
import { writeSync } from 'node:fs'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { aChange, aCommand, aDecision, anEvent, at, aWork, settled } from '../builders.ts'

const [path = '', run = ''] = process.argv.slice(2)
const store = await openSqliteStore(path)
// Order matters: a line is out before anything else happens, so that a kill cannot take back what was acknowledged.
const say = (line: string): number => writeSync(1, `${line}\n`)
say('open')

async function drive(orderId: string): Promise<void> {
  for (let count = 0; ; count += 1) {
    const event = anEvent({ orderId, eventId: `event-${run}-${count}` })
    await store.accept(event)
    say(`accepted ${orderId} ${event.eventId} 0`)

    const seq = (await store.order(orderId))?.seq ?? 0
    const command = aCommand(event.eventId + orderId, orderId)
    const commandId = command.command.id
    const result = await store.commit(
      aChange({
        expectedSeq: seq,
        event: settled(event),
        snapshot: `{"after":"${event.eventId}"}`,
        wakeAt: at(seq),
        decision: aDecision({ orderId, eventId: event.eventId, seq: seq + 1 }),
        commands: [command],
        attempt: { type: 'started', commandId, generation: 0, attempt: 1, at: at(0) },
        reservations: [{ commandId, bucket: 'all', amount: 3, ceiling: 1_000_000_000 }],
        opensWork: [aWork({ id: `work ${orderId} ${event.eventId}`, orderId })],
        notices: [
          { id: `notice ${orderId} ${event.eventId}`, orderId, channel: 'a', message: 'b' },
        ],
      }),
    )
    if (result.type !== 'committed') throw new Error(JSON.stringify(result))
    say(`committed ${orderId} ${event.eventId} ${result.seq}`)
  }
}

await Promise.all(Array.from({ length: 12 }, (_, index) => drive(`order-${index}`)))
