/** Examples of what can be wrong with a text, before anything is known of rules. */
import type { IssueExample } from './example.ts'
import { damaged, review, ruleWith } from './example.ts'

const SET = {
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [ruleWith({})],
}
const nested = (count: number): unknown => (count === 0 ? damaged : { not: nested(count - 1) })
const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`

const TOP = [
  '{',
  '  "name": "returns",',
  '  "version": "1",',
  '  "publishedBy": "ops@shop.example",',
]
const RULES = `  "rules": [${JSON.stringify(ruleWith({}))}]`

export const TEXT_EXAMPLES: readonly IssueExample[] = [
  {
    code: 'too_large',
    advice: 'Split the rules over several sets; all sets of a folder are in force together.',
    part: 'text',
    wrong: ' '.repeat(262_145),
    shownAs: 'a file of more than 262,144 characters',
    right: JSON.stringify(SET),
    place: '',
  },
  {
    code: 'not_json',
    advice:
      'Rule files are strict JSON: double quotes, no comments, no comma after the last entry. The place is where reading stopped; the mistake is there or just before.',
    part: 'text',
    wrong: text([...TOP, '  "rules": [],', '}']),
    right: text([...TOP, RULES, '}']),
    place: '/rules',
  },
  {
    code: 'too_deep',
    advice: 'Five levels of groups are possible. Write the conditions flatter, or split the rule.',
    part: 'conditions',
    wrong: nested(20),
    shownAs: 'conditions with twenty groups inside one another',
    right: { not: damaged },
    place: `/rules/0/conditions${'/not'.repeat(13)}`,
  },
  {
    code: 'duplicate_key',
    advice: 'Other programs keep the last of the two without a word. Keep the one that is meant.',
    part: 'text',
    wrong: text([...TOP, '  "version": "2",', RULES, '}']),
    right: text([...TOP, RULES, '}']),
    place: '/version',
  },
  {
    code: 'forbidden_key',
    advice:
      'No rule needs these names, and they have been used to attack programs. Take the key out.',
    part: 'text',
    wrong: text([...TOP, '  "__proto__": {},', RULES, '}']),
    right: text([...TOP, RULES, '}']),
    place: '/__proto__',
  },
  {
    code: 'bad_number',
    advice:
      'Amounts are whole minor units (10.00 is 1000), spans are whole days. Write plain digits, without exponent or decimals.',
    part: 'text',
    wrong: text([
      ...TOP,
      `  "rules": [${JSON.stringify(ruleWith({ limits: { perOrder: 1 } })).replace('"perOrder":1', '"perOrder":1.5')}]`,
      '}',
    ]),
    right: text([...TOP, RULES, '}']),
    place: '/rules/0/limits/perOrder',
  },
  {
    code: 'bad_text',
    advice:
      'Such characters cannot be seen, and can make a text look like another. They come from copying; type the text anew.',
    part: 'rule',
    wrong: ruleWith({ description: 'Damaged\u202e goods' }),
    right: ruleWith({ description: 'Damaged goods' }),
    place: '/rules/0/description',
  },
  {
    code: 'too_long',
    advice: 'Shorten the text or the list. The bounds are in the guide to rules.',
    part: 'rule',
    wrong: ruleWith({ name: 'Damaged '.repeat(30).trim() }),
    right: ruleWith({ name: 'Damaged goods' }),
    place: '/rules/0/name',
  },
  {
    code: 'wrong_type',
    advice: 'The message says what is expected. A version, for example, is a text in quotes.',
    part: 'set',
    wrong: { ...SET, version: 3 },
    right: { ...SET, version: '3' },
    place: '/version',
  },
  {
    code: 'missing',
    advice: 'Add the field. A rule needs `name`, `on`, `mode`, `conditions` and `event`.',
    part: 'rule',
    wrong: { name: 'Damaged goods', on: ['return.registered'], mode: 'live', event: review },
    right: ruleWith({}),
    place: '/rules/0/conditions',
  },
  {
    code: 'unknown_key',
    advice: 'A field that is not known would have no effect, so it is refused. Most are misspelt.',
    part: 'rule',
    wrong: ruleWith({ priorty: 10 }),
    right: ruleWith({ priority: 10 }),
    place: '/rules/0/priorty',
  },
  {
    code: 'not_supported',
    advice:
      'A path is code that json-rules-engine runs, so it is left out. Name the fact itself; what is inside something becomes a fact of your own.',
    part: 'conditions',
    wrong: { all: [{ ...damaged, path: '$.items[0].reason' }] },
    right: { all: [damaged] },
    place: '/rules/0/conditions/all/0/path',
  },
  {
    code: 'wrong_format',
    advice: 'Names and versions stand in keys and addresses: letters, digits, `.`, `_` and `-`.',
    part: 'set',
    wrong: { ...SET, name: 'our returns' },
    right: { ...SET, name: 'our-returns' },
    place: '/name',
  },
  {
    code: 'not_listed',
    advice: 'The message lists the words that can stand there.',
    part: 'rule',
    wrong: ruleWith({ mode: 'on' }),
    right: ruleWith({ mode: 'live' }),
    place: '/rules/0/mode',
  },
  {
    code: 'out_of_range',
    advice: 'The message says the bounds.',
    part: 'rule',
    wrong: ruleWith({ priority: 0 }),
    right: ruleWith({ priority: 1 }),
    place: '/rules/0/priority',
  },
]
