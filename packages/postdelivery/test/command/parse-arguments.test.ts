/** What may be typed after a command's name, and what is said when it may not. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineCommand } from '../../src/command/command-definition.ts'
import { EXIT } from '../../src/command/exit-codes.ts'
import { parseArguments } from '../../src/command/parse-arguments.ts'

const definition = defineCommand({
  arguments: [
    { name: 'ORDER', summary: 'an order' },
    { name: 'EVENT', summary: 'an event', count: 'optional' },
  ],
  options: {
    by: { type: 'text', value: 'NAME', isRequired: true, summary: 'who' },
    count: { type: 'integer', value: 'N', min: 1, max: 10, summary: 'how many' },
    kind: { type: 'choice', choices: ['red', 'green'], summary: 'which' },
    set: { type: 'list', value: 'PAIR', summary: 'some' },
    execute: { type: 'flag', summary: 'do it' },
  },
  formats: ['pretty', 'json', 'ndjson'],
  readsConfig: true,
  examples: [],
  run: async () => EXIT.fine,
})

const parse = (...args: readonly string[]) => parseArguments(definition, args, () => undefined)

const good: readonly (readonly [string, readonly string[], object])[] = [
  [
    'arguments and a required option',
    ['o', '--by', 'anna'],
    { arguments: ['o'], options: { by: 'anna' } },
  ],
  ['an optional argument', ['o', 'e', '--by=anna'], { arguments: ['o', 'e'] }],
  ['a value with an equals sign', ['o', '--by=a=b'], { options: { by: 'a=b' } }],
  [
    'a value that looks like an option, when it is inline',
    ['o', '--by=--x'],
    { options: { by: '--x' } },
  ],
  ['a value that begins with one dash', ['o', '--by', '-5'], { options: { by: '-5' } }],
  ['a list', ['o', '--by', 'a', '--set', 'x', '--set=y'], { options: { set: ['x', 'y'] } }],
  [
    'nothing for the rest',
    ['o', '--by', 'a'],
    { options: { set: [], execute: false, kind: undefined } },
  ],
  ['a bound of an integer', ['o', '--by', 'a', '--count', '10'], { options: { count: 10 } }],
  ['an argument behind `--`', ['--by', 'a', '--', '--o'], { arguments: ['--o'] }],
  ['a format', ['o', '--by', 'a', '--format', 'ndjson'], { format: 'ndjson' }],
  ['json in short', ['o', '--by', 'a', '--json'], { format: 'json' }],
  ['the first format unless said', ['o', '--by', 'a'], { format: 'pretty' }],
]

const wrong: readonly (readonly [readonly string[], string])[] = [
  [['--by', 'a'], 'ORDER is missing: an order'],
  [['o'], '`--by` is missing: who'],
  [['o', 'e', 'x', '--by', 'a'], '`x` is one argument too many'],
  [['o', '--by'], '`--by` needs a value'],
  [['o', '--by='], '`--by` needs a value'],
  [['o', '--by', '--execute'], '`--by` needs a value'],
  [['o', '--by', 'a', '--by', 'b'], '`--by` is said more than once'],
  [['o', '--by', 'a', '--execute=yes'], '`--execute` takes no value'],
  [['o', '--by', 'a', '--count', '11'], '`--count` is a whole number from 1 to 10, not `11`'],
  [['o', '--by', 'a', '--count', '1e1'], '`--count` is a whole number from 1 to 10, not `1e1`'],
  [['o', '--by', 'a', '--kind', 'blue'], '`--kind` is one of `red`, `green`, not `blue`'],
  [['o', '--by', 'a', '--nope'], 'unknown option `--nope`'],
  [['o', '--by', 'a', '-q'], 'unknown option `-q`'],
  [['o', '--by', 'a', '--__proto__'], 'unknown option `--__proto__`'],
  [['o', '--by', 'a', '--constructor=x'], 'unknown option `--constructor`'],
  [['o', '--by', 'a', '--json', '--format', 'ndjson'], 'contradict each other'],
  [['', '--by', 'a'], 'an argument is empty'],
]

describe('a command line', () => {
  it.each(good)('may have %s', (_, args, want) => {
    expect(parse(...args)).toMatchObject({ type: 'run', ...want })
  })

  it.each(wrong)('%j is refused', (args, message) => {
    const parsed = parse(...args)

    expect(parsed).toMatchObject({ type: 'wrong' })
    expect(JSON.stringify(parsed)).toContain(JSON.stringify(message).slice(1, -1))
  })

  it('says everything that is wrong at once', () => {
    const parsed = parse('--count', '0', '--kind', 'x')

    expect(parsed.type === 'wrong' && parsed.problems.length).toBe(4)
  })

  it('asks for help whatever else is wrong', () => {
    expect(parse('--nope', '--help')).toEqual({ type: 'help' })
    expect(parse('-h')).toEqual({ type: 'help' })
  })

  it('says nothing that could steer a terminal, and never throws', () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '--',
        '-',
        '--by',
        '--by=',
        '--kind',
        '--format',
        '--json',
        '--config',
        '--\u001b[2J',
      ),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (args) => {
        const parsed = parse(...args)
        if (parsed.type !== 'wrong') return
        for (const { message } of parsed.problems) expect(message).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})
