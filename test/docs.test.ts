/** The documents say what is true: samples compile and run, rule sets are valid, charts and links hold. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtInVocabulary, checkRuleTests, validateRuleSet } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { type Fence, findFences } from './fences.ts'
import { checkMermaid } from './mermaid.ts'
import { checkTypes, type Sample, writeSamples } from './samples.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'test/.generated/samples')
const fences = findFences(root)
/** A sample with a mistake of types: proof in every run that the check finds one. */
const mistaken: Fence = {
  path: 'mistaken',
  line: 1,
  info: 'ts no-run',
  text: 'const wrong: string = 1',
}
const samples = writeSamples([...fences, mistaken], root, folder)

const titleOf = ({ path, line }: { path: string; line: number }): string => `${path}:${line}`

describe('samples', () => {
  it('compile', { timeout: 60_000 }, () => {
    const errors = checkTypes(samples, root, folder)

    expect(errors.filter(({ place }) => !place.startsWith('mistaken:'))).toEqual([])
    expect(errors).toHaveLength(1)
  })

  it.each(
    samples
      .filter((sample) => sample.isRun)
      .map((sample): [string, Sample] => [titleOf(sample), sample]),
  )('run: %s', { timeout: 30_000 }, async (_, sample) => {
    await expect(import(/* @vite-ignore */ sample.file)).resolves.toBeDefined()
  })
})

describe('rule sets in documents', () => {
  const ruleSets = fences.filter(({ info }) => info === 'json rule-set')

  it.each(ruleSets.map((fence): [string, string] => [titleOf(fence), fence.text]))(
    'are valid: %s',
    (_, text) => {
      expect(
        validateRuleSet(text, builtInVocabulary()).issues.filter(
          ({ severity }) => severity === 'error',
        ),
      ).toEqual([])
    },
  )

  const ruleTests = fences.filter(({ info }) => info === 'json rule-tests')

  it.each(ruleTests.map((fence): [string, Fence] => [titleOf(fence), fence]))(
    'pass the tests beside them: %s',
    (_, { path, text }) => {
      const beside = ruleSets.filter((fence) => fence.path === path)
      const checked = beside.map((fence) => validateRuleSet(fence.text, builtInVocabulary()))
      const sets = checked.flatMap((check) => (check.ok ? [check.ruleSet] : []))

      const issues = [...checkRuleTests([{ file: path, text }], sets, builtInVocabulary())].flat()
      expect(issues).toEqual([])
    },
  )

  it('other JSON can be read', () => {
    for (const fence of fences.filter(({ info }) => info === 'json'))
      expect(() => JSON.parse(fence.text), titleOf(fence)).not.toThrow()
  })
})

describe('charts', () => {
  const charts = fences.filter(({ info }) => info === 'mermaid')

  it.each(charts.map((fence): [string, string] => [titleOf(fence), fence.text]))(
    'can be drawn: %s',
    (_, text) => {
      expect(checkMermaid(text)).toEqual([])
    },
  )
})

describe('links', () => {
  const paths = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root }).toSorted()
  const text = (path: string): string => readFileSync(join(root, path), 'utf8')

  it.each(paths)('of %s lead somewhere', (path) => {
    const broken = linksOf(text(path)).filter((link) => {
      const [file = '', heading] = link.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      if (!existsSync(join(root, target))) return true
      return heading !== undefined && !headingsOf(text(target)).includes(heading)
    })

    expect(broken).toEqual([])
  })
})

/** Relative links outside of fences. */
const linksOf = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(
    ([, link = '']) => (/^[a-z]+:/.test(link) ? [] : [link]),
  )

/** Anchors of headings, as GitHub makes them. */
const headingsOf = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(
    ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
  )
