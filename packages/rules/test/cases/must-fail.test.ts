/** Proof that tests can fail: every case in the folder expects one thing that does not come, and must not pass. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRuleTests, runRuleTests, validateRuleSet } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { vocabulary } from './builders.ts'

const folder = fileURLToPath(new URL('./must-fail', import.meta.url))
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

const set = validateRuleSet(text('returns.rules.json'), vocabulary)
const ruleSets = set.ok ? [set.ruleSet] : []

describe.each(globSync('*.tests.json', { cwd: folder }).toSorted())('%s', (name) => {
  const check = readRuleTests(text(name), vocabulary, ruleSets)
  const results = check.ok ? runRuleTests(check.tests, check.ruleSet, vocabulary).results : []

  it('can be read, and has cases', () => {
    expect(check.issues).toEqual([])
    expect(results.length).toBeGreaterThan(2)
  })

  it.each(results.map((result) => [result.testCase.name, result] as const))(
    'fails for one reason: %s',
    (_, { differences }) => {
      expect(differences).toHaveLength(1)
    },
  )
})
