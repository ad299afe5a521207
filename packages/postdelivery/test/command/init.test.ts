/** A folder to begin with: complete, sound, and never half of it. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInVocabulary, validateRuleSet } from '@postdelivery/rules'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { writeAllOrNothing } from '../../src/command/write-all-or-nothing.ts'
import { TEMPLATE_NAMES } from '../../src/templates.ts'
import { runHere, runProcess } from './cli.ts'

vi.setConfig({ testTimeout: 60_000 })

const root = mkdtempSync(join(tmpdir(), 'postdelivery-init-'))
afterAll(() => rmSync(root, { recursive: true }))

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()

it('makes a folder whose configuration loads and lacks nothing but credentials', async () => {
  const made = await runHere(['init', 'shop', '--json'], { cwd: root })
  const looked = await runProcess(['doctor', '--json'], { cwd: join(root, 'shop') })
  const ready = await runProcess(['doctor'], {
    cwd: join(root, 'shop'),
    env: { KLARNA_USERNAME: 'K1', KLARNA_PASSWORD: 'word' },
  })

  const { files } = JSON.parse(made.stdout) as { readonly files: readonly string[] }
  expect(made.exitCode).toBe(0)
  expect(filesIn(join(root, 'shop'))).toEqual([...files, 'rules'].toSorted())
  const { findings } = JSON.parse(looked.stdout) as {
    readonly findings: readonly { readonly name: string; readonly status: string }[]
  }
  expect(findings.filter(({ status }) => status === 'wrong')).toMatchObject([
    { name: 'credentials' },
  ])
  expect(ready.exitCode).toBe(0)
})

it.each(TEMPLATE_NAMES)('takes the rules of %s', async (template) => {
  const { exitCode } = await runHere(['init', template, '--template', template], { cwd: root })

  const file = (ending: string): string =>
    readFileSync(join(root, template, `rules/${template}.${ending}`), 'utf8')
  expect(exitCode).toBe(0)
  expect(validateRuleSet(file('rules.json'), builtInVocabulary())).toMatchObject({ ok: true })
  expect(JSON.parse(file('tests.json'))).toMatchObject({ ruleSet: template })
  expect(file('md')).toMatch(/^# /)
  expect(file('md')).not.toContain('<!--')
})

it('prints what to type next, as it is typed here', async () => {
  const env = { npm_lifecycle_event: 'postdelivery', npm_config_user_agent: 'pnpm/12' }
  const { stdout } = await runHere(['init', 'a b/shop'], { cwd: root, env })

  expect(stdout).toContain(
    "  npx pnpm postdelivery doctor --config 'a b/shop/postdelivery.config.ts'\n",
  )
  expect(readFileSync(join(root, 'a b/shop/README.md'), 'utf8')).toContain(
    'npx pnpm postdelivery doctor',
  )
})

it('joins a folder whose files do not clash, and leaves one where they do as it is', async () => {
  mkdirSync(join(root, 'mine'))
  writeFileSync(join(root, 'mine/notes.txt'), 'mine')
  const joined = await runHere(['init', 'mine'], { cwd: root })
  const before = filesIn(join(root, 'mine'))
  writeFileSync(join(root, 'mine/README.md'), 'mine')
  rmSync(join(root, 'mine/package.json'))

  const clashed = await runHere(['init', 'mine'], { cwd: root })

  expect([joined.exitCode, clashed.exitCode]).toEqual([0, 4])
  expect(clashed.stderr).toContain('`README.md`')
  expect(filesIn(join(root, 'mine'))).toEqual(before.filter((name) => name !== 'package.json'))
  expect(readFileSync(join(root, 'mine/README.md'), 'utf8')).toBe('mine')
})

it('needs a folder', async () => {
  writeFileSync(join(root, 'file'), '')

  expect((await runHere(['init'], { cwd: root })).exitCode).toBe(2)
  expect((await runHere(['init', 'file'], { cwd: root })).exitCode).toBe(3)
})

describe('files that cannot all be written', () => {
  const impossible = [
    { path: 'a', text: '1' },
    { path: 'b/c', text: '2' },
    { path: 'a/d', text: '3' },
  ]

  it('leave no folder behind', () => {
    expect(() => writeAllOrNothing(join(root, 'new/deep'), impossible)).toThrow()
    expect(existsSync(join(root, 'new'))).toBe(false)
  })

  it('leave a folder as it was', () => {
    mkdirSync(join(root, 'old/b'), { recursive: true })
    writeFileSync(join(root, 'old/b/x'), '')

    expect(() => writeAllOrNothing(join(root, 'old'), impossible)).toThrow()
    expect(filesIn(join(root, 'old'))).toEqual(['b', 'b/x'])
  })
})
