/** What a subcommand is: its arguments and options as data, and the function that does it. */
import type { PostDeliveryConfig } from '../config.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Output } from './output.ts'

/** How results are written. `pretty` is text for people; without colours when it goes into a pipe or file. */
export type Format =
  | 'pretty'
  | 'json'
  | 'ndjson'
  | 'sarif'
  | 'junit'
  | 'github'
  | 'html'
  | 'markdown'

/** One option, `--name`. `value` is the placeholder that help shows, in capitals. */
export type OptionDefinition =
  | { readonly type: 'flag'; readonly summary: string }
  | {
      readonly type: 'text'
      readonly value: string
      readonly summary: string
      readonly isRequired?: true
    }
  /** May be said several times. */
  | { readonly type: 'list'; readonly value: string; readonly summary: string }
  | {
      readonly type: 'choice'
      readonly choices: readonly string[]
      readonly summary: string
      readonly isRequired?: true
    }
  | {
      readonly type: 'integer'
      readonly value: string
      readonly min: number
      readonly max: number
      readonly summary: string
      readonly isRequired?: true
    }

/** Options by name, without dashes: kebab-case. */
export type OptionTable = Readonly<Record<string, OptionDefinition>>

/** What was given for an option: a flag not given is false, a list not given is empty, others are undefined. */
export type OptionValue<Option extends OptionDefinition> = Option extends { type: 'flag' }
  ? boolean
  : Option extends { type: 'list' }
    ? readonly string[]
    : OneValue<Option> | (Option extends { isRequired: true } ? never : undefined)

type OneValue<Option extends OptionDefinition> = Option extends { type: 'integer' }
  ? number
  : Option extends { type: 'choice'; choices: readonly (infer Choice)[] }
    ? Choice
    : string

/** One argument by its place. Only the last may be optional or many. */
export interface ArgumentDefinition {
  /** In capitals, as help shows it. */
  readonly name: string
  readonly summary: string
  /** Default: exactly one is required. */
  readonly count?: 'optional' | 'any' | 'many'
  /** What shells complete it with. Default: nothing. */
  readonly completes?: 'files' | readonly string[]
}

/** A configuration with the file that it came from. */
export interface LoadedConfig {
  /** Absolute. */
  readonly path: string
  readonly config: PostDeliveryConfig
}

/** What a command is given to work with. */
export interface CommandContext<Options extends OptionTable = OptionTable> {
  /** Everything that was typed after the program's name. */
  readonly words: readonly string[]
  /** As many as the definition allows. */
  readonly arguments: readonly string[]
  readonly options: { readonly [Name in keyof Options]: OptionValue<Options[Name]> }
  readonly format: Format
  /** Standard output: results and nothing else. */
  readonly out: Output
  /** Standard error: talk, progress, problems. */
  readonly talk: Output
  /** The folder in which the command was called; absolute. Give paths to people as they were typed. */
  readonly cwd: string
  /** Makes a path absolute that counts from `cwd`. Never leave it to the process: a configuration may change its folder. */
  readonly resolve: (path: string) => string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C. Return soon then: a second later the process ends by itself with 130. */
  readonly signal: AbortSignal
  /** All commands, for help and completion. */
  readonly commands: readonly CommandEntry[]
  /** How people type this program here: `postdelivery`, `npx pnpm postdelivery`, ... */
  readonly program: string
  /**
   * Loads `--config`, or the `postdelivery.config.*` nearest to a path (default: `cwd`), upwards.
   *
   * Throws: `CommandError` when there is none or it is another user's, `ConfigError` when it cannot be imported.
   */
  readonly loadConfig: (near?: string) => Promise<LoadedConfig>
  /** The same, or undefined when there is none and `--config` was not said. */
  readonly loadConfigIfAny: (near?: string) => Promise<LoadedConfig | undefined>
}

/** A subcommand. Its name and summary stand in the table of `commands.ts`, so that help loads no code. */
export interface CommandDefinition<Options extends OptionTable = OptionTable> {
  readonly arguments: readonly ArgumentDefinition[]
  readonly options: Options
  /** Formats that it writes, the default first. Adds `--format` and `--json`. Left out: text for people only. */
  readonly formats?: readonly Format[]
  /** Adds `--config FILE`. */
  readonly readsConfig?: boolean
  /** What people type, after the program's name, with what it does; help begins with them. */
  readonly examples: readonly (readonly [line: string, summary: string])[]
  /** What must be known beyond the summary; lines of help. */
  readonly notes?: readonly string[]
  run(context: CommandContext<Options>): Promise<ExitCode>
}

/** A row of the table of commands. */
export interface CommandEntry {
  /** One word, or two: `orders show`. */
  readonly name: string
  /** One line, lower case. */
  readonly summary: string
  readonly load: () => Promise<CommandDefinition>
}

/** Types a definition: options are known by name and type in `run`. */
export const defineCommand = <const Options extends OptionTable>(
  definition: CommandDefinition<Options>,
): CommandDefinition => definition as unknown as CommandDefinition
