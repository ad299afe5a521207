/** What a reviewer would say twice is said by a tool: it finds each fault when it is planted, and none in this repository. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

interface Finding {
  readonly rule: string
  readonly path: string
  readonly line: number
  readonly what: string
  readonly instead: string
}

const root = fileURLToPath(new URL('..', import.meta.url))

function tidy(...args: readonly string[]): readonly Finding[] {
  const result = spawnSync(process.execPath, [join(root, 'tools/tidy.ts'), '--json', ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  expect(result.stderr).toBe('')
  const findings = JSON.parse(result.stdout) as readonly Finding[]
  expect(result.status).toBe(findings.length === 0 ? 0 : 1)
  return findings
}

const RULES = [
  'undocumented-export',
  'number-without-unit',
  'hidden-export',
  'untested-code',
  'broken-path',
  'broken-source',
  'banned-word',
  'console-call',
  'impure-call',
  'long-file',
  'forbidden-import',
  'leaked-place',
] as const

describe('this repository', () => {
  const findings = tidy()

  it.each(RULES)('has no %s', (rule) => {
    const shown = findings
      .filter((finding) => finding.rule === rule)
      .map(({ path, line, what, instead }) => `${path}:${line}: ${what}; use ${instead}`)

    expect(shown).toEqual([])
  })

  it('has no finding of another rule', () => {
    expect(findings.filter(({ rule }) => !RULES.some((known) => known === rule))).toEqual([])
  })
})

/** A fault: the rule that finds it, the package or file that it is planted in, its text and its line. */
type Fault = readonly [rule: (typeof RULES)[number], place: string, text: string, line: number]

const home = ['', 'home', 'somebody', 'x'].join('/')
const host = ['registry', 'example', 'org'].join('.')

const faults: readonly Fault[] = [
  ['undocumented-export', 'core/src', '/** M. */\n\nexport const thing = (): void => {}', 3],
  ['undocumented-export', 'core/src', '\nexport function thing(): void {}', 2],
  ['undocumented-export', 'core/src', '\nexport class thing {}', 2],
  ['undocumented-export', 'core/src', '\nexport interface thing { readonly a: string }', 2],
  [
    'number-without-unit',
    'core/src',
    '/** A. */\nexport interface thing {\n  readonly amount: number\n}',
    3,
  ],
  [
    'number-without-unit',
    'core/src',
    '/** A. */\nexport type thing = { readonly wait?: number | null }',
    2,
  ],
  ['hidden-export', 'core/src', "export * from './other.ts'", 1],
  ['hidden-export', 'core/src', '\nexport default 1', 2],
  ['hidden-export', 'core/src', '/** F. */\nexport default function named(): void {}', 2],
  ['untested-code', 'core/src', "export const REFUSALS = {\n  never_a: 'no',\n} as const", 2],
  ['untested-code', 'core/src', "export const CORE_FAILURES = [\n  'never_b',\n] as const", 2],
  ['untested-code', 'core/src', "export const ISSUES = [error('never_c', 'no')] as const", 1],
  ['broken-path', 'ARCHITECTURE.md', 'See\n`packages/core/src/gone.ts`.', 2],
  ['broken-source', 'core/src', '// Source: docs/gone.md.', 1],
  ['broken-source', 'core/src', '// Source: docs/here.md#gone.', 1],
  ['banned-word', 'core/src', '// FIXME later', 1],
  ['console-call', 'core/src', "const say = () => console.log('x')", 1],
  ['impure-call', 'core/src', 'const now = Date.now()', 1],
  ['impure-call', 'core/src', 'const now = new Date()', 1],
  ['impure-call', 'rules/src', 'const some = Math.random()', 1],
  ['impure-call', 'core/src', 'setTimeout(() => {}, 1)', 1],
  ['impure-call', 'core/src', "void fetch('x')", 1],
  ['impure-call', 'core/src', 'const home = process.env', 1],
  ['impure-call', 'core/src', 'const key = globalThis.crypto', 1],
  ['long-file', 'core/src', '// a line\n'.repeat(401), 401],
  ['long-file', 'core/test', '// a line\n'.repeat(601), 601],
  ['forbidden-import', 'core/src', "import 'node:fs'", 1],
  ['forbidden-import', 'core/src', "import '@postdelivery/rules'", 1],
  ['forbidden-import', 'core/src', "import 'xstate'", 1],
  ['forbidden-import', 'core/src', "import '../../rules/src/a.ts'", 1],
  ['forbidden-import', 'rules/src', "import '@postdelivery/adapters/sqlite'", 1],
  ['forbidden-import', 'rules/src', "import 'json-rules-engine'", 1],
  ['forbidden-import', 'adapters/src/klarna-twin', "import 'openapi-fetch'", 1],
  ['forbidden-import', 'adapters/src/embedded', "await import('node:sqlite')", 1],
  ['forbidden-import', 'postdelivery/src', "export { x } from 'xstate'", 1],
  ['leaked-place', 'README.md', `\nin ${home}`, 2],
  ['leaked-place', 'pnpm-lock.yaml', `tarball: https://${host}/x`, 1],
]

