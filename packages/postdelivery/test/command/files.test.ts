/** Which files are meant, which configuration is nearest, and what a change of them sets off. */
import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findFiles, findRulesInForce } from '../../src/command/find-files.ts'
import { findConfig, isOwn } from '../../src/command/load-nearest-config.ts'
import { watchFiles } from '../../src/command/watch-files.ts'
import { runHere, runProcess } from './cli.ts'

const root = mkdtempSync(join(tmpdir(), 'postdelivery-files-'))
afterAll(() => rmSync(root, { recursive: true }))

function write(path: string, text = ''): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

for (const path of [
  'shop/postdelivery.config.ts',
  'shop/rules/b.rules.json',
  'shop/rules/a.rules.json',
  'shop/rules/a.tests.json',
  'shop/other.json',
  'shop/node_modules/x/c.rules.json',
  'shop/.hidden/d.rules.json',
  'empty/readme.md',
  'mount/..2026/a.rules.json',
  'nested/a.rules.json',
  'nested/below/b.rules.json',
])
  write(path)

function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  symlinkSync(target, join(root, path))
}

// As Kubernetes mounts a ConfigMap.
link('mount/..data', '..2026')
link('mount/a.rules.json', '..data/a.rules.json')
link('around/again', '.')
link('around/rules', '../shop/rules')
link('around/same', '../shop/rules')
link('broken/a.rules.json', 'gone.rules.json')
link('ring/a.rules.json', 'a.rules.json')
link('aside/gone', '../nowhere')
link('aside/rules', '../shop/rules')

const find = (...paths: readonly string[]) =>
  findFiles({ resolve: (path) => resolve(root, path) }, paths, '.rules.json').map(
    ({ file }) => file,
  )

describe('files', () => {
  it('are those below the folders that are named, in order, by the name that people would give', () => {
    expect(find('shop')).toEqual(['shop/rules/a.rules.json', 'shop/rules/b.rules.json'])
    expect(
      findFiles({ resolve: (path) => resolve(root, 'shop', path) }, [], '.rules.json'),
    ).toMatchObject([{ file: 'rules/a.rules.json' }, { file: 'rules/b.rules.json' }])
  })

  it('are found behind links, each folder once', () => {
    expect(find('mount')).toEqual(['mount/a.rules.json'])
    expect(find('around')).toEqual(['around/rules/a.rules.json', 'around/rules/b.rules.json'])
    expect(find('aside')).toHaveLength(2)
  })

  it('that are in force together are those that an engine reads', () => {
    const inForce = (path: string) =>
      findRulesInForce({ resolve: (name) => resolve(root, name) }, path).map(({ file }) => file)

    expect(inForce('mount')).toEqual(['mount/a.rules.json'])
    expect(inForce('nested')).toEqual(['nested/a.rules.json'])
    expect(inForce('shop/other.json')).toEqual(['shop/other.json'])
    expect(() => inForce('shop')).toThrow('no file ends in `.rules.json` in `shop`')
    expect(() => inForce('broken')).toThrow('`broken/a.rules.json` is a link that leads to no file')
  })

  it('are those that are named, whatever they are called, once', () => {
    expect(find('shop/other.json', 'shop/other.json', './shop/other.json')).toHaveLength(1)
  })

  it.each([
    ['gone.json', '`gone.json` is not there'],
    ['broken', '`broken/a.rules.json` is a link that leads to no file'],
    ['ring', '`ring/a.rules.json` is a link that leads to no file'],
    ['empty', 'no file ends in `.rules.json` in `empty`'],
    ['\u001b[2J', '`\u00b7[2J` is not there'],
  ])('of %j are missed', (path, message) => {
    expect(() => find(path)).toThrow(message)
  })
})

