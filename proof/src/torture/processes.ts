/** Programs of the torture in processes of their own: they speak in lines, and none of them outlives the run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program that was started. */
export interface Program {
  /** Sends it a line of JSON; a program that is gone hears nothing. */
  send(message: unknown): void
  /** Ends it at once, as a power cut would end it, and waits until it is gone and all its lines were heard. */
  kill(): Promise<void>
  /** Resolves when it is gone and all its lines were heard, with its exit code; null when it was killed. */
  readonly ended: Promise<number | null>
  /** What it wrote to stderr, its last 4,000 characters. */
  errors(): string
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  /** Hears each whole line of its standard output; a line that a kill cut off is no line. */
  readonly onLine: (line: string) => void
  /** Where compiled code is kept, so that a start takes a third of the time. */
  readonly cacheFolder?: string
}

/** All that run; ended when the torture ends, however it ends. */
const running = new Set<ChildProcess>()

/** Starts a program of `programs/`. */
export function startProgram(name: string, options: ProgramOptions): Program {
  const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))
  const { cacheFolder } = options
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', file, ...(options.args ?? [])],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...(cacheFolder === undefined ? {} : { NODE_COMPILE_CACHE: cacheFolder }),
      },
    },
  )
  running.add(child)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-4_000)
  })
  // A killed program reads no more; what was on its way to it is lost, as it is meant to be.
  child.stdin.on('error', () => {})
  const isHeard = hearLines(child, options.onLine)
  const ended = Promise.all([once(child, 'close'), isHeard]).then(([[code]]) => {
    running.delete(child)
    return typeof code === 'number' ? code : null
  })
  return {
    send: (message) => {
      if (child.stdin.writable) child.stdin.write(`${JSON.stringify(message)}\n`)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    ended,
    errors: () => errors,
  }
}

/** Ends every program that still runs. */
export function endPrograms(): void {
  for (const child of running) child.kill('SIGKILL')
}

async function hearLines(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  if (child.stdout === null) return
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  await once(child.stdout, 'close')
}

/** The lines of JSON that a program is sent, one by one. For programs. */
export async function* readMessages(): AsyncGenerator<Readonly<Record<string, unknown>>> {
  for await (const line of createInterface({ input: process.stdin }))
    yield JSON.parse(line) as Readonly<Record<string, unknown>>
}
