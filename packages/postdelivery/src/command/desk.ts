/** Where people work beside the engine: they read the database and write to its inbox, and to nothing else. */
import type { LockHolder, SqliteDescription, SqliteReader } from '@postdelivery/adapters/sqlite'
import {
  type Clock,
  decodeSnapshot,
  type OrderState,
  type Settings,
  type Work,
} from '@postdelivery/core'
import type { Vocabulary } from '@postdelivery/rules'
import { checkConfig } from '../check-config.ts'
import type { PostDeliveryConfig } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import { clockOf } from '../config-parts.ts'
import { listWork, type WorkFilter } from '../work-list.ts'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

/** A database that is open to read, with what is needed to understand it. */
export interface Desk extends AsyncDisposable {
  readonly config: PostDeliveryConfig
  readonly settings: Settings
  /** The facts that the rules may name. */
  readonly vocabulary: Vocabulary
  readonly store: SqliteDescription
  readonly reader: SqliteReader
  readonly clock: Clock
  /** The engine that works on it now, or null. */
  readonly engine: LockHolder | null
  /** Throws: `CommandError` when the order is not registered. */
  order(orderId: string): Promise<{ readonly order: OrderState; readonly seq: number }>
  /** Open work, the oldest first. */
  work(filter?: WorkFilter): Promise<readonly Work[]>
}

/**
 * Opens the database of the configuration to read it, whether its engine runs or not.
 *
 * Throws: `ConfigError` for a wrong configuration; `CommandError` for a store that is no file; what the store throws.
 */
export async function openDesk(context: Pick<CommandContext, 'loadConfig'>): Promise<Desk> {
  const { config } = await context.loadConfig()
  const { problems, settings, vocabulary } = checkConfig(config)
  if (settings === null || vocabulary === null || problems.length > 0)
    throw new ConfigError(problems)
  const store = sqliteOf(config)
  const reader = store.openReader()
  const clock = clockOf(config)
  return {
    config,
    settings,
    vocabulary,
    store,
    reader,
    clock,
    engine: store.engine(),
    order: (orderId) => loadOrder(reader, orderId),
    work: (filter) => listWork({ store: reader, settings, now: clock.now() }, filter),
    [Symbol.asyncDispose]: () => reader.close(),
  }
}

/** The SQLite description of a configuration. Throws: `CommandError` for another kind of store. */
export function sqliteOf({ store }: PostDeliveryConfig): SqliteDescription {
  // A store of the merchant's own has no halves for other processes; the description says which it is.
  const described = store as Partial<SqliteDescription>
  if (described.type === 'sqlite' && typeof described.openReader === 'function')
    return store as SqliteDescription
  const message = 'the store of this configuration cannot be opened beside an engine'
  throw new CommandError(EXIT.configuration, message, {
    hint: "use `sqlite('./orders.db')`, or call the methods of your backend",
  })
}

async function loadOrder(
  reader: SqliteReader,
  orderId: string,
): Promise<{ readonly order: OrderState; readonly seq: number }> {
  const stored = await reader.order(orderId)
  if (stored === undefined) {
    const message = `the order \`${shown(orderId)}\` is not registered`
    throw new CommandError(EXIT.findings, message, { hint: 'see `postdelivery orders list`' })
  }
  return { order: decodeSnapshot(stored.snapshot), seq: stored.seq }
}
