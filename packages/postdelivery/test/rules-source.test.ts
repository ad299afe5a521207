/** Reading rule files: in order, bounded before anything is in memory, and never with an exception. */
import { mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rulesFrom, rulesFromText } from 'postdelivery'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('reads `*.rules.json` by name, through links as well', async () => {
  await writeFile(join(folder, 'b.rules.json'), 'B')
  await writeFile(join(folder, 'real.json'), 'A')
  await symlink(join(folder, 'real.json'), join(folder, 'a.rules.json'))

  expect(await rulesFrom(folder).read()).toEqual({
    ok: true,
    files: [
      { file: 'a.rules.json', text: 'A' },
      { file: 'b.rules.json', text: 'B' },
    ],
    tests: [],
  })
})

test('reads the tests of rules apart from the rules, and a folder of tests alone has no rules', async () => {
  await writeFile(join(folder, 'a.tests.json'), 'T')
  const alone = await rulesFrom(folder).read()
  await writeFile(join(folder, 'a.rules.json'), 'A')
  const both = await rulesFrom(folder).read()

  expect(alone).toMatchObject({ ok: false, issues: [{ code: 'no_files' }] })
  expect(both).toEqual({
    ok: true,
    files: [{ file: 'a.rules.json', text: 'A' }],
    tests: [{ file: 'a.tests.json', text: 'T' }],
  })
})

test('refuses a file of 5 GB without reading it', async () => {
  const handle = await open(join(folder, 'big.rules.json'), 'w')
  await handle.truncate(5 * 1024 ** 3)
  await handle.close()
  const beforeBytes = process.memoryUsage().rss

  const read = await rulesFrom(folder).read()

  expect(read).toMatchObject({ ok: false, issues: [{ file: 'big.rules.json', code: 'too_large' }] })
  expect(process.memoryUsage().rss - beforeBytes).toBeLessThan(64 * 1024 ** 2)
})

test('takes a file of exactly the limit and refuses one byte more', async () => {
  await writeFile(join(folder, 'a.rules.json'), ' '.repeat(1_048_576))
  const whole = await rulesFrom(folder).read()
  await writeFile(join(folder, 'a.rules.json'), ' '.repeat(1_048_577))

  expect(whole.ok).toBe(true)
  expect(await rulesFrom(folder).read()).toMatchObject({
    ok: false,
    issues: [{ code: 'too_large' }],
  })
})

test('says what cannot be read: a missing folder, an empty one, bytes that are no text, a dangling link', async () => {
  const missing = await rulesFrom(join(folder, 'none')).read()
  const empty = await rulesFrom(folder).read()
  await writeFile(join(folder, 'a.rules.json'), Buffer.from([0xff, 0xfe, 0x00]))
  await symlink(join(folder, 'nowhere'), join(folder, 'b.rules.json'))
  const broken = await rulesFrom(folder).read()

  expect(missing).toMatchObject({
    ok: false,
    issues: [{ code: 'unreadable', message: 'it is not there' }],
  })
  expect(empty).toMatchObject({ ok: false, issues: [{ code: 'no_files' }] })
  expect(broken).toMatchObject({
    ok: false,
    issues: [
      { file: 'a.rules.json', message: 'it is no text in UTF-8' },
      { file: 'b.rules.json', message: 'it is not there' },
    ],
  })
})

test('refuses a folder with too many files', async () => {
  const names = Array.from({ length: 101 }, (_, index) => `${index}.rules.json`)
  await Promise.all(names.map((name) => writeFile(join(folder, name), '{}')))

  expect(await rulesFrom(folder).read()).toMatchObject({
    ok: false,
    issues: [{ code: 'too_many_files' }],
  })
})

test('a look tells a change of content, and names nothing else', async () => {
  const source = rulesFrom(folder, { watch: true })
  await writeFile(join(folder, 'a.rules.json'), 'A')
  const first = await source.look()
  const same = await source.look()
  await writeFile(join(folder, 'a.rules.json'), 'AB')
  const changed = await source.look()
  await writeFile(join(folder, 'a.tests.json'), 'T')

  expect(source.watchMs).toBe(1_000)
  expect(same).toBe(first)
  expect(changed).not.toBe(first)
  expect(await source.look()).not.toBe(changed)
  expect(await rulesFrom(join(folder, 'none')).look()).toBe('ENOENT')
})

test('texts are read as they are, and never watched', async () => {
  const source = rulesFromText({ 'x.rules.json': 'X', 'x.tests.json': 'T' })

  expect(source.watchMs).toBe(null)
  expect(await source.look()).toBe(await source.look())
  expect(await source.read()).toEqual({
    ok: true,
    files: [{ file: 'x.rules.json', text: 'X' }],
    tests: [{ file: 'x.tests.json', text: 'T' }],
  })
})
