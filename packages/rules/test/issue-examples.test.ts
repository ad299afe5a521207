import { ISSUE_EXAMPLES, ISSUES, issuesOfExample } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { brief } from './builders.ts'

describe('the examples of issues', () => {
  it('are one for each code, in order of precedence', () => {
    expect(ISSUE_EXAMPLES.map(({ code }) => code)).toEqual(ISSUES.map(({ code }) => code))
  })

  for (const { code, part, place, wrong, right } of ISSUE_EXAMPLES) {
    it(`show ${code} at its place, and nothing else`, () => {
      const said = brief(issuesOfExample(part, wrong))

      // Only a file full of other issues has too many of them.
      if (code === 'more_issues') expect(said).toContain(`${code} ${place}`)
      else expect(said).toEqual([`${code} ${place}`])
    })

    it(`show how ${code} is avoided`, () => {
      expect(issuesOfExample(part, right)).toEqual([])
    })
  }
})
