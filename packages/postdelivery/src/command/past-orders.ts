/** Where a backtest of the command reads past orders: a file, standard input, or the database of an engine. */
import { createReadStream, statSync } from 'node:fs'
import { type Block, blocksOfLines, readBlocks } from '../backtest/blocks.ts'
import { linesOfStore } from '../backtest/store-orders.ts'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'

/** Past orders that are not read yet. */
export interface PastOrders extends AsyncDisposable {
  readonly blocks: AsyncIterable<Block>
  /** Bytes of the file; null when that is not known. */
  readonly byteCount: number | null
}

/** Opens past orders. Exactly one of the two is said. Throws: `CommandError`; what the store throws. */
export async function openPastOrders(
  { resolve }: Pick<CommandContext, 'resolve'>,
  { orders, store }: { readonly orders?: string | undefined; readonly store?: string | undefined },
): Promise<PastOrders> {
  if ((orders === undefined) === (store === undefined))
    throw new CommandError(EXIT.usage, 'past orders come from `--orders FILE` or `--store FILE`', {
      hint: 'say one of the two; `--orders -` is standard input',
    })
  if (store !== undefined) return openStore(resolve(store), store)
  if (orders === '-') return { ...NOTHING_OPEN, blocks: readBlocks(process.stdin) }
  const path = resolve(orders ?? '')
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined || !stats.isFile())
    throw new CommandError(EXIT.usage, `\`${orders}\` is no file`)
  const blocks = readBlocks(createReadStream(path, { highWaterMark: 1_048_576 }))
  return { ...NOTHING_OPEN, blocks, byteCount: stats.size }
}

const NOTHING_OPEN = { byteCount: null, [Symbol.asyncDispose]: async () => {} }

async function openStore(path: string, shown: string): Promise<PastOrders> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new CommandError(EXIT.usage, `\`${shown}\` is not there`)
  const { openSqliteReader } = await import('@postdelivery/adapters/sqlite')
  const reader = openSqliteReader(path)
  return {
    blocks: blocksOfLines(linesOfStore(reader)),
    byteCount: null,
    [Symbol.asyncDispose]: () => reader.close(),
  }
}
