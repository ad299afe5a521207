/** What is thrown at start when a configuration is wrong: every problem at once, each with what to do. */

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** JSON Pointer into the configuration; for rule files `/rules/{file}#{pointer into the file}`. */
  readonly path: string
  /** A shape's, an issue's or one of our own codes, for programs. */
  readonly code: string
  /** One line: what is wrong. Shows no value that could be a secret. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** The configuration cannot be used. Nothing was opened, or everything is closed again. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'config_wrong'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(`the configuration cannot be used:\n${problems.map(lineOf).join('\n')}`, options)
    this.problems = problems
  }
}

/** Tells whether an error is this one, also when it comes from another copy of this package. */
export const isConfigError = (error: unknown): error is ConfigError =>
  error instanceof ConfigError || (error instanceof Error && error.name === 'ConfigError')

const lineOf = ({ path, message, hint }: ConfigProblem): string =>
  `- ${path === '' ? '/' : path}: ${message}${hint === undefined ? '' : ` (${hint})`}`
