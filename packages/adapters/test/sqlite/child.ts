/** Other processes: programs of this folder's `programs`, started with the Node that runs the tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const started = new Set<ChildProcess>()

afterEach(() => {
  for (const child of started) child.kill('SIGKILL')
  started.clear()
})

export interface Child {
  readonly pid: number
  /** The next line that it prints. Rejects when it ends without one, with what it wrote to stderr. */
  line(): Promise<string>
  /** Every line that it printed until it ended. */
  lines(): Promise<readonly string[]>
  kill(): Promise<void>
  /** Tells it to go on. */
  send(line: string): void
}

/** The path of a program. */
const programPath = (name: string): string =>
  fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url))

/** Starts a program. `command` runs instead of Node itself, with Node's path and its arguments added. */
export function startProgram(
  name: string,
  args: readonly string[],
  options: { readonly command?: readonly string[] } = {},
): Child {
  const [command = process.execPath, ...before] = [
    ...(options.command ?? []),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    programPath(name),
    ...args,
  ]
  const child = spawn(command, before, {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  started.add(child)
  const ended = once(child, 'close')
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  // A line that is cut off by a kill is no line.
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  const line = async (): Promise<string> => {
    const next = await lines.next()
    if (next.done === true) throw new Error(`\`${name}\` ended without a further line: ${errors}`)
    return next.value
  }
  return {
    pid: child.pid ?? 0,
    line,
    lines: async () => {
      const all: string[] = []
      for (let next = await lines.next(); next.done !== true; next = await lines.next())
        all.push(next.value)
      await ended
      return all
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    send: (text) => {
      child.stdin.write(`${text}\n`)
    },
  }
}
