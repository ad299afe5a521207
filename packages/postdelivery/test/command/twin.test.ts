/** Klarna's stand-in as a program of its own. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { runHere, runProcess, startProcess } from './cli.ts'

const GUIDE = '0db6b66c-2085-4ee5-bd2c-12831e943dc2'

/** Starts the twin; `ready` is all that it says by its first end of a line. */
function start(...args: string[]) {
  const child = startProcess(['twin', ...args])
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ready = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      if (stdout.endsWith('\n')) resolve(stdout)
    })
  })
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }))
  return { child, ready, ended }
}

describe('twin', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'prints one line of JSON, serves, and ends well on %s',
    async (signal) => {
      const { child, ready, ended } = start('--port', '0', '--json')

      const line = await ready
      const { schemaVersion, url, username, password, orders } = JSON.parse(line)
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
      const order = `${url}/ordermanagement/v1/orders/${GUIDE}`
      const answer = await fetch(order, { headers: { authorization } })
      child.kill(signal)

      expect([schemaVersion, answer.status]).toEqual([1, 200])
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

  it.each([
    [['--port', 'x'], '`--port` is a whole number from 0 to 65535, not `x`'],
    [['--port', '65536'], 'from 0 to 65535'],
    [['--colour'], 'unknown option `--colour`'],
    [['--set', 'keyScope=order'], '`keyScope` is one of "merchant", "path"'],
    [['--set', 'latencyMs'], 'NAME=VALUE'],
    [['--set'], '--set'],
    [['--username'], '--username'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await runHere(['twin', ...args])

    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it('says that a port is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined

    const { exitCode, stdout, stderr } = await runProcess(['twin', '--json', '--port', `${port}`])
    server.close()

    expect([exitCode, stdout]).toEqual([3, ''])
    expect(stderr).toContain('EADDRINUSE')
  })
})
