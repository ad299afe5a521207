import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { damagedReturn, MORE_TIME, PAY_BACK, ruleSet } from '../setup.ts'
import { runHere } from './cli.ts'
import { openShop } from './shop.ts'

// Other processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postdelivery-explain-'))
  await writeFile(join(folder, 'returns.rules.json'), ruleSet([MORE_TIME, PAY_BACK]))
  await writeFile(join(folder, 'broken.json'), ruleSet([{ ...MORE_TIME, on: ['never'] }]))
  await writeFile(
    join(folder, 'facts.json'),
    '{ "return.reason": "damaged", "time.daysToDueDate": 20 }',
  )
  await writeFile(join(folder, 'wrong.json'), '{ "return.raeson": "damaged" }')
})
afterAll(() => rm(folder, { recursive: true }))

const run = (...args: readonly string[]) => runHere(['explain', ...args], { cwd: folder })
const facts = ['--rules', '.', '--facts', 'facts.json', '--on', 'return.received']

describe('explaining rules without an order', () => {
  test('says every rule in its sentence', async () => {
    const { exitCode, stdout } = await run('--rules', '.')

    expect(exitCode).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'returns/More time',
      "  When a return is received: if the return's reason is damaged, and the due date is fewer than 14 days away, then extend the due date by the longest option at a fee of at most 10.00 SEK (live, at most once per order).",
      'returns/Pay back',
      "  When a return is inspected: if the return's reason is damaged, then pay back the returned items (live, at most 3 times per order).",
      '',
    ])
  })

  test('says what rules say to facts, and what would flip them', async () => {
    const { exitCode, stdout } = await run(...facts)

    expect(exitCode).toBe(0)
    expect(stdout).toContain('silent  returns/More time')
    expect(stdout).toContain('has to be fewer than 14 days away (7 days nearer)')
    expect(stdout).toContain('would fire if the due date were 7 days nearer')
    expect(stdout).not.toContain('Pay back')
  })

  test('says the same as JSON', async () => {
    const { stdout } = await run(...facts, '--json')

    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      on: 'return.received',
      rules: [{ rule: 'More time', verdict: 'false', flips: [{ distance: 7 }] }],
      nearMisses: [{ rule: 'More time' }],
    })
  })

  test('narrows to a rule or an action', async () => {
    const byRule = await run('--rules', '.', '--rule', 'returns/Pay back', '--json')
    const byAction = await run('--rules', '.', '--action', 'extendDueDate', '--json')
    const names = ({ stdout }: { readonly stdout: string }) =>
      (JSON.parse(stdout) as { rules: readonly { rule: string }[] }).rules.map(({ rule }) => rule)

    expect(names(byRule)).toEqual(['Pay back'])
    expect(names(byAction)).toEqual(['More time'])
  })

  const refused: readonly (readonly [string, readonly string[], number, string])[] = [
    ['nothing to explain', [], 2, 'say which order, or `--rules PATH`'],
    ['an order and rules', ['order', '--rules', '.'], 2, 'not both'],
    ['facts without an event', ['--rules', '.', '--facts', 'facts.json'], 2, 'go together'],
    ['facts of an order', ['order', '--facts', 'facts.json'], 2, '`--facts` goes with `--rules`'],
    ['an event of rules', ['--rules', '.', '--event', 'a'], 2, '`--event` goes with an order'],
    [
      'a misspelt event',
      ['--rules', '.', '--facts', 'facts.json', '--on', 'return.recieved'],
      2,
      'did you mean `return.received`?',
    ],
    [
      'a misspelt fact',
      ['--rules', '.', '--facts', 'wrong.json', '--on', 'return.received'],
      2,
      'did you mean `return.reason`?',
    ],
    [
      'facts that are not there',
      ['--rules', '.', '--facts', 'gone.json', '--on', 'return.received'],
      2,
      '`gone.json` cannot be read',
    ],
    ['a rule that is not there', ['--rules', '.', '--rule', 'No'], 1, 'no rule is named `No`'],
    [
      'rules that are wrong',
      ['--rules', 'broken.json'],
      1,
      'the rules cannot be read: broken.json',
    ],
  ]
  test.each(refused)('refuses %s', async (_title, args, exitCode, text) => {
    const ran = await run(...args)

    expect(ran.exitCode).toBe(exitCode)
    expect(ran.stderr).toContain(text)
    expect(ran.stdout).toBe('')
  })
})

test('explains an order beside its engine, for ops and for the customer', async () => {
  await using shop = await openShop()
  const engine = await shop.start()
  await engine.track(shop.orderId, { dueOn: '2026-12-31' })
  const inspected = damagedReturn(shop, { type: 'return.inspected' })
  await (await engine.submit({ ...inspected, at: new Date().toISOString() })).decision

  const ops = await shop.run('explain', shop.orderId, '--rule', 'Pay back')
  const customer = await shop.run(
    'explain',
    shop.orderId,
    '--event',
    'wms-881',
    '--for',
    'customer',
  )
  const wholeOrder = await shop.run('explain', shop.orderId, '--for', 'customer')
  const other = await shop.run('explain', shop.orderId, '--action', 'sendOut')

  expect(ops.exitCode).toBe(0)
  for (const text of [
    'return.inspected wms-881',
    "fired: the return's reason is damaged",
    'When a return is inspected: ',
    'nothing is sent before people agree',
    'would pass this if people had to agree only above 30.00 SEK',
  ])
    expect(ops.stdout).toContain(text)
  expect(customer.stdout).toMatch(
    /^\d{4}-\d{2}-\d{2} {2}Your return has been looked at\. We are looking into your order\. We will get back to you\.\n$/,
  )
  // The order was registered as well: nothing that a customer notices.
  expect(wholeOrder.stdout).toBe(customer.stdout)
  expect(other.exitCode).toBe(1)
  expect(other.stderr).toContain('no decision that names the action `sendOut`')
})
