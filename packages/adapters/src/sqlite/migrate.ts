/** Brings a database to this library's version, one transaction per step, however many processes try at once. */
import { type Connection, inTransaction, useWriteAheadLog } from './connection.ts'
import { StoreFailure } from './failures.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'

/** Marks a file as ours in its header (`PRAGMA application_id`): "PDLV" in ASCII. */
const APPLICATION_ID = 0x50_44_4c_56

/**
 * Applies the steps that are missing.
 *
 * Throws: `StoreFailure` `store_newer` for a database that a newer version of the library wrote, `store_unreadable` for
 *   one of another application. A step that fails leaves the database as it was before that step.
 */
export function migrate(
  connection: Connection,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  refuseForeign(connection)
  useWriteAheadLog(connection)
  for (const [index, migration] of migrations.entries()) {
    if (versionOf(connection) > index) continue
    inTransaction(connection, () => {
      // Order matters: only behind the write lock is it sure that nobody else takes the same step.
      if (versionOf(connection) > index) return
      connection.script(migration.sql)
      connection.script(`PRAGMA application_id = ${APPLICATION_ID}`)
      connection.script(`PRAGMA user_version = ${index + 1}`)
    })
  }
  requireVersion(connection, migrations.length)
}

/** Refuses a database that is not of this library's version, or none of ours. Throws: `StoreFailure`. */
export function requireVersion(connection: Connection, wanted: number = MIGRATIONS.length): void {
  refuseForeign(connection)
  const version = versionOf(connection)
  if (version === wanted) return
  throw new StoreFailure(
    version > wanted ? 'store_newer' : 'store_older',
    connection.path,
    `the database has version ${version}, this library works on version ${wanted}`,
  )
}

/** How many steps a database has taken; 0 for an empty one. */
export const versionOf = (connection: Connection): number =>
  Number(connection.get('PRAGMA user_version')?.['user_version'])

function refuseForeign(connection: Connection): void {
  // One statement, so that all three are of one moment while another process may be setting the database up.
  const head = connection.get(
    `SELECT application_id, user_version, (SELECT COUNT(*) FROM sqlite_schema) AS entries
     FROM pragma_application_id, pragma_user_version`,
  )
  if (head?.['application_id'] === APPLICATION_ID) return
  if (head?.['user_version'] === 0 && head['entries'] === 0) return
  throw new StoreFailure(
    'store_unreadable',
    connection.path,
    'this is a database of another application',
  )
}