describe('the configuration', () => {
  it('is the nearest one, upwards from a file, a folder, or a file that is not there', () => {
    const config = join(root, 'shop/postdelivery.config.ts')

    expect(findConfig(join(root, 'shop'))).toBe(config)
    expect(findConfig(join(root, 'shop/rules/a.rules.json'))).toBe(config)
    expect(findConfig(join(root, 'shop/rules/new.rules.json'))).toBe(config)
    expect(findConfig(join(root, 'empty'))).toBe(undefined)
  })

  it.each(['package.json', '.git/HEAD', 'pnpm-workspace.yaml'])(
    'is not looked for above the folder of the project, which has %s',
    (mark) => {
      const project = `shop/projects/${dirname(mark) === '.' ? mark : dirname(mark)}-of`
      write(`${project}/${mark}`)
      write(`${project}/rules/a.rules.json`)

      expect(findConfig(join(root, project))).toBe(undefined)
      expect(findConfig(join(root, project, 'rules/a.rules.json'))).toBe(undefined)

      const config = write(`${project}/postdelivery.config.mjs`)
      expect(findConfig(join(root, project, 'rules/a.rules.json'))).toBe(config)
    },
  )

  it('of a shop that was just made is found from its rules', async () => {
    write('postdelivery.config.ts')
    await runHere(['init', join(root, 'made')])

    expect(findConfig(join(root, 'made/rules'))).toBe(join(root, 'made/postdelivery.config.ts'))
    rmSync(join(root, 'postdelivery.config.ts'))
  })

  it.each([
    { owner: 1_000, user: 1_000, expected: true },
    { owner: 0, user: 1_000, expected: true },
    { owner: 1_001, user: 1_000, expected: false },
    { owner: 1_000, user: 0, expected: false },
    // Windows
    { owner: 0, user: undefined, expected: true },
  ])('is run unasked when its owner may say what we run: %o', ({ owner, user, expected }) => {
    expect(isOwn(owner, user)).toBe(expected)
  })

  it.runIf(process.geteuid?.() === 0)('of another user is run only when it is named', async () => {
    const config = write('theirs/postdelivery.config.mjs', 'console.log("run"); export default {}')
    write('theirs/a.rules.json', '{}')
    chownSync(config, 65_534, 65_534)
    const cwd = join(root, 'theirs')

    const found = await runProcess(['lint', 'a.rules.json'], { cwd })
    const named = await runProcess(['lint', 'a.rules.json', '--config', config], { cwd })

    expect(found).toMatchObject({ exitCode: 3, stdout: '' })
    expect(found.stderr).toContain('belongs to another user, so it is not run')
    expect(found.stderr).toContain('`--config FILE`')
    expect(named.stdout).toContain('run')
  })

  it('takes an installation that it has as it is, also one that lacks something', async () => {
    write('old/node_modules/postdelivery/package.json', '{ "exports": { ".": "./index.mjs" } }')
    write('old/node_modules/postdelivery/index.mjs', 'export const version = "old"')
    write('old/postdelivery.config.mjs', "import 'postdelivery/sqlite'\nexport default {}")
    write('old/a.rules.json', '{}')

    const ran = await runProcess(['lint', 'a.rules.json'], { cwd: join(root, 'old') })

    expect(ran).toMatchObject({ exitCode: 3, stdout: '' })
    expect(ran.stderr).toContain('cannot be imported')
  })

  it('gets this package where none is installed', async () => {
    write('bare/postdelivery.config.mjs', "import 'postdelivery/sqlite'\nexport default {}")
    write('bare/a.rules.json', '{}')

    const ran = await runProcess(['lint', 'a.rules.json'], { cwd: join(root, 'bare') })

    expect(ran).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining('cannot be') })
  })
})

describe('watching', () => {
  it('runs at once, after a change, after a new file, and no more when it is aborted', async () => {
    const path = write('watched/a.rules.json', '1')
    const controller = new AbortController()
    let runCount = 0
    const context = { resolve: (name: string) => resolve(root, name) }
    const list = () => findFiles(context, ['watched'], '.rules.json').map((found) => found.path)

    await watchFiles(
      list,
      async () => {
        runCount += 1
        if (runCount === 1) writeFileSync(path, '22')
        if (runCount === 2) write('watched/b.rules.json')
        if (runCount === 3) rmSync(path)
        if (runCount === 4) controller.abort()
      },
      controller.signal,
    )

    expect(runCount).toBe(4)
  })
})
