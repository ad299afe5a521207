/** The command for tests: as a real process, or in this one where no configuration is read. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { COMMANDS } from '../../src/command/commands.ts'
import { runCommand } from '../../src/command/run-command.ts'

export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

const MAIN = fileURLToPath(new URL('../../src/command/main.ts', import.meta.url))

/** An environment without what the machine of the test says about colours, CI and package managers. */
const cleanEnv = (more: Readonly<Record<string, string>>): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  TZ: 'UTC',
  ...more,
})

/** Starts the command as people do. */
export const startProcess = (
  args: readonly string[],
  {
    cwd,
    env = {},
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
) =>
  spawn(process.execPath, [MAIN, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: cleanEnv(env),
  })

/** Runs the command as a process of its own. */
export function runProcess(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const child = startProcess(args, options)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (exitCode) => done({ exitCode, stdout, stderr }))
  })
}

/** Runs the command in this process: quicker, and for commands only that read no configuration. */
export async function runHere(
  args: readonly string[],
  {
    cwd = process.cwd(),
    env = {},
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const stdout: string[] = []
  const stderr: string[] = []
  const exitCode = await runCommand({
    args,
    commands: COMMANDS,
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    env: cleanEnv(env),
    cwd,
    signal: new AbortController().signal,
  })
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') }
}
