/** A process that refunds one return, stops its engine, and then has nothing left to do. */
import { createEmbeddedEngine } from '@postdelivery/adapters/embedded'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { aRuleBook, captured, REFUND_RETURNED, returned, SETTINGS } from './builders.ts'
import { systemClock } from './system-clock.ts'
import { twinGateway } from './twin-gateway.ts'

const [path = '', url = '', username = '', password = '', order = '{}'] = process.argv.slice(2)
const { orderId = '', captureIds = [] } = JSON.parse(order) as {
  readonly orderId?: string
  readonly captureIds?: readonly string[]
}
const ref = { orderId, captureId: captureIds[0] ?? '' }

const store = await openSqliteStore(path)
const engine = createEmbeddedEngine({
  store,
  gateway: twinGateway({ url, username, password }),
  ruleBook: aRuleBook([REFUND_RETURNED]),
  factSource: { definitions: [], load: async () => ({ type: 'absent' }) },
  clock: systemClock,
  telemetry: { record: () => {} },
  notifier: { notify: async () => {} },
  settings: SETTINGS,
})
await engine.start()
const at = systemClock.now()
for (const event of [captured(ref, at), returned(ref, at)]) {
  await (await engine.submit(event)).settled
}
await engine.stop()
await store.close()
process.stdout.write('stopped\n')
