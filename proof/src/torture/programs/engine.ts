/**
 * An engine that works until it is killed. Arguments: database, twin's url, name and password, milliseconds that its clock
 * is ahead, milliseconds that a call may take. Without arguments it ends at once, having only been loaded.
 *
 * Takes lines of JSON: `{event}`, `{advanceMs}`, `{idle}`, `{checkpoint}`, `{stop}`. A line of its own is out before anything
 * else happens, so that a kill cannot take back what was acknowledged.
 */
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { EngineEvent, TelemetryEvent } from '@postdelivery/core'
import { readMessages } from '../processes.ts'
import { shopRuleBook } from '../shop/rule-set.ts'
import { createMovableClock, createShopEngine } from '../shop/shop-engine.ts'

const [path, url = '', username = '', password = '', aheadMs = '0', timeoutMs = '400'] =
  process.argv.slice(2)
if (path !== undefined) await work(path)

async function work(databasePath: string): Promise<void> {
  say('loaded')
  const clock = createMovableClock(Number(aheadMs))
  // The one before was killed a moment ago; the system frees its lock when it is gone.
  const store = await openSqliteStore(databasePath, { waitForLockMs: 10_000 })
  say('open')
  const engine = createShopEngine({
    store,
    ruleBook: shopRuleBook(),
    twin: { url, username, password },
    clock,
    timeoutMs: Number(timeoutMs),
    onTelemetry: tell,
  })
  await engine.start()
  say('ready')
  for await (const message of readMessages()) {
    if ('event' in message) {
      const event = message['event'] as EngineEvent
      // Not waited for: many are on their way at once.
      void engine.submit(event).then(({ accepted }) => {
        say(`ack ${accepted} ${event.orderId} ${event.id}`)
      })
    }
    if ('advanceMs' in message) clock.advance(Number(message['advanceMs']))
    if ('idle' in message)
      void engine.idle().then(async () => say(`idle ${await store.nextDueAt()} ${clock.now()}`))
    if ('checkpoint' in message) checkpoint(databasePath)
    if ('stop' in message) break
  }
  await engine.stop()
  await store.close()
  // Calls that nobody waits for any more keep their connections a while.
  process.exit(0)
}

/** Copies the log into the file, as SQLite does by itself after 32 MB. */
function checkpoint(databasePath: string): void {
  const database = new DatabaseSync(databasePath)
  say('at checkpoint')
  database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  say('at checkpointed')
  database.close()
}

function tell({ name, level, attributes }: TelemetryEvent): void {
  say(level === 'error' ? `at ${name} ${attributes?.['code'] ?? ''}` : `at ${name}`)
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
