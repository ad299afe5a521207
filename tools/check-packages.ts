/**
 * Packs the packages as they would be published and tries the tarballs: their contents, their types, and that they run on
 * the oldest Node.js that they promise and on the newest.
 *
 * Usage: `node tools/check-packages.ts`. On CI (`CI=true`) a Node.js that cannot be had is a failure, elsewhere it is skipped.
 */
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeConsumer } from './packages/consumer.ts'
import { findNode } from './packages/nodes.ts'
import { packAll } from './packages/pack.ts'
import { run } from './packages/run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

/** What is tried where: a program of `test/packed` on the oldest promised version and on this one. */
const TRIALS = [
  { program: 'core-and-rules.mjs', oldest: '20.19.0' },
  { program: 'everything.mjs', oldest: '22.13.0' },
  { program: 'command.mjs', oldest: '22.13.0' },
] as const

/** Entries that are read as files and have no types. */
const ASSETS = ['openapi/klarna-order-management.yaml']

let failedCount = 0
const tarballs = packAll(root)
for (const tarball of tarballs) {
  say(`publint ${nameOf(tarball)}`, run(bin('publint'), ['--strict', tarball]))
  say(
    `types of ${nameOf(tarball)}`,
    run(bin('attw'), [
      ...[tarball, '--profile', 'esm-only', '--format', 'ascii'],
      ...['--exclude-entrypoints', ...ASSETS],
    ]),
  )
}
tryOnNodes()
if (failedCount > 0) process.exitCode = 1

function tryOnNodes(): void {
  const consumer = makeConsumer(tarballs, root)
  try {
    for (const { program, oldest } of TRIALS) {
      copyFileSync(join(root, 'test/packed', program), join(consumer, program))
      const found = findNode(oldest, join(root, '.cache'))
      if (found.isFound) tryProgram(consumer, program, oldest, found.program)
      else if (process.env['CI'] === 'true')
        say(`${program} on Node.js ${oldest}`, { isOk: false, output: found.why })
      else console.log(`skipped ${program} on Node.js ${oldest}: ${found.why}`)
      tryProgram(consumer, program, process.versions.node, process.execPath)
    }
  } finally {
    rmSync(consumer, { recursive: true })
  }
}

function tryProgram(consumer: string, program: string, version: string, node: string): void {
  const ran = run(node, ['--disable-warning=ExperimentalWarning', program], { cwd: consumer })
  say(`${program} on Node.js ${version}`, ran)
}

function say(what: string, { isOk, output }: { isOk: boolean; output: string }): void {
  console.log(`${isOk ? 'ok      ' : 'FAILED  '}${what}`)
  if (isOk) return
  failedCount += 1
  console.log(output)
}

function nameOf(tarball: string): string {
  return tarball.replace(/^.*\//, '')
}
