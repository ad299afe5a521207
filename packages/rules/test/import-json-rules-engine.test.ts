import { importJsonRulesEngine, validateRuleSet } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { brief, damaged, type Json, vocabulary } from './builders.ts'

const event = { type: 'review', params: { question: 'Refund at once?' } }
const rule = (changes: Json = {}): Json => ({
  name: 'Damaged',
  conditions: { all: [damaged] },
  event,
  ...changes,
})
const withLeaf = (changes: Json): Json =>
  rule({ conditions: { all: [{ ...damaged, ...changes }] } })
const options = { name: 'taken-over', on: ['return.registered'], publishedBy: 'ops@shop.example' }
const take = (document: unknown, changes: Json = {}) =>
  importJsonRulesEngine(JSON.stringify(document), vocabulary, { ...options, ...changes })
const rulesIn = (text: string | null): readonly Json[] =>
  text === null ? [] : (JSON.parse(text) as { readonly rules: readonly Json[] }).rules

describe('taking over', () => {
  const forms: readonly (readonly [string, unknown])[] = [
    ['one rule', rule()],
    ['a list of rules', [rule()]],
    ['an object with rules', { rules: [rule()] }],
  ]
  it.each(forms)('reads %s, and makes drafts', (_, document) => {
    const taken = take(document)

    expect(taken).toMatchObject({ takenCount: 1, refusedCount: 0, issues: [] })
    expect(validateRuleSet(taken.text ?? '', vocabulary).issues).toEqual([])
    expect(rulesIn(taken.text)).toEqual([
      {
        name: 'Damaged',
        on: ['return.registered'],
        mode: 'draft',
        conditions: { all: [damaged] },
        event,
      },
    ])
  })

  it('takes the mode, the version and the events that the options say', () => {
    const on = ['return.received', 'shop.claim']

    const taken = take(rule({ priority: 7 }), { on, mode: 'shadow', version: '2026-11' })

    expect(JSON.parse(taken.text ?? '')).toMatchObject({
      name: 'taken-over',
      version: '2026-11',
      publishedBy: 'ops@shop.example',
      rules: [{ on, mode: 'shadow', priority: 7 }],
    })
  })

  it('names rules that have no name', () => {
    const { name, ...nameless } = rule()

    const taken = take([nameless, rule({ name })])

    expect(rulesIn(taken.text).map((each) => each['name'])).toEqual(['Imported rule 1', 'Damaged'])
  })

  it('writes named conditions out, also inside others', () => {
    const document = {
      rules: [rule({ conditions: { any: [{ condition: 'late' }, damaged] } })],
      conditions: {
        late: { all: [{ not: { condition: 'soon' } }] },
        soon: { any: [{ fact: 'time.daysToDueDate', operator: 'lessThan', value: 3 }] },
      },
    }

    const taken = take(document)

    const soon = { any: [{ fact: 'time.daysToDueDate', operator: 'lessThan', value: 3 }] }
    expect(rulesIn(taken.text)[0]?.['conditions']).toEqual({
      any: [{ all: [{ not: soon }] }, damaged],
    })
  })

  it('leaves out what it refuses, and keeps the rest', () => {
    const taken = take([rule({ name: 'A' }), withLeaf({ path: '$.x' }), rule({ name: 'C' })])

    expect(taken).toMatchObject({ takenCount: 2, refusedCount: 1 })
    expect(brief(taken.issues)).toEqual(['not_supported /1/conditions/all/0/path'])
    expect(rulesIn(taken.text).map((each) => each['name'])).toEqual(['A', 'C'])
  })

  it('says nothing is taken when nothing is', () => {
    expect(take([])).toEqual({ text: null, takenCount: 0, refusedCount: 0, issues: [] })
    expect(take([withLeaf({ path: '$.x' })])).toMatchObject({ text: null, refusedCount: 1 })
  })
})

