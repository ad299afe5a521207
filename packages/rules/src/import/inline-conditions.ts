/** Writes named conditions out where they are used. */
import { escaped, isPlainRecord } from '@postdelivery/core'
import { shown } from '../fields.ts'
import type { IssueList } from '../issues.ts'
import { RULE_SET_LIMITS } from '../rule-set.ts'

/** Conditions by their names, unchecked. */
export type NamedConditions = Readonly<Record<string, unknown>>

interface Inlining {
  readonly named: NamedConditions
  readonly issues: IssueList
  /** Nodes that may still be written; names that stand for others can grow without bound. */
  left: number
}

/**
 * Puts the named condition in the place of each `{ "condition": "name" }`.
 *
 * Nothing else is changed or checked. A name that is not given stays as it is, for the check of conditions to refuse.
 * Refuses: `not_supported` for a condition that contains itself, `too_many` when a rule would grow too large.
 */
export function inlineConditions(
  condition: unknown,
  path: string,
  named: NamedConditions,
  issues: IssueList,
): unknown {
  const inlining = { named, issues, left: RULE_SET_LIMITS.conditionMaxCount }
  return inline(condition, path, [], inlining)
}

function inline(
  node: unknown,
  path: string,
  trail: readonly string[],
  inlining: Inlining,
): unknown {
  if (!isPlainRecord(node)) return node
  inlining.left -= 1
  if (inlining.left < 0) {
    if (inlining.left === -1) addTooMany(path, inlining.issues)
    return node
  }
  const name = nameIn(node)
  if (name !== undefined && Object.hasOwn(inlining.named, name)) {
    if (!trail.includes(name)) return inline(inlining.named[name], path, [...trail, name], inlining)
    const message = `the condition \`${shown(name)}\` contains itself`
    inlining.issues.add('not_supported', path, message, 'write out what it should be')
    return node
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const at = `${path}/${escaped(key)}`
      if (key === 'not') return [key, inline(value, at, trail, inlining)]
      if ((key !== 'all' && key !== 'any') || !Array.isArray(value)) return [key, value]
      return [key, value.map((each, index) => inline(each, `${at}/${index}`, trail, inlining))]
    }),
  )
}

/** The name that a node refers to, when it says nothing else. */
function nameIn(node: Readonly<Record<string, unknown>>): string | undefined {
  const [key, ...others] = Object.keys(node)
  const name = node['condition']
  return key === 'condition' && others.length === 0 && typeof name === 'string' ? name : undefined
}

function addTooMany(path: string, issues: IssueList): void {
  const { conditionMaxCount } = RULE_SET_LIMITS
  const message = `a rule has at most ${conditionMaxCount} conditions, and more are written out`
  issues.add('too_many', path, message, 'split the rule')
}
