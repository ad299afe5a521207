/** From words to an exit code: help, unknown words, and what becomes of errors. */
import { describe, expect, it } from 'vitest'
import { type CommandEntry, defineCommand } from '../../src/command/command-definition.ts'
import { CommandError } from '../../src/command/command-error.ts'
import { COMMANDS } from '../../src/command/commands.ts'
import { EXIT } from '../../src/command/exit-codes.ts'
import { optionsOf, parseArguments } from '../../src/command/parse-arguments.ts'
import { runCommand } from '../../src/command/run-command.ts'
import { ConfigError } from '../../src/config-error.ts'
import { PostDeliveryFailure } from '../../src/failures.ts'
import { runHere } from './cli.ts'

describe.each(COMMANDS.map((entry) => [entry.name, entry] as const))('%s', (name, { load }) => {
  it('shows its examples and every option in its help', async () => {
    const { exitCode, stdout, stderr } = await runHere([...name.split(' '), '--help'])
    const definition = await load()

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const option of Object.keys(optionsOf(definition))) expect(stdout).toContain(`--${option}`)
    for (const [line] of definition.examples) expect(stdout).toContain(`postdelivery ${line}`)
    for (const line of stdout.split('\n').slice(1))
      if (!line.includes('postdelivery ')) expect(line.length).toBeLessThanOrEqual(100)
  })

  it('has examples that can be typed', async () => {
    const definition = await load()

    expect(definition.examples.length).toBeGreaterThan(0)
    for (const [line] of definition.examples) {
      const words = wordsOf(line)
      expect(words.slice(0, name.split(' ').length).join(' ')).toBe(name)
      const parsed = parseArguments(
        definition,
        words.slice(name.split(' ').length),
        () => undefined,
      )
      expect(parsed, line).toMatchObject({ type: 'run' })
    }
  })
})

/** The words of an example up to a redirection; quotes are single ones. */
const wordsOf = (line: string): readonly string[] =>
  [...(line.split(/ [>|] /)[0] ?? '').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, inQuotes, bare]) => inQuotes ?? bare ?? '',
  )

describe('the program', () => {
  it('lists every command', async () => {
    const [bare, help] = [await runHere([]), await runHere(['--help'])]

    expect(bare).toEqual(help)
    for (const { name, summary } of COMMANDS) {
      expect(help.stdout).toContain(` ${name} `)
      expect(help.stdout).toContain(summary)
    }
  })

  it('says its version', async () => {
    expect((await runHere(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['wrok'], '`wrok` is no command; did you mean `work`?'],
    [['orders', 'lsit'], '`orders lsit` is no command; did you mean `orders list`?'],
    [['--json', 'work'], '`--json` is no command; options follow a command'],
    [['work', 'rsolve'], '`work rsolve` is no command; did you mean `work resolve`?'],
    [['work', '--knid', 'review'], 'unknown option `--knid`; did you mean `--kind`?'],
    [['constructor'], '`constructor` is no command'],
    [['\u001b[2J'], '`\u00b7[2J` is no command'],
  ])('refuses %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await runHere(args)

    expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.usage, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain('--help')
  })

  it('helps with a group of commands', async () => {
    const { stdout } = await runHere(['orders'])

    expect(stdout).toContain('orders timeline')
    expect(stdout).not.toContain('reconcile')
  })

  it('says that there is no configuration', async () => {
    const { exitCode, stderr } = await runHere(['work'], { cwd: '/' })

    expect(exitCode).toBe(EXIT.configuration)
    expect(stderr).toContain('no `postdelivery.config.ts` is found')
  })
})

const errors: readonly (readonly [string, unknown, number, string])[] = [
  [
    'a command error',
    new CommandError(EXIT.limit, 'too much', { hint: 'less' }),
    EXIT.limit,
    'error: too much\nhint: less\n',
  ],
  [
    'a wrong configuration',
    new ConfigError([{ path: '/limits', code: 'missing', message: 'is missing' }]),
    EXIT.configuration,
    '- /limits: is missing',
  ],
  [
    'wrong input',
    new PostDeliveryFailure('input_invalid', 'what is given'),
    EXIT.usage,
    'what is given',
  ],
  [
    'nothing of that id',
    new PostDeliveryFailure('unknown_work', 'nothing'),
    EXIT.findings,
    'see `work`',
  ],
  [
    'Klarna that cannot be read',
    new PostDeliveryFailure('klarna_unreadable', 'down'),
    EXIT.configuration,
    'down',
  ],
  [
    'a fault of ours',
    new TypeError('x is not a function'),
    EXIT.internal,
    'a fault of this program: x is not a function',
  ],
  ['a thrown text with control characters', '\u001b[2J', EXIT.internal, '\u00b7[2J'],
]

describe('an error', () => {
  it.each(errors)('that is %s', async (_, error, exitCode, text) => {
    const said: string[] = []
    const boom: CommandEntry = {
      name: 'boom',
      summary: '',
      load: async () =>
        defineCommand({
          arguments: [],
          options: {},
          examples: [],
          run: async () => {
            throw error
          },
        }),
    }

    const ended = await runCommand({
      args: ['boom'],
      commands: [boom],
      stdout: { write: () => expect.unreachable() },
      stderr: { write: (text) => said.push(text) },
      env: {},
      cwd: '/',
      signal: new AbortController().signal,
    })

    expect(ended).toBe(exitCode)
    expect(said.join('')).toContain(text)
    expect(said.join('')).not.toContain('    at ')
  })
})