describe('refusals', () => {
  const at = '/conditions/all/0'
  const root = (conditions: unknown) => rule({ conditions })
  const refused: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['a path', withLeaf({ path: '$.x' }), [`not_supported ${at}/path`]],
    ['params of a fact', withLeaf({ params: { a: 1 } }), [`not_supported ${at}/params`]],
    ['a priority of a condition', withLeaf({ priority: 2 }), [`not_supported ${at}/priority`]],
    ['a name of a condition', withLeaf({ name: 'x' }), [`not_supported ${at}/name`]],
    ['a decorator', withLeaf({ operator: 'not:equal' }), [`not_supported ${at}/operator`]],
    [
      'an operator of one’s own',
      withLeaf({ operator: 'near' }),
      [`unknown_operator ${at}/operator`],
    ],
    [
      'a comparison with a fact',
      withLeaf({ value: { fact: 'return.condition' } }),
      [`not_supported ${at}/value`],
    ],
    ['a fact that is not known', withLeaf({ fact: 'reason' }), [`unknown_fact ${at}/fact`]],
    [
      '`in` with a text',
      withLeaf({ operator: 'in', value: 'damaged,late' }),
      [`operand_mismatch ${at}/value`],
    ],
    ['null', withLeaf({ value: null }), [`operand_mismatch ${at}/value`]],
    ['an empty group', root({ any: [] }), ['empty_group /conditions/any']],
    ['two groups in one', root({ all: [damaged], any: [damaged] }), ['several_groups /conditions']],
    [
      'a name that is not given',
      root({ all: [{ condition: 'late' }] }),
      [`not_supported ${at}/condition`],
    ],
    [
      'a named condition with a priority',
      {
        rules: [root({ any: [{ condition: 'late', priority: 2 }] })],
        conditions: { late: { all: [damaged] } },
      },
      [
        'not_supported /rules/0/conditions/any/0/condition',
        'not_supported /rules/0/conditions/any/0/priority',
      ],
    ],
    ['a callback', rule({ onSuccess: 'log' }), ['not_supported /onSuccess']],
    ['another callback', rule({ onFailure: 'log' }), ['not_supported /onFailure']],
    ['a field without effect', rule({ prioirty: 3 }), ['unknown_key /prioirty']],
    ['no conditions', { event }, ['missing /conditions']],
    ['no event', { conditions: { all: [damaged] } }, ['missing /event']],
    [
      'an event that is no action',
      rule({ event: { type: 'fouledOut' } }),
      ['not_listed /event/type'],
    ],
    [
      'params that the action lacks',
      rule({ event: { type: 'sendOut', params: { a: 1 } } }),
      ['unknown_key /event/params/a'],
    ],
    ['a priority in quotes', rule({ priority: '7' }), ['wrong_type /priority']],
    ['a priority of 0', rule({ priority: 0 }), ['out_of_range /priority']],
    ['what is no rule', [1], ['wrong_type /0']],
    ['rules that are no list', { rules: {} }, ['wrong_type /rules']],
    ['other keys beside the rules', { rules: [], facts: [] }, ['unknown_key /facts']],
    ['conditions that are not named', { rules: [], conditions: [] }, ['wrong_type /conditions']],
    ['two rules of one name', [rule(), rule()], ['duplicate_rule /1/name']],
    ['more rules than a set has', Array(501).fill(1), ['too_many ']],
  ]
  it.each(refused)('tell of %s', (_, document, issues) => {
    expect(brief(take(document).issues)).toEqual(issues)
  })

  it('tell of what is not JSON', () => {
    const taken = importJsonRulesEngine('{ "rules": ', vocabulary, options)

    expect([taken.text, ...brief(taken.issues)]).toEqual([null, 'not_json /rules'])
  })

  it('tell of options that no rule set can have', () => {
    expect(brief(take(rule(), { name: 'a/b' }).issues)).toEqual(['wrong_format /name'])
    expect(brief(take(rule(), { on: ['return.lost'] }).issues)).toEqual(['unknown_event /on/0'])
  })

  it('tell of a condition that contains itself, and of names that multiply', () => {
    const uses = (name: string) => ({ all: [{ condition: name }, { condition: name }] })
    const names = Array.from({ length: 30 }, (_, index) => [`c${index}`, uses(`c${index + 1}`)])
    const itself = { rules: [root(uses('a'))], conditions: { a: { not: { condition: 'a' } } } }
    const many = { rules: [root(uses('c0'))], conditions: Object.fromEntries(names) }

    expect(brief(take(itself).issues)).toContain('not_supported /rules/0/conditions/all/0/not')
    expect(brief(take(many).issues)).toContainEqual(expect.stringMatching(/^too_many /))
  })
})
