/** Says which engine works on a database, as another user when one is given; then takes and frees its role all the time. */
import { DatabaseSync } from 'node:sqlite'
import { sqlite } from '@postdelivery/adapters/sqlite'

const [path = '', uid = ''] = process.argv.slice(2)
const store = sqlite(path)
if (uid !== '') process.setuid?.(Number(uid))
const engine = store.engine()
console.log(engine === null ? 'none' : `pid ${engine.pid}`)
// What a question does to the lock file, without opening it each time: so that it meets those who start.
const lock = new DatabaseSync(`${path}.lock`)
for (;;) {
  try {
    lock.exec('BEGIN IMMEDIATE; ROLLBACK')
  } catch {
    // The role is held.
  }
}
