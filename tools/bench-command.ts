/**
 * Measures how soon the packed command answers, each time in a new process: its help, and `lint` of 500 rules.
 *
 * Usage: `npx pnpm bench:command [--runs 11] [--json]`. A process that had to wait says nothing of the command, so that the
 * best run counts; the median is shown beside it.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeConsumer } from './packages/consumer.ts'
import { packAll } from './packages/pack.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '11' }, json: { type: 'boolean', default: false } },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const consumer = makeConsumer(packAll(root), root)
try {
  report(measureAll(consumer, Number(values.runs)))
} finally {
  rmSync(consumer, { recursive: true })
}

interface Measured {
  readonly name: string
  readonly bestMs: number
  readonly medianMs: number
  readonly goalMs: number
}

function measureAll(folder: string, runCount: number): readonly Measured[] {
  mkdirSync(join(folder, 'rules'))
  writeFileSync(join(folder, 'rules/many.rules.json'), JSON.stringify(manyRules(500)))
  const measured = (name: string, goalMs: number, args: readonly string[]): Measured => {
    const times = Array.from({ length: runCount }, () => timeOf(folder, args))
    const sorted = times.toSorted((a, b) => a - b)
    return { name, goalMs, bestMs: sorted[0] ?? 0, medianMs: sorted[sorted.length >> 1] ?? 0 }
  }
  return [
    measured('node alone', Number.POSITIVE_INFINITY, ['-e', '0']),
    measured('--help', 100, [mainOf(folder), '--help']),
    measured('lint of 500 rules', 300, [mainOf(folder), 'lint', 'rules']),
  ]
}

function mainOf(folder: string): string {
  return join(folder, 'node_modules/postdelivery/dist/command/main.js')
}

function timeOf(folder: string, args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const ms = performance.now() - start
  if (status !== 0) throw new Error(`the command ended with ${status}: ${stderr}`)
  return ms
}

/** Rules as a large merchant has them: a reason each, and limits by country and by days. */
function manyRules(count: number): object {
  const rules = Array.from({ length: count }, (_, index) => ({
    name: `Rule ${index}`,
    on: [['return.registered', 'return.received', 'return.inspected'][index % 3]],
    mode: 'live',
    conditions: {
      all: [
        { fact: 'return.reason', operator: 'equal', value: `reason ${index % 50}` },
        { fact: 'order.payLater', operator: 'equal', value: true },
        { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 + (index % 20) },
      ],
    },
    event: {
      type: 'extendDueDate',
      params: { choose: 'longest', maxFeeMinor: { SEK: 1000 + index, EUR: 100 } },
    },
    limits: { perOrder: 1 },
  }))
  return { name: 'many', version: '1', publishedBy: 'ops@shop.example', rules }
}

function report(all: readonly Measured[]): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ results: all })}\n`)
    return
  }
  for (const { name, bestMs, medianMs, goalMs } of all) {
    const goal = Number.isFinite(goalMs) ? `, goal ${goalMs} ms` : ''
    process.stdout.write(
      `${name}: best ${bestMs.toFixed(0)} ms, median ${medianMs.toFixed(0)} ms${goal}\n`,
    )
  }
}
