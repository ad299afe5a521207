import { canonicalJson } from '@postdelivery/core'
import { readFactSet, refOf, ruleSetFromStored } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { aRuleSet, brief, ruleSetOf, vocabulary } from './builders.ts'

describe('a stored rule set', () => {
  const set = ruleSetOf(aRuleSet())
  const content = canonicalJson(set as never)

  it('is read back as it was', () => {
    expect(ruleSetFromStored(content, refOf(set))).toEqual(set)
  })

  it('is not read when it is another one than its hash names', () => {
    expect(ruleSetFromStored(content.replace('damaged', 'late'), refOf(set))).toBeUndefined()
  })
})

describe('facts that a person writes down', () => {
  it('are read by name and type', () => {
    expect(
      readFactSet('{ "return.reason": "late", "time.daysToDueDate": -3 }', vocabulary),
    ).toEqual({ ok: true, value: { 'return.reason': 'late', 'time.daysToDueDate': -3 } })
  })

  const refused: readonly (readonly [text: string, issue: string])[] = [
    ['{', 'not_json '],
    ['[]', 'wrong_type '],
    ['{ "return.raeson": "a" }', 'unknown_fact /return.raeson'],
    ['{ "time.daysToDueDate": "6" }', 'operand_mismatch /time.daysToDueDate'],
    ['{ "order.payLater": null }', 'operand_mismatch /order.payLater'],
    ['{ "__proto__": 1 }', 'forbidden_key /__proto__'],
  ]
  it.each(refused)('are refused with a place: %s', (text, issue) => {
    const read = readFactSet(text, vocabulary)

    expect(read.ok ? [] : brief(read.error)).toContain(issue)
  })
})
