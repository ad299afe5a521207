/** The twin as a program: `npx pnpm twin --port N`. */
import { commandOf, HELP } from './command-line.ts'
import { startTwin, type Twin } from './start-twin.ts'

/** Exit status of a wrong command line. */
const WRONG_USE = 2

async function main(args: readonly string[]): Promise<void> {
  const command = commandOf(args)
  if (command.type === 'help') {
    process.stdout.write(HELP)
    return
  }
  if (command.type === 'wrong') {
    process.stderr.write(`twin: ${command.problems.join('\ntwin: ')}\n\n${HELP}`)
    process.exitCode = WRONG_USE
    return
  }
  const { type, json, ...options } = command
  try {
    const twin = await startTwin(options)
    // Order matters: whoever reads the line may send the signal at once.
    stopOnSignal(twin)
    process.stdout.write(json ? readyJson(twin) : readyText(twin))
  } catch (error) {
    process.stderr.write(`twin: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

function stopOnSignal(twin: Twin): void {
  const stop = () => {
    void twin.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

const readyJson = ({ url, username, password, orders }: Twin): string =>
  `${JSON.stringify({ url, username, password, orders })}\n`

const readyText = ({ url, username, password, orders }: Twin): string =>
  [
    `Klarna twin at ${url}`,
    `  username ${username}, password ${password}`,
    `  control: ${url}/__twin`,
    'Orders:',
    ...orders.map(({ orderId, status, currency, captureIds }) =>
      `  ${orderId}  ${currency}  ${status.padEnd(13)} ${captureIds.join(' ')}`.trimEnd(),
    ),
    '',
  ].join('\n')

// Last: the functions above are constants.
await main(process.argv.slice(2))
