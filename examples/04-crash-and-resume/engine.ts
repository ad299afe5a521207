/** One engine process: runs until it is told to stop, or is killed. Started by main.ts with its settings in arguments. */
import { join } from 'node:path'
import { createPostDelivery, rulesFrom } from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'
import { approval, limits } from '../limits.ts'

const [databaseFile = '', url = '', username = '', password = '', orderId = '', at = ''] =
  process.argv.slice(2)

const postDelivery = await createPostDelivery({
  klarna: { baseUrl: url, credentials: () => ({ username, password }) },
  store: sqlite(databaseFile),
  rules: rulesFrom(join(import.meta.dirname, 'rules')),
  timeZone: 'Europe/Stockholm',
  limits,
  approval,
})
if ((await postDelivery.order(orderId)) === undefined) {
  await (await postDelivery.track(orderId)).decision
}

// The warehouse's system sends its event until somebody acknowledges it; a repeat changes nothing.
const receipt = await postDelivery.submit({
  id: 'wms-881',
  type: 'return.received',
  orderId,
  at,
  returnId: 'R-881',
  reason: 'damaged',
  lines: [{ reference: '123050', quantity: 5 }],
})
process.send?.({ accepted: receipt.accepted })
const { commands } = await receipt.settled
process.send?.({ settled: commands.map((command) => command.state) })
await postDelivery.close()
