/** How many small mistakes in rules the tests would notice, and what nobody would notice. */
import type { Facts, PromptRules, RuleVerdict } from '@postdelivery/core'
import { compileRules } from '../compile/compile.ts'
import { whyRule } from '../explain/why-rule.ts'
import type { Rule, RuleSet } from '../rule-set.ts'
import { simulatedRulesOf } from '../simulated-rules.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { type Killer, killerOf } from './find-killer.ts'
import { judgeVerdict, type Telling } from './judge-verdicts.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import type { ExpectedVerdicts, FactsCase, RuleTests, StoryCase } from './rule-tests.ts'
import { runRuleTests } from './run-rule-tests.ts'
import { runStory } from './run-story.ts'

/** A mistake that all tests let pass. */
export interface Survivor extends Mutant {
  /** Facts that would show the difference; null when it takes a story, or when the rule is too complex to say. */
  readonly killer: Killer | null
  /** True where it could not be told whether the mistake makes any difference. */
  readonly isUnsure: boolean
}

export interface MutationScore {
  readonly allCount: number
  /** Mistakes that make at least one test fail. */
  readonly killedCount: number
  /** Mistakes that change nothing for any facts. */
  readonly equivalentCount: number
  /** In the order of the rules. */
  readonly survivors: readonly Survivor[]
  /** Whole percent of those that change something, rounded down; 100 when there are none. */
  readonly percent: number
}

/**
 * Makes every small mistake in turn and runs the tests that could notice it.
 *
 * `tests` are those of `ruleSet`, and they pass: with failing ones nothing can be said.
 * Returns: the score with all that survived, or null when a test fails as it is. Throws: never.
 */
export function scoreMutants(
  ruleSet: RuleSet,
  tests: readonly RuleTests[],
  vocabulary: Vocabulary,
): MutationScore | null {
  const hunt = createHunt(ruleSet, tests, vocabulary)
  if (hunt === null) return null
  const mutants = mutantsOf(ruleSet)
  const left = mutants.filter((mutant) => !hunt.kills(mutant))
  const found = left.map((mutant) => ({ mutant, found: killerOf(mutant, vocabulary) }))
  const survivors = found.flatMap(({ mutant, found }): readonly Survivor[] => {
    if (found === 'equivalent') return []
    const isUnsure = found === 'too_complex'
    return [{ ...mutant, killer: found === 'too_complex' ? null : found, isUnsure }]
  })
  const allCount = mutants.length
  const killedCount = allCount - left.length
  const countedCount = killedCount + survivors.length
  const percent = countedCount === 0 ? 100 : Math.floor((killedCount * 100) / countedCount)
  const equivalentCount = left.length - survivors.length
  return { allCount, killedCount, equivalentCount, survivors, percent }
}

/** Tests ready to be tried on one mutant after another. */
export interface Hunt {
  /** Whether at least one test fails with the mutant in place of its rule. */
  kills(mutant: Mutant): boolean
  /** Takes one more case. */
  add(testCase: FactsCase): void
}

/** Makes tests ready. Returns: null when one of them fails as it is. */
export function createHunt(
  ruleSet: RuleSet,
  tests: readonly RuleTests[],
  vocabulary: Vocabulary,
): Hunt | null {
  const runs = tests.map((each) => ({ ...runRuleTests(each, ruleSet, vocabulary), tests: each }))
  if (runs.some(({ failed }) => failed.length > 0)) return null
  const factsCases: FactsCase[] = []
  const stories: Story[] = []
  for (const { results, tests } of runs) {
    for (const { testCase, verdicts } of results) {
      if (testCase.kind === 'facts') factsCases.push(testCase)
      else {
        const rules = new Set(verdicts.map(({ rule }) => rule))
        stories.push({ story: testCase, timeZone: tests.timeZone, rules })
      }
    }
  }
  const say = (verdict: RuleVerdict): string => whyRule(verdict, vocabulary).sentence
  const inForce = simulatedRulesOf(compileRules(vocabulary, [ruleSet]))
  return {
    add: (testCase) => factsCases.push(testCase),
    kills(mutant) {
      const ask = createAsk(ruleSet, mutant.mutated, vocabulary)
      return (
        factsCases.some((each) => failsFacts(each, mutant, { ask, say })) ||
        stories.some(
          ({ story, timeZone, rules }) =>
            rules.has(mutant.rule.name) &&
            runStory(story, withMutant(inForce, mutant, ask), { timeZone, say }).differences
              .length > 0,
        )
      )
    },
  }
}

interface Story {
  readonly story: StoryCase
  readonly timeZone: string
  /** Rules that were awake in it. */
  readonly rules: ReadonlySet<string>
}

/** Asks one rule alone; undefined when it sleeps. */
type Ask = (eventType: string, facts: Facts) => RuleVerdict | undefined

function createAsk(ruleSet: RuleSet, rule: Rule, vocabulary: Vocabulary): Ask {
  const compiled = compileRules(vocabulary, [{ ...ruleSet, rules: [rule] }])
  return (eventType, facts) => compiled.verdicts(eventType, facts)[0]
}

interface Trial extends Pick<Telling, 'say'> {
  readonly ask: Ask
}

/** Rules do not hear of one another, so the verdict of the mutant alone decides the case. */
function failsFacts(
  { on, facts, expect, path }: FactsCase,
  { rule }: Mutant,
  { ask, say }: Trial,
): boolean {
  if (!rule.on.includes(on)) return false
  const verdict = ask(on, facts)
  if (verdict === undefined) return isNamed(expect, rule.name)
  return judgeVerdict(expect, verdict, { path, say }).length > 0
}

const isNamed = ({ fires, silent, unknown }: ExpectedVerdicts, rule: string): boolean =>
  [...(fires ?? []), ...silent, ...unknown].some((each) => each.rule === rule)

/** All rules as they are, but for one. */
const withMutant = (rules: PromptRules, { rule, mutated }: Mutant, ask: Ask): PromptRules => ({
  ...rules,
  limitsOf: (ruleSet, name) =>
    name === rule.name ? mutated.limits : rules.limitsOf(ruleSet, name),
  verdicts: (eventType, facts) =>
    rules
      .verdicts(eventType, facts)
      .flatMap((verdict) => (verdict.rule === rule.name ? (ask(eventType, facts) ?? []) : verdict)),
})
