import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { PARTS } from '../src/all/parts.ts'
import { readOptions } from '../src/sim/options.ts'

const run = (...args: readonly string[]) =>
  spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../src/all/main.ts', import.meta.url)), ...args],
    { encoding: 'utf8' },
  )

describe('the proof as a whole', () => {
  test('explains itself, and refuses what it does not know', () => {
    expect(run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('proof:full'),
    })
    const wrong = run('simulation')
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('there is no part or option `simulation`')
    expect(run('--full', '--hours', 'many').stderr).toContain('`--hours` takes a number above 0')
  })

  test('runs the volumes of a release in slices: a million stories, 20 000 kills, a million torn images', () => {
    const total = (name: string, option: string): number => {
      const part = PARTS.find((each) => each.name === name)
      if (part === undefined) throw new Error(`no part ${name}`)
      const args = part.slice(1)
      return part.sliceCount * Number(args[args.indexOf(option) + 1])
    }
    expect(total('sim', '--histories')).toBe(1_000_000)
    expect(total('crashes', '--pairs')).toBe(720_000)
    expect(total('torture', '--kills')).toBe(20_000)
    expect(total('torture', '--torn')).toBe(1_000_000)
    expect(total('torture', '--calls')).toBe(500_000)
  })

  test('gives the simulation arguments that it reads', () => {
    for (const part of PARTS.filter(({ program }) => program === 'sim/main.ts'))
      for (const args of [part.everyChange, part.slice(2)])
        expect(readOptions([...args, '--report', 'x.json']).type).toBe('run')
  })
})
