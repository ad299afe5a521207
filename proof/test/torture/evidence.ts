/** Both books of a real run in which all is well, for checks that are to see what is wrong with doctored copies. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createRandom } from '../../src/random.ts'
import type { Acknowledged } from '../../src/torture/checks/check-events.ts'
import type { KlarnaBooks } from '../../src/torture/checks/check-klarna.ts'
import { type FileBooks, readFileBooks } from '../../src/torture/checks/file-books.ts'
import { shopRuleBook } from '../../src/torture/shop/rule-set.ts'
import { type Recording, recordRun } from '../../src/torture/torn/recording.ts'

export interface RunEvidence {
  readonly ours: FileBooks
  readonly klarnas: KlarnaBooks
  readonly acknowledged: readonly Acknowledged[]
  readonly recording: Recording
}

/** Makes a folder that is deleted after the tests of the file. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-torture-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a shop's day; the twin is closed, its books stay. */
export async function aRun(
  folder: string,
  from: 'birth' | 'later' = 'birth',
  seed = 'evidence',
): Promise<RunEvidence> {
  const recording = await recordRun({
    folder,
    draws: createRandom(seed),
    ruleBook: shopRuleBook(),
    from,
  })
  const { twin, promised } = recording
  const klarnas = {
    orders: twin.orders.map(({ orderId }) => twin.books(orderId)),
    requests: twin.requests,
  }
  await twin.close()
  return {
    ours: readFileBooks(join(folder, 'recorded.db')),
    klarnas,
    acknowledged: promised,
    recording,
  }
}