/** What is right, though it looks like a fault. */
const rightThings: readonly (readonly [title: string, place: string, text: string])[] = [
  ['a documented function', 'core/src', '/** A thing. */\nexport const thing = (): void => {}'],
  [
    'a name with a unit',
    'core/src',
    '/** A. */\nexport interface thing {\n  readonly refundMinor: number\n}',
  ],
  [
    'a number with a line',
    'core/src',
    '/** A. */\nexport interface thing {\n  /** How many. */\n  readonly amount: number\n}',
  ],
  ['a code that a test names', 'core/src', "export const REFUSALS = { tested: 'yes' } as const"],
  ['a date that is given', 'core/src', "const then = new Date('2026-11-24')"],
  [
    'a field named like a global',
    'core/src',
    'const a = { fetch: 1, process: 2 }\nconst b = a.fetch + a.process',
  ],
  ['a global in a comment', 'core/src', '// fetch(process), Date.now(), console.log()'],
  ['xstate in the lifecycle', 'core/src/lifecycle', "import 'xstate'\nimport '../thing.ts'"],
  ['a hash', 'core/src', "import '@noble/hashes/sha2.js'"],
  ['a document that is there', 'core/src', '// Source: docs/here.md#a-heading.'],
  ['a pattern', 'ARCHITECTURE.md', '`packages/*/src` and `packages/NAME/test`'],
]

/** A repository with one file for each thing that is planted. */
function plant(things: readonly (readonly [unknown, place: string, text: string, ...unknown[]])[]) {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-tidy-'))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const paths = things.map(([, place], index) =>
    place.includes('.') ? place : `packages/${place}/planted-${index}.ts`,
  )
  const exported = paths.flatMap(
    (path) => /^packages\/core\/src\/(planted.*)$/.exec(path)?.[1] ?? [],
  )
  const lines = exported.map((file) => `export { thing } from './${file}'\n`)
  for (const name of ['core', 'rules', 'adapters', 'postdelivery'])
    write(`packages/${name}/package.json`, JSON.stringify({ exports: { '.': './src/index.ts' } }))
  write('packages/core/src/index.ts', lines.join(''))
  write('packages/core/test/thing.test.ts', "expect('tested')")
  write('docs/here.md', '# A heading\n')
  things.forEach(([, , text], index) => {
    write(paths[index] ?? '', `${text}\n`)
  })
  return { folder, paths }
}

describe('the tool', () => {
  const wrong = plant(faults)
  const right = plant(rightThings)
  const found = tidy('--root', wrong.folder)
  const foundInRight = tidy('--root', right.folder)
  afterAll(() => {
    for (const { folder } of [wrong, right]) rmSync(folder, { recursive: true })
  })

  it.each(
    faults.map((fault, index) => [fault[0], fault[2].trim().slice(0, 50), index, fault] as const),
  )('finds the %s in %j', (rule, _, index, fault) => {
    const path = wrong.paths[index]

    expect(found).toContainEqual(expect.objectContaining({ rule, path, line: fault[3] }))
  })

  it.each(rightThings.map(([title], index) => [title, index] as const))('takes %s', (_, index) => {
    expect(foundInRight.filter(({ path }) => path === right.paths[index])).toEqual([])
  })
})
