/** Makes hostile texts of rule files from a seed: the known attacks, and what a stream of random numbers does with them. */

/** A stream of whole numbers: the same seed gives the same texts on every machine. */
export interface Dice {
  /** A number from 0 to `count` - 1. */
  below(count: number): number
}

/** Source: mulberry32, in the public domain. */
export function createDice(seed: number): Dice {
  let state = seed | 0
  return {
    below(count) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count)
    },
  }
}

const WORDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'toJSON',
  'valueOf',
  'length',
  'eval',
  'error',
  'success',
  '*',
  '$..*',
  'process.exit(1)',
  "require('fs').writeFileSync('/tmp/x','')",
  "fetch('http://127.0.0.1:1')",
  "import('node:net')",
  '(a+)+$',
  'a'.repeat(5000),
  '\u202e',
  '\ud800',
  '\u0000',
  '{{7*7}}',
  '#{7*7}',
]
const LITERALS = [
  'NaN',
  'Infinity',
  '-0',
  '1e999',
  '1E3',
  '0x10',
  '9007199254740993',
  '01',
  'undefined',
  "'x'",
  '[,]',
  '//',
  '\ufeff',
  'null',
  '""',
  '{}',
  '[]',
  'true',
  '-1',
  '0.1',
]
const EVENTS = ['return.registered', 'return.received', 'customer.reported', 'shop.claim']
const FACTS = [
  'return.reason',
  'return.references',
  'time.daysToDueDate',
  'order.payLater',
  'return.stage',
  'order.currency',
  'return.sharePercent',
]
const OPERATORS = ['equal', 'notEqual', 'in', 'notIn', 'lessThan', 'contains']
const FITTING: Readonly<Record<string, readonly string[]>> = {
  'order.payLater': ['equal', 'notEqual'],
  'return.references': ['contains', 'doesNotContain'],
  'time.daysToDueDate': ['lessThan', 'greaterThanInclusive', 'equal'],
  'return.sharePercent': ['lessThanInclusive', 'greaterThan', 'notEqual'],
}

const ACTIONS = [
  { type: 'refund', params: { basis: 'remaining' } },
  { type: 'extendDueDate', params: { days: 14, maxFeeMinor: { SEK: 1000 } } },
  { type: 'review', params: { question: 'What now?' } },
]

const pick = <Item>(dice: Dice, items: readonly Item[]): Item =>
  items[dice.below(items.length)] as Item

/** One hostile text. `attacks` are the texts of known attacks. */
export function hostileText(dice: Dice, attacks: readonly string[]): string {
  const make = pick(dice, MAKERS)
  return make(dice, attacks)
}

type Maker = (dice: Dice, attacks: readonly string[]) => string

const MAKERS: readonly Maker[] = [
  (dice, attacks) =>
    pick(
      dice,
      attacks.filter((text) => text.length < 5000),
    ),
  (dice, attacks) => mutated(dice, pick(dice, attacks)),
  (dice) => mutated(dice, plausible(dice)),
  (dice) => mutated(dice, plausible(dice)),
  (dice) => replacedWord(dice, plausible(dice)),
  (dice) => replacedWord(dice, plausible(dice)),
  (dice) => plausible(dice),
  (dice) => plausible(dice),
  (dice) => cut(dice, plausible(dice)),
  (dice) => deep(dice),
  (dice) => costly(dice),
  (dice) => junk(dice),
]

/** A set that may well be taken. */
function plausible(dice: Dice): string {
  const rules = Array.from({ length: 1 + dice.below(2) }, (_, index) => ({
    name: `Rule ${index}`,
    on: [pick(dice, EVENTS)],
    mode: pick(dice, ['live', 'approval', 'shadow', 'draft']),
    priority: 1 + dice.below(3),
    conditions: { [pick(dice, ['all', 'any'])]: conditions(dice, 3) },
    event: pick(dice, ACTIONS),
  }))
  const hitPolicy = pick(dice, ['collect', 'first', 'unique'])
  return JSON.stringify({ name: 'hostile', version: '1', hitPolicy, rules })
}

const conditions = (dice: Dice, depth: number): readonly unknown[] =>
  Array.from({ length: 1 + dice.below(3) }, () => condition(dice, depth))

function condition(dice: Dice, depth: number): unknown {
  const kind = depth === 0 ? 0 : dice.below(6)
  if (kind === 1) return { all: conditions(dice, depth - 1) }
  if (kind === 2) return { any: conditions(dice, depth - 1) }
  if (kind === 3) return { not: condition(dice, depth - 1) }
  const fact = pick(dice, FACTS)
  const fitting = dice.below(20) === 0 ? OPERATORS : (FITTING[fact] ?? ['equal', 'notEqual'])
  return { fact, operator: pick(dice, fitting), value: valueFor(dice, fact) }
}

