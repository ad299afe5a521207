import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commandOf } from '../../src/klarna-twin/command-line.ts'
import { basic, GUIDE } from './a-twin.ts'

const MAIN = fileURLToPath(new URL('../../src/klarna-twin/main.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the program; `ready` is its first output, `ended` how it went. */
function start(...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const ready = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
      if (stdout.endsWith('\n')) resolve(stdout)
    })
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ready, ended }
}

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints one line of JSON, serves, and ends well on %s',
    async (signal) => {
      const { child, ready, ended } = start('--port', '0', '--json')

      const line = await ready
      const { url, username, password, orders } = JSON.parse(line)
      const answer = await fetch(`${url}/ordermanagement/v1/orders/${GUIDE}`, {
        headers: { authorization: basic(username, password) },
      })
      child.kill(signal)

      expect(answer.status).toBe(200)
      expect(orders[0]).toEqual({
        orderId: GUIDE,
        captureIds: [expect.any(String)],
        currency: 'SEK',
        status: 'PART_CAPTURED',
      })
      expect(await ended).toEqual({ code: 0, stdout: line, stderr: '' })
      expect(line.trimEnd()).not.toContain('\n')
    },
  )

  it('prints words for people and takes settings and credentials', async () => {
    const { child, ready, ended } = start(
      '--set',
      'rateLimitPerSecond=null',
      '--set=keyScope=path',
      '--username=shop',
      '--password',
      'secret',
    )

    const words = await ready
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(words)?.[0]
    const settings = await (await fetch(`${url}/__twin/settings`)).json()
    child.kill('SIGTERM')

    expect(words).toContain('username shop, password secret')
    expect(words).toContain(GUIDE)
    expect(settings).toMatchObject({ rateLimitPerSecond: null, keyScope: 'path' })
    expect((await ended).code).toBe(0)
  })

  it('refuses wrong arguments with status 2', async () => {
    const { ended } = start('--port', 'x', '--colour', '--set', 'keyScope=order')

    const { code, stdout, stderr } = await ended

    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('`--port` is a whole number from 0 to 65535, not `x`')
    expect(stderr).toContain('`--colour` is not known')
    expect(stderr).toContain('`keyScope` is one of "merchant", "path"')
  })

  it('says that a port is taken, with status 1', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined

    const { code, stdout, stderr } = await start('--json', '--port', String(port)).ended
    server.close()

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('EADDRINUSE')
  })

  it('prints its help', async () => {
    const { code, stdout } = await start('--help').ended

    expect(code).toBe(0)
    expect(stdout).toContain('--port N')
  })
})

describe('the command line', () => {
  it.each([
    [['--port=80', '--json'], { type: 'start', port: 80, json: true, settings: {} }],
    [['--', '--port', '0'], { type: 'start', port: 0, json: false, settings: {} }],
    [['-h'], { type: 'help' }],
    [['--port'], { type: 'wrong', problems: [expect.stringContaining('not ``')] }],
    [['--port', '65536'], { type: 'wrong', problems: [expect.stringContaining('65535')] }],
    [['--set', 'latencyMs'], { type: 'wrong', problems: [expect.stringContaining('NAME=VALUE')] }],
    [['--set'], { type: 'wrong', problems: [expect.stringContaining('NAME=VALUE')] }],
    [['--username'], { type: 'wrong', problems: [expect.stringContaining('needs a value')] }],
    [['--set', 'latencyMs=5'], { type: 'start', port: 0, json: false, settings: { latencyMs: 5 } }],
  ])('reads %j', (args, wanted) => {
    expect(commandOf(args)).toEqual(wanted)
  })
})
