/** Runs programs of others and says what they said when they fail. */
import { spawnSync } from 'node:child_process'

/** How a program ended. */
export interface Ran {
  readonly isOk: boolean
  /** What it wrote, both streams. */
  readonly output: string
}

/** Runs a program to its end. A program that cannot be started counts as failed. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Ran {
  const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options })
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`
  return { isOk: result.status === 0, output }
}

/** Runs a program and throws with everything it wrote when it fails. */
export function mustRun(...call: Parameters<typeof run>): string {
  const { isOk, output } = run(...call)
  if (!isOk) throw new Error(`${call[0]} ${call[1].join(' ')} failed:\n${output}`)
  return output
}
