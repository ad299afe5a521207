/** A process that works as an engine until it is killed: says `ready`, then takes events as lines of JSON. */
import { createInterface } from 'node:readline'
import { createEmbeddedEngine } from '@postdelivery/adapters/embedded'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { EngineEvent } from '@postdelivery/core'
import { aRuleBook, REFUND_RETURNED, SETTINGS } from './builders.ts'
import { systemClock } from './system-clock.ts'
import { twinGateway } from './twin-gateway.ts'

const [path = '', url = '', username = '', password = ''] = process.argv.slice(2)

const engine = createEmbeddedEngine({
  store: await openSqliteStore(path),
  gateway: twinGateway({ url, username, password }),
  ruleBook: aRuleBook([REFUND_RETURNED]),
  factSource: { definitions: [], load: async () => ({ type: 'absent' }) },
  clock: systemClock,
  telemetry: { record: () => {} },
  notifier: { notify: async () => {} },
  settings: SETTINGS,
})
await engine.start()
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  await engine.submit(JSON.parse(line) as EngineEvent)
  process.stdout.write('accepted\n')
}
