import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pastOrder, payBackOn } from '../backtest/builders.ts'
import { runHere } from './cli.ts'

let folder = ''
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const run = (...args: readonly string[]) => runHere(args, { cwd: folder })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backtest-'))
  write('old.rules.json', payBackOn('return.received'))
  write('new.rules.json', payBackOn('return.registered', 'return.received'))
  write('bad.rules.json', '{ "name": "returns" }')
  write('orders.ndjson', `${pastOrder('o-1')}\n${pastOrder('<script>alert(1)</script>')}\n`)
  write('empty.ndjson', '')
  write('torn.ndjson', `${pastOrder('o-1')}\n{"orderId": "o-2"\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

const OLD_NEW = ['new.rules.json', '--before', 'old.rules.json', '--until', '2026-06-30']

describe('backtest', () => {
  it('shows as tables what changed', async () => {
    const { exitCode, stdout } = await run('backtest', ...OLD_NEW, '--orders', 'orders.ndjson')

    expect(exitCode).toBe(0)
    expect(stdout).toContain('2 orders with 6 events, 2026-03-01 to 2026-03-10')
    expect(stdout).toContain('4 decisions changed, in 2 orders')
    expect(stdout).toContain('refund  refused  0       2      +2')
  })

  it('says everything in JSON, the same with workers', async () => {
    const orders = ['--orders', 'orders.ndjson', '--json']
    const { stdout } = await run('backtest', ...OLD_NEW, ...orders)
    const { stdout: again } = await run('backtest', ...OLD_NEW, ...orders, '--workers', '2')

    expect(again).toBe(stdout)
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      mode: 'lifecycle',
      until: '2026-06-30T23:59:59.999Z',
      orderCount: 2,
      changedDecisionCount: 4,
      before: [{ name: 'returns', version: '1' }],
    })
  })

  it('compares with no rules at all when there is no version before', async () => {
    const { stdout } = await run(
      'backtest',
      'old.rules.json',
      '--orders',
      'orders.ndjson',
      '--json',
    )

    expect(JSON.parse(stdout).money[0].refundMinor).toEqual({ before: 0, after: 20_000 })
  })

  it('writes a page without scripts in which no order can speak', async () => {
    await run('backtest', ...OLD_NEW, '--orders', 'orders.ndjson', '--html', 'report.html')
    const page = readFileSync(join(folder, 'report.html'), 'utf8')

    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import/)
    expect(page).toMatch(/default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'/)
    expect(page.match(/<svg /g)?.length).toBe(page.match(/<svg [^>]*role="img"><title>/g)?.length)
  })

  it('says which budget is broken, on the terminal and on the page', async () => {
    const budget = ['--fail-if', 'changed>10%', '--html', 'over.html']
    const { stdout } = await run('backtest', ...OLD_NEW, '--orders', 'orders.ndjson', ...budget)

    expect(stdout).toContain('over budget: changed>10%: 4 decisions changed, of 2 before')
    expect(readFileSync(join(folder, 'over.html'), 'utf8')).toContain(
      'Over budget: <strong>changed&gt;10%</strong>: 4 decisions changed',
    )
  })

  it('says that there were no orders', async () => {
    const { exitCode, stdout } = await run('backtest', ...OLD_NEW, '--orders', 'empty.ndjson')

    expect([exitCode, stdout]).toEqual([0, 'returns 1 -> returns 1\nno orders\n'])
  })

  it('says that orders with later events than it was to tell were told to the last of them', async () => {
    const orders = ['--orders', 'orders.ndjson', '--until']
    const early = await run('backtest', 'new.rules.json', ...orders, '2026-03-09')
    const late = await run('backtest', 'new.rules.json', ...orders, '2026-03-10')

    expect(early.stdout).toContain('told until 2026-03-09, or to a later last event (2026-03-10)\n')
    expect(early.stderr).toContain('orders with events after 2026-03-09 were told to their last')
    expect(late.stdout).toContain('told until 2026-03-10\n')
    expect(late.stderr).not.toContain('events after')
  })

  const exits: readonly (readonly [
    name: string,
    args: readonly string[],
    code: number,
    says: string,
  ])[] = [
    ['a budget is exceeded', ['--fail-if', 'changed>10%'], 5, ''],
    ['a budget is kept', ['--fail-if', 'refund>+5%'], 0, ''],
    ['a budget is no budget', ['--fail-if', 'refund'], 2, '`refund` is not of the form'],
    ['there are no orders', ['--orders', 'none.ndjson'], 2, '`none.ndjson` is no file'],
    ['two sources are said', ['--store', 'x.db'], 2, '`--orders FILE` or `--store FILE`'],
    ['a line is torn', ['--orders', 'torn.ndjson'], 0, 'line 2: this is not JSON'],
    ['a line is torn and that counts', ['--orders', 'torn.ndjson', '--strict'], 1, 'line 2'],
    [
      'a budget has nothing to count',
      ['--orders', 'empty.ndjson', '--fail-if', 'fee>0'],
      1,
      'no order was',
    ],
    ['the day is none', ['--until', 'soon'], 2, '`soon` is no date'],
    ['the rules are not good', ['--before', 'bad.rules.json'], 1, '`bad.rules.json` has mistakes'],
    ['the rules are said twice', ['--after', 'old.rules.json'], 2, 'are said once'],
  ]
  for (const [name, args, code, says] of exits) {
    it(`exits with ${code} when ${name}`, async () => {
      const orders = args.includes('--orders') ? [] : ['--orders', 'orders.ndjson']
      const before = args.includes('--before') ? [] : ['--before', 'old.rules.json']
      const ran = await run('backtest', 'new.rules.json', ...before, ...orders, ...args)

      expect([ran.exitCode, ran.stderr]).toEqual([code, expect.stringContaining(says)])
    })
  }
})

describe('diff', () => {
  it('shows what changed with an order that both versions were asked about', async () => {
    const { exitCode, stdout } = await run('diff', 'old.rules.json', 'new.rules.json')

    expect(exitCode).toBe(0)
    expect(stdout.split('\n').map((line) => line.trim())).toEqual([
      'returns/Pay back: other events wake it',
      expect.stringMatching(/^- When a return is received: /),
      expect.stringMatching(/^\+ When a return is registered, or a return is received: /),
      "for example when a return is registered, and the return's reason is damaged:",
      'before: nothing',
      'after: pay back the returned items (returns/Pay back)',
      '',
    ])
  })

  it('exits with 1 on a change when it is asked to', async () => {
    const changed = await run('diff', 'old.rules.json', 'new.rules.json', '--exit-code', '--json')
    const same = await run('diff', 'old.rules.json', 'old.rules.json', '--exit-code')
    const one = await run('diff', 'old.rules.json')

    expect([changed.exitCode, same.exitCode, one.exitCode]).toEqual([1, 0, 2])
    expect(JSON.parse(changed.stdout).effect).toBe('changes')
    expect(same.stdout).toBe('no change in meaning: both versions do the same to every order\n')
  })
})
