import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runTorture } from '../../src/torture/run.ts'
import { aFolder } from './evidence.ts'

const MAIN = fileURLToPath(new URL('../../src/torture/main.ts', import.meta.url))
const folder = aFolder()

/** Folders of runs in a folder for temporary files. */
const leftIn = (temporary: string): readonly string[] =>
  readdirSync(temporary).filter((name) => name.startsWith('postdelivery-'))

test('a small run of every part breaks no law, and says what it did as the last line', async () => {
  const reportPath = join(folder, 'report.json')
  const child = spawn(
    process.execPath,
    [MAIN, '--kills=4', '--torn=80', '--calls=80', '--json', `--report=${reportPath}`],
    { env: { ...process.env, TMPDIR: folder } },
  )
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  const [code] = await once(child, 'close')

  const lines = stdout.trimEnd().split('\n')
  const report = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>
  expect(report).toMatchObject({
    violations: 0,
    violated: [],
    kills: 4,
    tornImages: 80,
    seed: '1',
  })
  expect(report['proxiedCalls']).toBeGreaterThanOrEqual(80)
  expect(report['lostAnswers']).toBeGreaterThan(10)
  expect(report['acknowledgedEvents']).toBeGreaterThan(100)
  expect(JSON.parse(readFileSync(reportPath, 'utf8'))).toEqual(report)
  expect(lines.at(-2)).toMatch(/^0 violations of \d+ laws, seed 1, [\d.]+ s$/)
  expect(leftIn(folder)).toEqual([])
  expect(code).toBe(0)
}, 300_000)

test('a run that is broken off ends at once and leaves nothing behind', async () => {
  const controller = new AbortController()
  const options = { kills: 1_000, torn: 0, calls: 0, seed: 'x', isJson: false, reportPath: null }
  const before = new Set(leftIn(tmpdir()))
  const running = runTorture(options, { say: () => {}, signal: controller.signal })
  running.catch(() => {})
  setTimeout(() => controller.abort(), 1_500)

  await expect(running).rejects.toThrow()
  expect(
    leftIn(tmpdir()).filter((name) => name.includes('-torture-') && !before.has(name)),
  ).toEqual([])
}, 60_000)
