import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import { expect, it } from 'vitest'
import { startProgram } from './child.ts'
import { aPath } from './files.ts'

const KILL_COUNT = 21

it('has all that was acknowledged and nothing half done after each of many kills', {
  timeout: 120_000,
}, async () => {
  const path = aPath()
  const accepted = new Set<string>()
  const seqs = new Map<string, number>()
  let committedCount = 0

  for (let run = 0; run < KILL_COUNT; run += 1) {
    for (const [said, orderId = '', eventId, seq] of await killInTheMiddle(path, run)) {
      accepted.add(`${orderId} ${eventId}`)
      if (said === 'committed') {
        committedCount += 1
        seqs.set(orderId, Number(seq))
      }
    }

    // The lock is free at once, and everything is there.
    await (await openSqliteStore(path)).close()
    expectWhole(path, accepted, seqs)
  }

  expect(committedCount).toBeGreaterThan(KILL_COUNT * 5)
})

/** Runs the stream and kills it after a number of lines that differs from run to run; returns the words of its lines. */
async function killInTheMiddle(path: string, run: number): Promise<readonly string[][]> {
  const stream = startProgram('stream', [path, String(run)])
  expect(await stream.line()).toBe('open')
  const lines: string[] = []
  const lineCount = 20 + ((run * 37) % 160)
  while (lines.length < lineCount) lines.push(await stream.line())
  await stream.kill()
  return [...lines, ...(await stream.lines())].map((line) => line.split(' '))
}

function expectWhole(
  path: string,
  accepted: ReadonlySet<string>,
  seqs: ReadonlyMap<string, number>,
): void {
  const database = new DatabaseSync(path, { readOnly: true })
  const count = (sql: string): number => Number(database.prepare(sql).get()?.['count'])
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([])

  const events = database.prepare("SELECT order_id || ' ' || event_id AS name FROM events").all()
  const stored = new Set(events.map((row) => row['name']))
  expect([...accepted].filter((name) => !stored.has(name))).toEqual([])
  for (const [orderId, seq] of seqs) {
    const order = database.prepare('SELECT seq FROM orders WHERE order_id = ?').get(orderId)
    expect(Number(order?.['seq'])).toBeGreaterThanOrEqual(seq)
  }

  // Every step wrote one of each, so that equal counts mean that no step is half there.
  const decidedCount = count("SELECT COUNT(*) AS count FROM events WHERE status = 'decided'")
  expect({
    seq: count('SELECT SUM(seq) AS count FROM orders'),
    decisions: count('SELECT COUNT(*) AS count FROM decisions'),
    requests: count('SELECT COUNT(*) AS count FROM requests'),
    attempts: count('SELECT COUNT(*) AS count FROM attempts WHERE answered_at IS NULL'),
    claims: count('SELECT COUNT(*) AS count FROM claims'),
    total: count('SELECT total / 3 AS count FROM buckets'),
    work: count('SELECT COUNT(*) AS count FROM work'),
    notices: count('SELECT COUNT(*) AS count FROM notices'),
  }).toEqual({
    seq: decidedCount,
    decisions: decidedCount,
    requests: decidedCount,
    attempts: decidedCount,
    claims: decidedCount,
    total: decidedCount,
    work: decidedCount,
    notices: decidedCount,
  })
  const wrongHeads = `SELECT COUNT(*) AS count FROM (
    SELECT order_id FROM events WHERE status = 'accepted' EXCEPT SELECT order_id FROM heads
    UNION ALL SELECT order_id FROM heads WHERE order_id NOT IN (SELECT order_id FROM events WHERE status = 'accepted'))`
  expect(count(wrongHeads)).toBe(0)
  database.close()
}
