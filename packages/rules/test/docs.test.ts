import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { aRuleSet, check } from './builders.ts'

const guide = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8')

const blocks = (info: string): readonly unknown[] =>
  [...guide.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(([, marked]) => marked === info)
    .map(([, , text]) => JSON.parse(text ?? ''))

describe('the guide to rules', () => {
  it('shows rule sets without an issue', () => {
    const ruleSets = blocks('json rule-set')

    expect(ruleSets.length).toBeGreaterThan(0)
    for (const ruleSet of ruleSets) expect(check(ruleSet)).toMatchObject({ ok: true, issues: [] })
  })

  it('shows rules without an issue', () => {
    const rules = blocks('json rule')

    expect(rules.length).toBeGreaterThan(2)
    expect(check(aRuleSet({ rules }))).toMatchObject({ ok: true, issues: [] })
  })
})
