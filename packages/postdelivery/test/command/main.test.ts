/** The program as a process: pipes that close, Ctrl-C, warnings, what a configuration leaves open. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { runProcess, startProcess } from './cli.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'postdelivery-main-'))
afterAll(() => rmSync(folder, { recursive: true }))

function configOf(name: string, text: string): readonly string[] {
  const path = join(folder, `${name}.config.mjs`)
  writeFileSync(path, text)
  return ['--config', path]
}

it('ends quietly when nobody reads on', async () => {
  const child = startProcess(['--help'])
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })

  const [exitCode] = await once(child, 'close')

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
})

it('ends with 130 at Ctrl-C, also when a configuration never loads', async () => {
  const config = configOf(
    'slow',
    "process.stderr.write('loading\\n'); await new Promise(() => setInterval(() => {}, 1000))",
  )
  const child = startProcess(['work', ...config])
  await once(child.stderr, 'data')

  child.kill('SIGINT')

  expect(await once(child, 'close')).toEqual([130, null])
})

it('tells of a configuration that throws, without its stack', async () => {
  const { exitCode, stdout, stderr } = await runProcess([
    'work',
    ...configOf('bad', "throw new Error('vault')"),
  ])

  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
  expect(stderr).toContain('cannot be imported')
  expect(stderr).not.toContain('    at ')
})

it('ends although a configuration left something open, and lists all that is wrong with it', async () => {
  const config = configOf(
    'open',
    'setInterval(() => {}, 1000); export default { timeZone: "Mars/Base" }',
  )
  const { exitCode, stderr } = await runProcess(['orders', 'list', ...config])

  expect(exitCode).toBe(3)
  for (const path of ['/klarna', '/limits', '/rules', '/store', '/timeZone'])
    expect(stderr).toContain(path)
})

it('passes warnings on, but not those about experimental parts of Node', async () => {
  const config = configOf(
    'warn',
    "process.emitWarning('old'); process.emitWarning('new', 'ExperimentalWarning'); export default {}",
  )
  const { stderr } = await runProcess(['work', ...config])

  expect(stderr).toContain('Warning: old')
  expect(stderr).not.toContain('ExperimentalWarning')
})
