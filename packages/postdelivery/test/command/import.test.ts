/** Rules of json-rules-engine on the command line: what is taken goes out, what is refused is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInVocabulary, validateRuleSet } from '@postdelivery/rules'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from './cli.ts'

const soon = { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 }
const event = { type: 'review', params: { question: 'More time to pay?' } }
const good = { name: 'Soon', conditions: { all: [soon] }, event }
const bad = { name: 'Path', conditions: { all: [{ ...soon, path: '$.days' }] }, event }

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postdelivery-import-'))
  writeFileSync(join(folder, 'good.json'), JSON.stringify([good]))
  writeFileSync(join(folder, 'mixed.old.json'), JSON.stringify([good, bad]))
  writeFileSync(join(folder, 'bad.json'), JSON.stringify([bad]))
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: readonly string[]) => runHere(['import', ...args], { cwd: folder })

describe('importing', () => {
  it('writes a rule set of drafts, and nothing else, to standard output', async () => {
    const by = ['--published-by', 'ops@shop.example']

    const { exitCode, stdout, stderr } = await run('good.json', '--on', 'return.received', ...by)

    expect(exitCode).toBe(0)
    expect(stderr).toBe('rules taken over: 1, left out: 0\n')
    const check = validateRuleSet(stdout, builtInVocabulary())
    expect(check.issues).toEqual([])
    expect(check.ok && check.ruleSet).toMatchObject({
      name: 'good',
      rules: [{ name: 'Soon', mode: 'draft', on: ['return.received'] }],
    })
  })

  it('exits with 1 when some rules are left out, and says why', async () => {
    const { exitCode, stdout, stderr } = await run('mixed.old.json', '--on', 'return.received')

    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'mixed', rules: [{ name: 'Soon' }] })
    expect(stderr).toContain('not_supported mixed.old.json /1/conditions/all/0/path: `path`')
    expect(stderr).toContain('rules taken over: 1, left out: 1')
  })

  it('writes nothing when nothing can be taken', async () => {
    const { exitCode, stdout } = await run('bad.json', '--on', 'return.received')

    expect([exitCode, stdout]).toEqual([1, ''])
  })

  it('gives programs everything as JSON', async () => {
    const { stdout } = await run('mixed.old.json', '--on', 'return.received', '--json')

    expect(JSON.parse(stdout)).toMatchObject({
      takenCount: 1,
      refusedCount: 1,
      issues: [{ code: 'not_supported', path: '/1/conditions/all/0/path' }],
    })
  })

  it('is wrong usage without an event, or without a file', async () => {
    expect((await run('good.json')).exitCode).toBe(2)
    expect((await run('none.json', '--on', 'return.received')).exitCode).toBe(2)
  })
})
