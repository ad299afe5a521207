/** Analyses the rules of sets that are to be in force together, and says what it finds. */
import type { IssueList } from '../issues.ts'
import type { Rule, RuleSet } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type Analyser, analyseRule, isActing, totalBudget } from './analysed-rule.ts'
import { checkAsks } from './check-asks.ts'
import { checkPairs } from './check-pairs.ts'
import { checkParts } from './check-parts.ts'
import { createSpace, type Space } from './space.ts'

/** The rules of one set that were read without an error. */
export interface ReadRules {
  readonly ruleSet: Pick<RuleSet, 'name' | 'hitPolicy'>
  /** Rules by their index in the file. */
  readonly rules: ReadonlyMap<number, Rule>
  /** Where what is found of them is said. */
  readonly issues: IssueList
}

/** Adds all that is found to the lists of the sets. Ends within a fixed number of steps, whatever the rules say. */
export function analyseRules(sets: readonly ReadRules[], vocabulary: Vocabulary): void {
  const analyser: Analyser = { spaceOn: spacesOf(vocabulary), total: totalBudget() }
  const analysed = sets.flatMap(({ ruleSet, rules, issues }) =>
    [...rules].map(([index, rule]) =>
      analyseRule({ ruleSet, rule, issues, path: `/rules/${index}` }, analyser),
    ),
  )
  for (const each of analysed) {
    checkParts(each, analyser)
    checkAsks(each, analyser)
  }
  // Order matters: sorting is stable, so rules of one priority stay in the order of sets and documents.
  const deciding = analysed.filter(isActing).toSorted((a, b) => b.rule.priority - a.rule.priority)
  checkPairs(deciding, analyser)
}

function spacesOf(vocabulary: Vocabulary): (eventType: string) => Space {
  const spaces = new Map<string, Space>()
  return (eventType) => {
    const known = spaces.get(eventType)
    if (known !== undefined) return known
    const space = createSpace(vocabulary, eventType)
    spaces.set(eventType, space)
    return space
  }
}
