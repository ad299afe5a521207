#!/usr/bin/env node
/** The program `postdelivery`: words in, text and an exit code out. */
import { COMMANDS } from './commands.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { runCommand } from './run-command.ts'

/** How long a command may take to end by itself after Ctrl-C. */
const END_MS = 1_000

process.removeAllListeners('warning')
process.on('warning', ({ name, message }) => {
  // That Node calls a part of itself experimental is nothing for the people of a shop.
  if (name !== 'ExperimentalWarning') process.stderr.write(`${name}: ${message}\n`)
})
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads has seen enough.
    if (error.code === 'EPIPE') process.exit(EXIT.fine)
    throw error
  })
}

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interruption.signal.aborted) process.exit(EXIT.interrupted)
    interruption.abort()
    setTimeout(() => process.exit(EXIT.interrupted), END_MS).unref()
  })
}

const exitCode = await runCommand({
  args: process.argv.slice(2),
  commands: COMMANDS,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interruption.signal,
})
leave(exitCode)

/** Ends when everything is written. A configuration may have opened what would keep the process alive. */
function leave(code: ExitCode): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}