function valueFor(dice: Dice, fact: string): unknown {
  if (dice.below(40) === 0)
    return pick(dice, [null, {}, [], [[]], { fact: 'order' }, pick(dice, WORDS)])
  if (fact === 'order.payLater') return dice.below(2) === 0
  if (fact.startsWith('time.') || fact.endsWith('Percent')) return dice.below(200) - 50
  if (fact === 'return.stage') return pick(dice, ['registered', 'received'])
  return pick(dice, ['a', 'b', 'SEK', 'damaged'])
}

/** A few characters of a text taken out, doubled, or replaced. */
function mutated(dice: Dice, text: string): string {
  let done = text.slice(0, 20_000)
  for (let count = 1 + dice.below(4); count > 0; count -= 1) {
    const at = dice.below(done.length + 1)
    const what = pick(dice, [
      '',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\',
      pick(dice, LITERALS),
      String.fromCharCode(dice.below(65_536)),
    ])
    done = done.slice(0, at) + what + done.slice(at + dice.below(3))
  }
  return done
}

/** One text of the JSON replaced by a word that has broken programs. */
function replacedWord(dice: Dice, text: string): string {
  const words = text.match(/"[^"]*"/g) ?? []
  const word = pick(dice, words)
  return text.replace(word, () => JSON.stringify(pick(dice, WORDS)))
}

const cut = (dice: Dice, text: string): string => text.slice(0, dice.below(text.length))

function deep(dice: Dice): string {
  const count = dice.below(dice.below(50) === 0 ? 3000 : 30)
  const [open, close] = pick(dice, [
    ['{"not":', '}'],
    ['[', ']'],
    ['{"all":[', ']}'],
    ['{"a":', ''],
  ] as const)
  return `{"name":"deep","version":"1","rules":[{"conditions":${open.repeat(count)}1${close.repeat(count)}}]}`
}

/** What takes long to analyse is rare, so that many files can be tried. */
function costly(dice: Dice): string {
  const kind = dice.below(100)
  if (kind === 0) return tangled(dice)
  return kind === 1 ? huge(dice) : plausible(dice)
}

/** Groups whose combinations grow without bound. */
function tangled(dice: Dice): string {
  const groups = Array.from({ length: 2 + dice.below(45) }, (_, index) => ({
    any: [
      { fact: 'return.references', operator: 'contains', value: `a${index}` },
      { fact: 'return.reason', operator: 'notEqual', value: `b${index}` },
      { fact: 'return.references', operator: 'doesNotContain', value: `c${index % 7}` },
    ],
  }))
  const rule = {
    name: 'Tangled',
    on: ['return.registered'],
    mode: 'live',
    conditions: { all: groups },
    event: ACTIONS[2],
  }
  return JSON.stringify({ name: 'tangled', version: '1', rules: [rule] })
}

/** As large as a file may be, and a little more. */
function huge(dice: Dice): string {
  const count = dice.below(600)
  const leaf = {
    fact: pick(dice, FACTS),
    operator: pick(dice, OPERATORS),
    value: pick(dice, ['a', 1, true]),
  }
  const rules = Array.from({ length: count }, (_, index) => ({
    name: `Rule ${index}`,
    on: ['return.registered'],
    mode: 'live',
    conditions: { all: [leaf] },
    event: ACTIONS[index % 3],
  }))
  return JSON.stringify({ name: 'huge', version: '1', rules })
}

const junk = (dice: Dice): string =>
  Array.from({ length: dice.below(200) }, () =>
    pick(dice, [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      pick(dice, LITERALS),
      `"${pick(dice, WORDS).slice(0, 20)}"`,
    ]),
  ).join('')

/** Facts that no order has. */
export const HOSTILE_FACTS: readonly Readonly<Record<string, unknown>>[] = [
  {
    'return.reason': 'damaged',
    'return.references': ['a', 'b'],
    'time.daysToDueDate': 3,
    'order.payLater': true,
  },
  {
    'return.reason': Number.NaN,
    'return.references': [null, {}],
    'time.daysToDueDate': '3',
    'order.payLater': 1,
  },
  JSON.parse('{ "__proto__": { "return.reason": "damaged" }, "constructor": 1 }'),
  {
    'return.reason': 'a'.repeat(10_000),
    'return.references': Array.from({ length: 1000 }, () => 'a'),
    'time.daysToDueDate': Number.POSITIVE_INFINITY,
  },
]
