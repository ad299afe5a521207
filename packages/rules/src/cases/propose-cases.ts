/** Proposes cases at the boundaries that no test covers, with what the rules say there now, for a person to judge. */
import type { ActionType, RuleVerdict } from '@postdelivery/core'
import { type CompiledRules, compileRules } from '../compile/compile.ts'
import { whyRule } from '../explain/why-rule.ts'
import type { RuleSet } from '../rule-set.ts'
import type { Vocabulary } from '../vocabulary.ts'
import { decidersOf } from './judge-verdicts.ts'
import type { FactsCase, RuleTests } from './rule-tests.ts'
import { createHunt, type Survivor, scoreMutants } from './score-mutants.ts'

/** A case as it would stand in a test file. */
export interface WrittenCase {
  readonly name: string
  readonly on: string
  readonly facts: FactsCase['facts']
  readonly expect: {
    readonly fires: readonly WrittenExpectation[]
    readonly silent?: readonly WrittenExpectation[]
    readonly unknown?: readonly WrittenExpectation[]
  }
}

interface WrittenExpectation {
  readonly rule: string
  readonly action?: ActionType
  readonly params?: Readonly<Record<string, unknown>>
  readonly because?: readonly string[]
}

/** A case that is proposed: it passes now, and is right when a person says so. */
export interface ProposedCase {
  readonly written: WrittenCase
  /** The mistake that it would show and that no test shows. */
  readonly shows: Survivor
  /** What the rule says to these facts, in a sentence. */
  readonly sentence: string
}

/**
 * Proposes a case for every small mistake that no test notices, as few as will do.
 *
 * For a threshold these are the facts just inside and just outside, all else being as the rule wants it.
 * Returns: null when a test fails as it is. Throws: never.
 */
export function proposeCases(
  ruleSet: RuleSet,
  tests: readonly RuleTests[],
  vocabulary: Vocabulary,
): readonly ProposedCase[] | null {
  const hunt = createHunt(ruleSet, tests, vocabulary)
  const score = scoreMutants(ruleSet, tests, vocabulary)
  if (hunt === null || score === null) return null
  const compiled = compileRules(vocabulary, [ruleSet])
  const names = new Set(tests.flatMap(({ cases }) => cases.map((each) => each.name)))
  const order = new Map(ruleSet.rules.map((rule, index) => [rule.name, index]))
  const placeOf = ({ rule }: Survivor): number => order.get(rule.name) ?? 0
  // Order matters: a case that says what is asked for also stands for the conditions that it meets, and one that changes a
  // single fact for whole groups.
  const survivors = score.survivors.toSorted(
    (a, b) => placeOf(a) - placeOf(b) || urgencyOf(b) - urgencyOf(a),
  )
  return survivors.flatMap((survivor): readonly ProposedCase[] => {
    if (survivor.killer === null || hunt.kills(survivor)) return []
    const proposed = caseFor(survivor, names, { compiled, vocabulary })
    if (proposed === undefined) return []
    hunt.add(asTestCase(proposed.written))
    return [proposed]
  })
}

const urgencyOf = ({ part, path }: Survivor): number =>
  part === 'event' ? Number.POSITIVE_INFINITY : path.split('/').length

function caseFor(
  survivor: Survivor,
  names: Set<string>,
  { compiled, vocabulary }: { readonly compiled: CompiledRules; readonly vocabulary: Vocabulary },
): ProposedCase | undefined {
  const { killer, rule, part } = survivor
  if (killer === null) return undefined
  const { on, facts } = killer
  const verdicts = compiled.verdicts(on, { ...facts, 'event.type': on })
  const own = verdicts.find((verdict) => verdict.rule === rule.name)
  if (own === undefined) return undefined
  const fires = verdicts
    .filter(({ verdict }) => verdict === 'true')
    .map(({ rule: name, action: { type, params } }) => ({
      rule: name,
      action: type,
      ...(part === 'event' && name === rule.name ? { params } : {}),
    }))
  const name = nameOf(survivor, own, names)
  const silence = [{ rule: rule.name, because: own.trace === null ? [] : decidersOf(own.trace) }]
  const expect = {
    fires,
    ...(own.verdict === 'false' ? { silent: silence } : {}),
    ...(own.verdict === 'unknown' ? { unknown: silence } : {}),
  }
  return {
    written: { name, on, facts, expect },
    shows: survivor,
    sentence: whyRule(own, vocabulary).sentence,
  }
}

const NAME_MAX_LENGTH = 190

/** Names a case after the rule, what it does, and the facts that decide it. */
function nameOf({ rule, part, killer }: Survivor, own: RuleVerdict, names: Set<string>): string {
  const deciders = own.trace === null ? [] : decidersOf(own.trace)
  const said = part === 'event' ? 'what it asks for' : saidOf(deciders, killer?.facts ?? {})
  const verb =
    own.verdict === 'true' ? 'fires' : own.verdict === 'unknown' ? 'cannot tell' : 'is silent'
  const start = `${rule.name}: ${verb}, ${said}`.slice(0, NAME_MAX_LENGTH).trim()
  let name = start
  for (let count = 2; names.has(name); count += 1) name = `${start} (${count})`
  names.add(name)
  return name
}

const saidOf = (deciders: readonly string[], facts: FactsCase['facts']): string =>
  deciders
    .map((fact) => {
      const value = facts[fact]
      const shown = Array.isArray(value) ? value.join(' and ') : String(value ?? 'unknown')
      return `${fact} ${shown}`.replaceAll(/\s+/g, ' ')
    })
    .join(', ')

/** The written case as it will be run. */
function asTestCase({ name, on, facts, expect }: WrittenCase): FactsCase {
  const listOf = (list: readonly WrittenExpectation[] = []) =>
    list.map(({ rule, because, action, params }) => ({
      path: '',
      rule,
      because: because ?? null,
      sentence: null,
      action: action ?? null,
      params: params ?? null,
    }))
  return {
    kind: 'facts',
    path: '',
    name,
    on,
    facts: { ...facts, 'event.type': on },
    expect: {
      fires: listOf(expect.fires),
      silent: listOf(expect.silent),
      unknown: listOf(expect.unknown),
    },
  }
}
