import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { DEFAULT_VOLUMES, HELP, readOptions } from '../../src/torture/options.ts'

// A busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const optionsOf = (...args: readonly string[]) => {
  const read = readOptions(args)
  if (read.type !== 'run') throw new Error(JSON.stringify(read))
  return read.options
}

describe('the command line of the torture', () => {
  test('runs every part at the usual volume when none is named', () => {
    expect(optionsOf()).toEqual({ ...DEFAULT_VOLUMES, seed: '1', isJson: false, reportPath: null })
  })

  test('runs only the parts that are named', () => {
    expect(optionsOf('--torn', '7')).toMatchObject({ kills: 0, torn: 7, calls: 0 })
    expect(optionsOf('--kills', '3', '--calls=9')).toMatchObject({ kills: 3, torn: 0, calls: 9 })
  })

  test('takes a seed, a file for the report and --json, also behind the dashes of a package manager', () => {
    expect(optionsOf('--', '--seed', 'x', '--report', 'r.json', '--json')).toMatchObject({
      seed: 'x',
      reportPath: 'r.json',
      isJson: true,
    })
  })

  test.each([
    ['--kills', '0'],
    ['--kills', '-1'],
    ['--torn', 'many'],
    ['--calls', '1.5'],
    ['--calls', '10000001'],
  ])('refuses %s %s and says what it takes', (option, value) => {
    expect(readOptions([`${option}=${value}`])).toEqual({
      type: 'wrong',
      problem: `${option} is a whole number from 1 to 10000000, not \`${value}\``,
    })
  })

  test.each([['--kill'], ['--seed='], ['--report='], ['stray']])('refuses %s', (arg) => {
    expect(readOptions([arg]).type).toBe('wrong')
  })

  test('as a program prints help with 0, and a wrong use with 2 and what is wrong', () => {
    const main = fileURLToPath(new URL('../../src/torture/main.ts', import.meta.url))
    const run = (arg: string) => spawnSync(process.execPath, [main, arg], { encoding: 'utf8' })

    expect(run('--help')).toMatchObject({ status: 0, stdout: HELP })
    const wrong = run('--kills=x')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('torture: --kills is a whole number')
  })
})
