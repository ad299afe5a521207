import { describe, expect, it } from 'vitest'
import { readOptions } from '../../bench/lifecycle/options.ts'
import { formatReport } from '../../bench/lifecycle/report.ts'
import { run } from '../../bench/lifecycle/run.ts'
import { SIDE_NAMES } from '../../bench/lifecycle/sides.ts'

describe('the benchmark of the charts', () => {
  it('finds all sides equal, and gives each a speed and a ratio on each chart', () => {
    const said: string[] = []
    const report = run({ roundCount: 1, roundMs: 1, isJson: true }, (line) => said.push(line))

    expect(report.difference).toBeNull()
    expect(said).toHaveLength(2)
    expect(report.charts.map(({ chart }) => chart)).toEqual(['order', 'capture', 'command'])
    for (const { eventsPerSecond, ratio } of report.charts) {
      expect(Object.keys(eventsPerSecond)).toEqual([...SIDE_NAMES])
      expect(Math.min(...Object.values(eventsPerSecond), ...Object.values(ratio))).toBeGreaterThan(
        0,
      )
    }
    expect(formatReport(report)).toContain('live stepping: ')
  })

  it('times nothing when a side says something else', () => {
    const report = { node: '26', charts: [], difference: 'table: order, story 0, event 1' }
    expect(formatReport(report)).toBe(
      'the sides differ, nothing was timed: table: order, story 0, event 1',
    )
  })

  it.each([
    [['--rounds', '0'], 'wrong'],
    [['--fast'], 'wrong'],
    [['--help'], 'help'],
    [['--short', '--json'], 'run'],
  ] as const)('reads %j', (args, type) => {
    expect(readOptions(args).type).toBe(type)
  })
})
