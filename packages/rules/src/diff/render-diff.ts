/** Says what changed between two versions in plain sentences, with an order for each change. */
import { renderAction } from '../explain/render-action.ts'
import { renderSeen } from '../explain/render-conditions.ts'
import { renderRule, sayEvent } from '../explain/render-rule.ts'
import type { Rule, RuleSet } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import type { Change, ChangedPart, RuleSetsDiff, Witness } from './change.ts'
import type { Said } from './version.ts'

/** The two versions that were compared. */
export interface ComparedSets {
  readonly before: readonly RuleSet[]
  readonly after: readonly RuleSet[]
}

/** Lines of text for people; a change begins without a blank, what belongs to it is indented. */
export function renderDiff(
  { effect, changes }: RuleSetsDiff,
  sets: ComparedSets,
  vocabulary: Vocabulary,
): readonly string[] {
  const told = changes.flatMap((change) => [
    `${change.name}: ${change.parts.map((part) => PART_SENTENCES[part]).join('; ')}`,
    ...renderRules(change, sets, vocabulary),
    ...renderEffect(change),
    ...change.witnesses.flatMap((witness) => renderWitness(witness, vocabulary)),
  ])
  if (effect === 'changes') return told
  const verdict =
    effect === 'none'
      ? 'no change in meaning: both versions do the same to every order'
      : 'too complex to compare everywhere: no difference was found, and one may be left'
  return [...told, verdict]
}

/** What each word of a change says. */
const PART_SENTENCES: Readonly<Record<ChangedPart, string>> = {
  added: 'a new rule',
  removed: 'the rule is gone',
  renamed: 'another name',
  widened: 'fires for more orders',
  narrowed: 'fires for fewer orders',
  rewritten: 'the conditions say the same in other words',
  conditions: 'other conditions, too complex to compare',
  events: 'other events wake it',
  action: 'does something else',
  params: 'does it otherwise',
  mode: 'another mode',
  limits: 'other limits of its own',
  priority: 'another priority',
  order: 'decides before a rule that decided before it',
  hit_policy: 'another hit policy',
  publisher: 'another publisher, so other people may not approve',
}

function renderRules(
  { about, name, formerName, parts }: Change,
  { before, after }: ComparedSets,
  vocabulary: Vocabulary,
): readonly string[] {
  if (about === 'rule_set') return []
  const old = parts.includes('added') ? undefined : findRule(before, formerName ?? name)
  const next = parts.includes('removed') ? undefined : findRule(after, name)
  const sentence = (rule: Rule | undefined) =>
    rule === undefined ? undefined : renderRule(rule, vocabulary)
  const [was, is] = [sentence(old), sentence(next)]
  return [
    ...(formerName === undefined ? [] : [`  was called ${formerName}`]),
    ...(was === undefined ? [] : [`  - ${was}`]),
    ...(is === undefined || is === was ? [] : [`  + ${is}`]),
  ]
}

const findRule = (sets: readonly RuleSet[], key: string): Rule | undefined =>
  sets
    .flatMap(({ name, rules }) => rules.map((rule) => ({ key: `${name}/${rule.name}`, rule })))
    .find((each) => each.key === key)?.rule

function renderEffect({ effect }: Change): readonly string[] {
  if (effect === 'none') return ['  no order is answered differently for this']
  return effect === 'unknown' ? ['  whether any order is answered differently is not known'] : []
}

function renderWitness(
  { eventType, facts, before, after }: Witness,
  vocabulary: Vocabulary,
): readonly string[] {
  const seen = Object.entries(facts)
    .filter(([fact]) => fact !== 'event.type')
    .map(([fact, value]) => renderSeen(fact, value, vocabulary, {}))
  return [
    `  for example when ${[sayEvent(eventType), ...seen].join(', and ')}:`,
    `    before: ${renderSayings(before)}`,
    `    after:  ${renderSayings(after)}`,
  ]
}

function renderSayings(sayings: readonly Said[]): string {
  if (sayings.length === 0) return 'nothing'
  return sayings
    .map(({ rule, action, mode, standing }) => {
      const how = standing === 'stands' ? MODE_WORDS[mode] : STANDING_WORDS[standing]
      return `${renderAction(action)}${how} (${rule})`
    })
    .join('; ')
}

const MODE_WORDS = { live: '', approval: ', when people agree', shadow: '', draft: '' } as const
const STANDING_WORDS = {
  superseded: ', but another rule decides',
  conflict: ', but several rules fire, so a person decides',
  not_live: ', but the rule never acts',
} as const
