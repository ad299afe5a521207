import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readOptions } from '../bench/rules/options.ts'
import { type Report, reportGoals, reportSetting } from '../bench/rules/report.ts'

const PROGRAM = fileURLToPath(new URL('../bench/rules.ts', import.meta.url))

describe('the benchmark of rules', () => {
  it('lets every engine fire the same rules, and ends with its report as JSON', async () => {
    const args = '--rules 7,60 --rounds 1 --turn 1 --json'.split(' ')

    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args])

    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report
    expect(report.outcomesAgree).toBe(true)
    expect(report.settings.map(({ ruleCount, engines }) => [ruleCount, engines.length])).toEqual([
      [7, 8],
      [60, 8],
    ])
  }, 60_000)

  it('states a goal that is missed with what was found', () => {
    const rates = new Map([
      ['json-rules-engine', [10, 10, 10]],
      ['GoRules ZEN', [400, 200, 300]],
      ['if-chain by hand', [600, 600, 600]],
      ['ours, full trace', [390, 500, 300]],
      ['ours, without trace', [600, 300, 300]],
    ])

    const goals = reportGoals([reportSetting({ ruleCount: 1000, firedPerOrder: 1 }, rates)])

    expect(goals.map(({ found, isMet }) => [found, isMet])).toEqual([
      ['39.0 x', false],
      ['the fastest is `ours, full trace`', false],
      ['0.50 x', false],
    ])
  })

  it.each([['--rules', '0'], ['--turn', 'long'], ['--rouns', '3'], ['more']])(
    'refuses %s %s',
    (...args) => {
      expect(readOptions(args).type).toBe('wrong')
    },
  )
})
