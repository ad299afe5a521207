import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import { afterEach, expect, test } from 'vitest'
import { prepareBareCycle, seedBareStore, startBareSide } from '../../bench/engine/bare-side.ts'
import { benchOrder } from '../../bench/engine/bench-order.ts'
import { seedEngineStore, startEngineSide } from '../../bench/engine/engine-side.ts'
import { readOptions } from '../../bench/engine/options.ts'
import { record } from '../../bench/engine/recording.ts'
import type { Report } from '../../bench/engine/report.ts'
import { benchRuleBook } from '../../bench/engine/rule-set.ts'
import { startTwinThread } from '../../bench/engine/twin-thread.ts'

const PROGRAM = fileURLToPath(new URL('../../bench/engine.ts', import.meta.url))

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test('the last line with --json is the report, and both sides did each call once', async () => {
  const args = '--rounds 1 --at-once 1,4 --cycles 5,20 --stored 10,40 --json'.split(' ')

  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args])

  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report
  expect(report.booksAgree).toBe(true)
  expect(report.settings.map(({ storedCount, atOnce }) => [storedCount, atOnce])).toEqual([
    [10, 1],
    [10, 4],
    [40, 1],
    [40, 4],
  ])
  for (const { engine, bare, ratio } of report.settings) {
    expect(Math.min(engine.cyclesPerSecond, bare.cyclesPerSecond, ratio)).toBeGreaterThan(0)
  }
}, 60_000)

test('both sides write the same rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-'))
  folders.push(folder)
  const paths = [join(folder, 'engine.db'), join(folder, 'bare.db')] as const
  const twin = await startTwinThread()
  const gateway = createKlarnaGateway(
    createKlarnaClient({ baseUrl: twin.url, credentials: () => twin }),
  )
  const ports = { gateway, ruleBook: benchRuleBook() }
  const recording = await record(twin, ports, 2)
  const [order, bareOrder] = [benchOrder('a'), benchOrder('b')]
  await twin.addOrders([order, bareOrder])

  await seedEngineStore(paths[0], recording, [order])
  const engine = await startEngineSide(paths[0], ports)
  for (const index of [0, 1]) await engine.cycle({ order, index })
  await engine.close()
  seedBareStore(paths[1], recording, [bareOrder])
  const tasks = [0, 1].map((index) => ({ order: bareOrder, index }))
  const cycles = tasks.map((task) => prepareBareCycle(recording, task))
  const bare = startBareSide(paths[1], gateway, cycles)
  for (const task of tasks) await bare.cycle(task)
  await bare.close()
  await twin.close()

  expect(rowsOf(paths[1])).toEqual(rowsOf(paths[0]))
}, 30_000)

const TABLES = ['orders', 'events', 'decisions', 'requests', 'attempts', 'buckets', 'claims']

/** How many rows of each table there are, and how long their texts; ids and instants are all of one length. */
function rowsOf(path: string) {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = TABLES.map((table) => {
    const all = database.prepare(`SELECT * FROM ${table}`).all()
    const texts = all.flatMap((row) =>
      Object.entries(row).flatMap(([name, value]) =>
        typeof value === 'string' && !UNSTABLE.includes(name) ? [[name, value.length]] : [],
      ),
    )
    return { table, count: all.length, texts: texts.map(String).toSorted() }
  })
  database.close()
  return rows
}

/** Columns that are empty in a cycle or hold when the order wakes, which only the engine asks. */
const UNSTABLE: readonly string[] = ['wake_at', 'plan_hash', 'retry_at', 'reason']

const wrong: readonly [string, string][] = [
  ['an unknown flag', '--fast'],
  ['no number', '--rounds many'],
  ['another length of lists', '--at-once 1,64 --cycles 5'],
  ['too few orders', '--stored 10 --at-once 6 --cycles 5'],
  ['a ratio that is none', '--min-ratio high'],
]
for (const [name, args] of wrong) {
  test(`refuses ${name}`, () => {
    const read = readOptions(args.split(' '))

    expect(read.type).toBe('wrong')
  })
}

test('has a short version and a help text', () => {
  const short = readOptions(['--short'])
  const help = readOptions(['--help'])

  expect(short).toMatchObject({
    type: 'run',
    options: { roundCount: 2, storedCounts: [1000, 3000], isJson: false, ratioMin: null },
  })
  expect(help.type).toBe('help')
})
