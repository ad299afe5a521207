/** A rule set as it is in force: checked, defaults filled in, frozen, and named by the hash of its content. */
import {
  type Action,
  canonicalJson,
  err,
  type HitPolicy,
  ok,
  type Result,
  type RuleLimits,
  type RuleMode,
  type RuleSetRef,
  sha256Hex,
} from '@postdelivery/core'
import { type Issue, makeIssue } from './issues.ts'
import type { Operand, OperatorName } from './operators.ts'

declare const checked: unique symbol

/** One fact compared with one value. */
export interface Comparison {
  readonly fact: string
  readonly operator: OperatorName
  readonly value: Operand
}

/** Conditions in groups. */
export type ConditionGroup =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

export type Condition = Comparison | ConditionGroup

/** One rule: when it is asked, what must hold, and the one action that it asks for. */
export interface Rule {
  /** Its name in the set, in the author's words. */
  readonly name: string
  readonly description?: string
  /** Types of the events that wake it. */
  readonly on: readonly string[]
  /** Higher decides earlier; 1 to 1,000,000. Default 1. */
  readonly priority: number
  readonly mode: RuleMode
  readonly conditions: ConditionGroup
  /** What it asks for. */
  readonly event: Action
  /** How often it may act; tightens the engine's own limits. */
  readonly limits: RuleLimits
}

/** A checked rule set. Made by `validateRuleSet` only, so that nothing unchecked is ever evaluated. */
export interface RuleSet {
  readonly [checked]: true
  readonly name: string
  readonly version: string
  readonly description?: string
  /** Default `collect`. */
  readonly hitPolicy: HitPolicy
  /** Who published it; they cannot approve what it asks for. */
  readonly publishedBy: string | null
  readonly rules: readonly Rule[]
}

export const HIT_POLICIES: readonly HitPolicy[] = ['collect', 'first', 'unique']
export const RULE_MODES: readonly RuleMode[] = ['draft', 'shadow', 'approval', 'live']

/** Bounds of a rule-set file. Lengths in UTF-16 code units; depth counts objects and lists, the outermost included. */
export const RULE_SET_LIMITS = {
  textMaxLength: 262_144,
  depthMax: 16,
  keyMaxLength: 100,
  stringMaxLength: 2000,
  ruleMaxCount: 500,
  /** Per rule; groups count as conditions too. */
  conditionMaxCount: 200,
  /** Entries of one `in` or `notIn`. */
  listMaxCount: 500,
  /** Events of one `on`. */
  eventMaxCount: 50,
  nameMaxLength: 100,
  ruleNameMaxLength: 200,
  versionMaxLength: 50,
  publisherMaxLength: 200,
  descriptionMaxLength: 1000,
  /** Texts that a fact is compared with. */
  operandMaxLength: 500,
  priorityMax: 1_000_000,
  limitMax: 1_000_000,
} as const

/**
 * The identity of a rule set: the SHA-256 of its canonical content, in lower-case hex.
 *
 * Spelling does not count: order of keys, blanks, `$schema`, and defaults that are said or left out.
 */
export const hashOf = (ruleSet: RuleSet): string => sha256Hex(canonicalJson(ruleSet))

/** Name, version and hash, as decisions record them. */
export const refOf = (ruleSet: RuleSet): RuleSetRef => ({
  name: ruleSet.name,
  version: ruleSet.version,
  hash: hashOf(ruleSet),
})

/**
 * Reads a rule set back from its canonical content, as an engine stored it when it was activated.
 *
 * The hash stands for the check that it passed then, so that sets whose facts are no longer declared can still be read.
 * Returns: undefined when the content is not the one that the hash names.
 */
export function ruleSetFromStored(content: string, { hash }: RuleSetRef): RuleSet | undefined {
  return sha256Hex(content) === hash ? (JSON.parse(content) as RuleSet) : undefined
}

/**
 * Checks a rule set against all sets that were ever activated.
 *
 * Returns: `new`, or `known` when exactly this content was activated under this version before.
 * Refuses: `version_reused` when the version stands for another content.
 */
export function checkActivation(
  activated: readonly RuleSetRef[],
  candidate: RuleSetRef,
): Result<'new' | 'known', Issue> {
  const sameVersion = activated.filter(
    (ref) => ref.name === candidate.name && ref.version === candidate.version,
  )
  if (sameVersion.length === 0) return ok('new')
  if (sameVersion.every((ref) => ref.hash === candidate.hash)) return ok('known')
  const message = `version \`${candidate.version}\` of \`${candidate.name}\` was activated before with another content`
  return err(makeIssue('version_reused', '/version', message, 'give the changed set a new version'))
}
