/** Compares what rules say with what a case expects of them. */
import {
  type ConditionTrace,
  canonicalJson,
  type RuleVerdict,
  type Verdict,
} from '@postdelivery/core'
import type { ExpectedFiring, ExpectedSilence, ExpectedVerdicts } from './rule-tests.ts'

/** One thing that does not come out as a case says. */
export interface Difference {
  /** JSON Pointer of the expectation. */
  readonly path: string
  /** The rule that it is about, or null. */
  readonly rule: string | null
  /** What the case says, in a few words. */
  readonly wanted: string
  /** What comes out. */
  readonly got: string
  /** Why it comes out so. */
  readonly sentence?: string
}

/** What differences are told with. */
export interface Telling {
  /** JSON Pointer of the expectations. */
  readonly path: string
  /** Says in a sentence why a rule fired, or why not. */
  readonly say: (verdict: RuleVerdict) => string
}

/** Compares all verdicts on one event. */
export const judgeVerdicts = (
  expected: ExpectedVerdicts,
  verdicts: readonly RuleVerdict[],
  telling: Telling,
): readonly Difference[] => verdicts.flatMap((verdict) => judgeVerdict(expected, verdict, telling))

/** Compares the verdict of one rule: other rules do not matter to it. */
export function judgeVerdict(
  expected: ExpectedVerdicts,
  verdict: RuleVerdict,
  { path, say }: Telling,
): readonly Difference[] {
  const ofRule = <Entry extends ExpectedSilence>(list: readonly Entry[] | null) =>
    list?.find((each) => each.rule === verdict.rule)
  const firing = ofRule(expected.fires)
  const silent = ofRule(expected.silent)
  const unknown = ofRule(expected.unknown)
  const isExtra = expected.fires !== null && firing === undefined && verdict.verdict === 'true'
  return [
    ...(firing === undefined ? [] : judgeFiring(firing, verdict, say)),
    ...(silent === undefined ? [] : judgeReasons(silent, verdict, { wanted: 'false', say })),
    ...(unknown === undefined ? [] : judgeReasons(unknown, verdict, { wanted: 'unknown', say })),
    ...(isExtra && silent === undefined && unknown === undefined
      ? [differenceOf(verdict, { path: `${path}/fires`, say }, 'does not fire')]
      : []),
  ]
}

/**
 * The facts that decide a verdict, in the order of the conditions.
 *
 * A group is decided by the conditions that say what it says: one false condition decides `all`, one true one `any`.
 */
export function decidersOf(trace: ConditionTrace): readonly string[] {
  if (trace.kind === 'condition') return [trace.fact]
  const of =
    trace.kind === 'not' ? trace.of : trace.of.filter((each) => each.verdict === trace.verdict)
  return [...new Set(of.flatMap(decidersOf))]
}

function judgeFiring(
  expected: ExpectedFiring,
  verdict: RuleVerdict,
  say: Telling['say'],
): readonly Difference[] {
  const reasons = judgeReasons(expected, verdict, { wanted: 'true', say })
  if (verdict.verdict !== 'true') return reasons
  const { path, rule, action, params } = expected
  const { type } = verdict.action
  const differences: Difference[] = [...reasons]
  if (action !== null && action !== type)
    differences.push({
      path: `${path}/action`,
      rule,
      wanted: `asks for ${action}`,
      got: `asks for ${type}`,
    })
  const given = canonicalJson(verdict.action.params)
  if (params !== null && canonicalJson(params) !== given)
    differences.push({
      path: `${path}/params`,
      rule,
      wanted: `params ${canonicalJson(params)}`,
      got: `params ${given}`,
    })
  return differences
}

/** Compares the verdict and, where that is right, what it rests on. */
function judgeReasons(
  { path, rule, because, sentence }: ExpectedSilence,
  verdict: RuleVerdict,
  { wanted, say }: Pick<Telling, 'say'> & { readonly wanted: Verdict },
): readonly Difference[] {
  if (verdict.verdict !== wanted)
    return [differenceOf(verdict, { path, say }, VERDICT_WORDS[wanted])]
  const differences: Difference[] = []
  const deciders = verdict.trace === null ? [] : decidersOf(verdict.trace)
  const isSame =
    because?.length === deciders.length && because.every((each) => deciders.includes(each))
  if (because !== null && !isSame)
    differences.push({
      ...differenceOf(verdict, { path: `${path}/because`, say }, `because of ${listed(because)}`),
      got: `because of ${listed(deciders)}`,
    })
  const said = sentence === null ? null : say(verdict)
  if (sentence === null || said === null || sentence === said) return differences
  return [...differences, { path: `${path}/sentence`, rule, wanted: sentence, got: said }]
}

const differenceOf = (
  verdict: RuleVerdict,
  { path, say }: Telling,
  wanted: string,
): Difference => ({
  path,
  rule: verdict.rule,
  wanted,
  got: VERDICT_WORDS[verdict.verdict],
  sentence: say(verdict),
})

const VERDICT_WORDS = {
  true: 'fires',
  false: 'is silent',
  unknown: 'cannot tell',
  failed: 'cannot be evaluated',
} as const

const listed = (facts: readonly string[]): string => facts.join(', ') || 'nothing'
