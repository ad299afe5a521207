/** Says on standard error why a command ended early, and gives the exit code for it. */
import { isConfigError } from '../config-error.ts'
import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { type Output, printable } from './output.ts'

interface Told {
  readonly exitCode: ExitCode
  readonly lines: readonly string[]
  readonly hint?: string | undefined
}

/** Reports an error. The stack is for us: it is shown when `POSTDELIVERY_DEBUG` is set. */
export function reportError(
  error: unknown,
  talk: Output,
  env: Readonly<Record<string, string | undefined>>,
): ExitCode {
  const { exitCode, lines, hint } = tell(error)
  const [first = '', ...others] = lines
  talk.line(`${talk.paint('red', 'error')}: ${first}`, ...others)
  if (hint !== undefined) talk.line(`${talk.paint('dim', 'hint')}: ${hint}`)
  if (env['POSTDELIVERY_DEBUG'] && error instanceof Error) talk.line(error.stack ?? error.message)
  return exitCode
}

function tell(error: unknown): Told {
  if (error instanceof CommandError)
    return { exitCode: error.exitCode, lines: [error.message], hint: error.hint }
  if (isConfigError(error))
    return { exitCode: EXIT.configuration, lines: error.message.split('\n').map(printable) }
  const { name, code, message, hint } = partsOf(error)
  if (name === 'StoreFailure') return { exitCode: EXIT.configuration, lines: [message] }
  if (name === 'PostDeliveryFailure' || name === 'EventError')
    return { exitCode: FAILURE_EXITS[code] ?? EXIT.findings, lines: [message], hint }
  if (FILE_CODES.includes(code)) return { exitCode: EXIT.configuration, lines: [message] }
  return {
    exitCode: EXIT.internal,
    lines: [`a fault of this program: ${message}`],
    hint: 'set `POSTDELIVERY_DEBUG=1` to see where, and report it',
  }
}

function partsOf(error: unknown): {
  readonly name: string
  readonly code: string
  readonly message: string
  readonly hint?: string
} {
  if (!(error instanceof Error)) return { name: '', code: '', message: printable(String(error)) }
  const hint: unknown = Reflect.get(error, 'hint')
  return {
    name: error.name,
    code: String(Reflect.get(error, 'code')),
    message: printable(error.message),
    ...(typeof hint === 'string' ? { hint } : {}),
  }
}

/** What the disk says no with. */
const FILE_CODES: readonly string[] = [
  'ENOENT',
  'EACCES',
  'EPERM',
  'EISDIR',
  'ELOOP',
  'ENOTDIR',
  'ENOSPC',
  'EROFS',
  'EEXIST',
  'EADDRINUSE',
]

const FAILURE_EXITS: Readonly<Record<string, ExitCode>> = {
  input_invalid: EXIT.usage,
  event_invalid: EXIT.usage,
  event_id_reused: EXIT.conflict,
  event_reported: EXIT.conflict,
  klarna_unreadable: EXIT.configuration,
  source_down: EXIT.configuration,
}
