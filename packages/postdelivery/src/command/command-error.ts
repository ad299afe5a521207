/** What ends a command early, with an exit code, one line and what to do. */
import type { ExitCode } from './exit-codes.ts'

/** The command cannot go on. `message`: one line, lower case; what to do stands in `hint`. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(exitCode: ExitCode, message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options)
    this.exitCode = exitCode
    this.hint = options.hint
  }
}
