/** One example of an issue: how it comes about, how it is done right, and where it is said. */
import type { IssueCode } from '../issues.ts'

/** What an example shows of a file; the rest of the file is the same in all of them. */
export type ExamplePart =
  | 'set'
  | 'text'
  | 'rule'
  | 'rules'
  | 'conditions'
  | 'event'
  | 'files'
  | 'facts'
  | 'versions'
  | 'tests'

/** A wrong and a right example of one code. */
export interface IssueExample {
  readonly code: IssueCode
  /** Why it is said and what to do, for people. */
  readonly advice: string
  readonly part: ExamplePart
  readonly wrong: unknown
  readonly right: unknown
  /** Where the issue is: a JSON Pointer into the file, or of `facts` into the list. */
  readonly place: string
  /** Shown in place of a wrong example that is too long for a page. */
  readonly shownAs?: string
}

/** The parts that make an example short: a rule without an issue, and a set around it. */
export const damaged = { fact: 'return.reason', operator: 'equal', value: 'damaged' } as const
export const review = { type: 'review', params: { question: 'Refund at once?' } } as const
export const extend = {
  type: 'extendDueDate',
  params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } },
} as const
export const refund = { type: 'refund', params: { basis: 'returned_items' } } as const

/** A rule without an issue, with changes. */
export const ruleWith = (changes: Readonly<Record<string, unknown>>) => ({
  name: 'Damaged goods',
  on: ['return.registered'],
  mode: 'live',
  conditions: { all: [damaged] },
  event: review,
  limits: { perOrder: 1 },
  ...changes,
})

/** The set that examples of tests are about. */
export const TESTED_SET = {
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [ruleWith({})],
}

const setWith = (changes: Readonly<Record<string, unknown>>) => ({
  name: 'returns',
  version: '1',
  publishedBy: 'ops@shop.example',
  rules: [ruleWith({})],
  ...changes,
})

/**
 * The texts of the files that an example stands for. Of `versions`, `facts` and `tests`, which are no rule files, there are none.
 *
 * An example of `rules` says rules, or an object with `hitPolicy` and `rules`.
 */
export function filesOf(part: ExamplePart, example: unknown): readonly string[] {
  switch (part) {
    case 'text':
      return [String(example)]
    case 'set':
      return [JSON.stringify(example)]
    case 'rules':
      return [
        JSON.stringify(setWith(Array.isArray(example) ? { rules: example } : Object(example))),
      ]
    case 'rule':
      return [JSON.stringify(setWith({ rules: [example] }))]
    case 'conditions':
      return [JSON.stringify(setWith({ rules: [ruleWith({ conditions: example })] }))]
    case 'event':
      return [JSON.stringify(setWith({ rules: [ruleWith({ event: example })] }))]
    case 'files':
      return (example as readonly unknown[]).map((each) => JSON.stringify(each))
    case 'facts':
    case 'versions':
    case 'tests':
      return []
  }
}
