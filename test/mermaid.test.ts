/** The small check of Mermaid text finds what Mermaid would not draw. */
import { expect, it } from 'vitest'
import { checkMermaid } from './mermaid.ts'

const cases: readonly (readonly [string, readonly string[], string])[] = [
  ['another diagram', ['graph LR'], '1: a diagram begins with stateDiagram-v2'],
  ['a region at the top', ['state "a" as a', '--'], '3: regions can stand inside of a state only'],
  [
    'an arrow into a block',
    ['state "a" as a {', 'state "b" as b', '}', 'state "c" as c', 'c --> b'],
    '6: b stands in another block',
  ],
  ['a name that comes twice', ['state "a" as a', 'state "b" as a'], '3: a is declared twice'],
  ['an open block', ['state "a" as a {', 'state "b" as b'], '3: 1 blocks are not closed'],
  ['a block that was never opened', ['}'], '2: a block is closed that was never opened'],
  [
    'a label that ends early',
    ['state "a" as a', 'a --> a : one; two'],
    '3: a label cannot hold this: one; two',
  ],
  ['anything else', ['state a b'], '2: not understood: state a b'],
]

it.each(cases)('finds %s', (_, lines, problem) => {
  const text = lines[0]?.startsWith('graph') ? lines : ['stateDiagram-v2', ...lines]

  expect(checkMermaid(text.join('\n'))).toEqual([problem])
})

it('takes regions inside of a state', () => {
  const lines = [
    'state "a" as a {',
    'state "b" as b',
    '[*] --> b',
    '--',
    'state "c" as c',
    'b --> c : go<br>run',
    '}',
  ]

  expect(checkMermaid(['stateDiagram-v2', ...lines].join('\n'))).toEqual([])
})
