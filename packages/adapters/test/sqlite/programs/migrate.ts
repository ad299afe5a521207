/** Sets a database up at a given moment, without the engine's lock, as a race of many processes would. */
import { openConnection } from '../../../src/sqlite/connection.ts'
import { migrate, versionOf } from '../../../src/sqlite/migrate.ts'

const [path = '', startAtMs = '0'] = process.argv.slice(2)
Atomics.wait(
  new Int32Array(new SharedArrayBuffer(4)),
  0,
  0,
  Math.max(0, Number(startAtMs) - Date.now()),
)
const connection = openConnection({ path, access: 'engine', busyTimeoutMs: 20_000 })
migrate(connection)
console.log(`version ${versionOf(connection)}`)
connection.close()
