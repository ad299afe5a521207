/** An engine in a process of its own, of another user when one is given. Prints `open`, then what is due as it sees it; ends at the first line that it reads. */
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { at } from '../builders.ts'

const [path = '', waitForLockMs = '0', uid = ''] = process.argv.slice(2)
if (uid !== '') process.setuid?.(Number(uid))
const store = await openSqliteStore(path, { waitForLockMs: Number(waitForLockMs) })
console.log('open')

let seen = ''
const timer = setInterval(async () => {
  const due = (await store.dueOrders(at(0), 10)).join(' ')
  const stops = (await store.stops()).map((stop) => stop.scope).join(' ')
  const state = `due: ${due}; stopped: ${stops}`
  if (state !== seen) console.log(state)
  seen = state
}, 20)

process.stdin.once('data', async () => {
  clearInterval(timer)
  await store.close()
  console.log('closed')
  process.stdin.destroy()
})
