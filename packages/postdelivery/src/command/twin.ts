/** `postdelivery twin`: Klarna's stand-in as a program. */
import { once } from 'node:events'
import type { Twin } from '@postdelivery/adapters/klarna-twin'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

export const twinCommand = defineCommand({
  arguments: [],
  options: {
    port: {
      type: 'integer',
      value: 'N',
      min: 0,
      max: 65_535,
      summary: 'TCP port on 127.0.0.1; 0, the default, picks a free one',
    },
    set: { type: 'list', value: 'NAME=VALUE', summary: 'change a setting; may be repeated' },
    username: { type: 'text', value: 'NAME', summary: 'who may call; default `K000000_twin`' },
    password: { type: 'text', value: 'WORD', summary: 'no secret; default `twin-password`' },
  },
  formats: ['pretty', 'json'],
  examples: [
    ['twin --port 8080', 'run until Ctrl-C; its address is your `klarna.baseUrl`'],
    [
      'twin --set rateLimitPerSecond=5 --json',
      'a slower Klarna; one line of JSON when it is ready',
    ],
  ],
  notes: ['It forgets everything when it ends. Settings and sample orders: docs/twin.md.'],
  async run({ options, format, out, signal }) {
    const { startTwin, TwinInputError } = await import('@postdelivery/adapters/klarna-twin')
    const settings = Object.fromEntries(options.set.map(readSetting))
    const twin = await startTwin({
      port: options.port ?? 0,
      settings,
      ...(options.username === undefined ? {} : { username: options.username }),
      ...(options.password === undefined ? {} : { password: options.password }),
    }).catch((error: unknown) => {
      if (error instanceof TwinInputError) throw new CommandError(EXIT.usage, error.message)
      if (isListenError(error)) throw new CommandError(EXIT.configuration, error.message)
      throw error
    })
    const { url, username, password, orders } = twin
    const ready = { schemaVersion: 1, url, username, password, orders }
    // One line, so that a program which starts it knows when it has all.
    if (format === 'json') out.line(JSON.stringify(ready))
    else out.line(...readyLines(twin))
    if (!signal.aborted) await once(signal, 'abort')
    await twin.close()
    return EXIT.fine
  },
})

/** The port is taken, or may not be used. */
const isListenError = (error: unknown): error is Error =>
  error instanceof Error && 'syscall' in error && error.syscall === 'listen'

/** Its password is no secret: the twin is a toy on this machine. */
const readyLines = ({ url, username, password, orders }: Twin): readonly string[] => [
  `Klarna twin at ${url}`,
  `  username ${username}, password ${password}`,
  `  control: ${url}/__twin`,
  'Orders:',
  ...orders.map(({ orderId, status, currency, captureIds }) =>
    `  ${orderId}  ${currency}  ${status.padEnd(13)} ${captureIds.join(' ')}`.trimEnd(),
  ),
]

/** The value as in JSON, or a bare word. */
function readSetting(pair: string): readonly [string, unknown] {
  const at = pair.indexOf('=')
  if (at < 1)
    throw new CommandError(
      EXIT.usage,
      `\`--set\` is followed by NAME=VALUE, not \`${shown(pair)}\``,
    )
  const value = pair.slice(at + 1)
  try {
    return [pair.slice(0, at), JSON.parse(value)]
  } catch {
    return [pair.slice(0, at), value]
  }
}
