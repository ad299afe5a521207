import { describe, expect, test } from 'vitest'
import { HELP, readOptions } from '../../src/sim/options.ts'

const optionsOf = (...args: readonly string[]) => {
  const read = readOptions(args)
  if (read.type !== 'run') throw new Error(JSON.stringify(read))
  return read.options
}

describe('the command line of the simulation', () => {
  test('tells 5000 stories of seed 1 unless told otherwise', () => {
    expect(optionsOf()).toMatchObject({
      type: 'histories',
      historyCount: 5_000,
      seed: '1',
      isJson: false,
    })
  })

  const cases: readonly (readonly [readonly string[], object])[] = [
    [['--histories', '7', '--seed', 'x', '--json'], { historyCount: 7, seed: 'x', isJson: true }],
    [['--bugs'], { type: 'bugs', bugs: [] }],
    [['--bugs', 'a', 'b', '--histories', '9'], { type: 'bugs', bugs: ['a', 'b'], historyCount: 9 }],
    [['--crashes', '--pairs', '3'], { type: 'crashes', pairCount: 3 }],
    [['--replay', '1/57'], { type: 'replay', replay: '1/57' }],
    [['--replay', 'f.json', '--bugs', 'a'], { type: 'replay', replay: 'f.json', bugs: ['a'] }],
    [['--bugs', 'a', '--replay', '1/1'], { type: 'replay', bugs: ['a'] }],
    [['--list-bugs'], { type: 'list-bugs' }],
    [['--workers', '3', '--report', 'r.json'], { workerCount: 3, reportPath: 'r.json' }],
  ]
  test.each(cases)('reads %j', (args, want) => {
    expect(optionsOf(...args)).toMatchObject(want)
  })

  test.each([
    [['--histories'], '`--histories` takes a whole number'],
    [['--histories', '0'], 'not `0`'],
    [['--histories', 'many'], 'not `many`'],
    [['--seed'], '`--seed` takes a value'],
    [['--replay', '--json'], '`--replay` takes a value'],
    [['--what'], 'there is no `--what`'],
  ])('refuses %j and says why', (args, problem) => {
    const read = readOptions(args)
    expect(read.type === 'wrong' && read.problem).toContain(problem)
  })

  test('explains itself', () => {
    expect(readOptions(['--json', '--help'])).toEqual({ type: 'help' })
    for (const name of ['--histories', '--crashes', '--bugs', '--replay', '--report'])
      expect(HELP).toContain(name)
  })
})
