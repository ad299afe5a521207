import { type ConditionTrace, canonicalJson, type Facts } from '@postdelivery/core'
import { type Condition, validateRuleSet } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditions, facts, rules } from './arbitraries.ts'
import {
  aRule,
  aRuleSet,
  check,
  forced,
  inForce,
  type Json,
  ruleSetOf,
  verdictOf,
  vocabulary,
} from './builders.ts'
import { readingOf } from './reference.ts'

const ask = async (list: readonly Json[], seen: Json) =>
  inForce(ruleSetOf(aRuleSet({ rules: list }))).evaluate('return.registered', seen as Facts)

describe('evaluation', { timeout: 60_000 }, () => {
  it('says exactly what a second, independent reading says', async () => {
    const counts = { true: 0, false: 0, unknown: 0 }
    await fc.assert(
      fc.asyncProperty(conditions, facts, async (tree, seen) => {
        const { verdict } = await verdictOf(tree, seen)

        expect(verdict).toBe(readingOf(tree, seen))
        if (verdict !== 'failed') counts[verdict] += 1
      }),
      { numRuns: 2000 },
    )
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(100)
  })

  it('never fires on facts that are all unknown', async () => {
    await fc.assert(
      fc.asyncProperty(conditions, async (tree) => {
        expect((await verdictOf(tree, {})).verdict).toBe('unknown')
      }),
    )
  })

  it('keeps true and false when a fact that was unknown becomes known', async () => {
    await fc.assert(
      fc.asyncProperty(conditions, facts, facts, async (tree, seen, more) => {
        const before = (await verdictOf(tree, seen)).verdict
        const known = Object.fromEntries(
          Object.entries(seen).filter(([name, value]) => isKnownText(name, value)),
        )
        fc.pre(before !== 'unknown')

        const after = (await verdictOf(tree, { ...more, ...known })).verdict

        expect(after).toBe(before)
      }),
    )
  })

  it('traces every condition in the author’s own shape', async () => {
    await fc.assert(
      fc.asyncProperty(conditions, facts, async (tree, seen) => {
        const { trace } = await verdictOf(tree, seen)

        expect(trace === null ? null : shapeOf(trace)).toEqual(tree)
      }),
    )
  })

  it('answers by priority and then in document order', async () => {
    await fc.assert(
      fc.asyncProperty(rules, facts, async (list, seen) => {
        const names = (await ask(list, seen)).map((verdict) => verdict.rule)

        const byPriority = [3, 2, 1].flatMap((priority) =>
          list.filter((rule) => rule['priority'] === priority).map((rule) => rule['name']),
        )
        expect(names).toEqual(byPriority)
      }),
    )
  })

  it('gives the same bytes for the same rules and facts', async () => {
    await fc.assert(
      fc.asyncProperty(rules, facts, async (list, seen) => {
        const first = canonicalJson(await ask(list, seen))

        expect(canonicalJson(await ask(list, seen))).toBe(first)
      }),
    )
  })

  it('says of each rule what it says of that rule alone, whatever fails beside it', async () => {
    const bad = fc.constantFrom<Json>(
      aRule({
        name: 'Bad 1',
        conditions: { all: [{ fact: 'nope', operator: 'equal', value: 1 }] },
      }),
      aRule({ name: 'Bad 2', conditions: {} }),
      aRule({ name: 'Bad 3', conditions: null }),
      aRule({ name: 'Bad 4', event: { type: 'error' } }),
      aRule({
        name: 'Bad 5',
        conditions: { all: [{ fact: 'return.reason', operator: 'in', value: 3 }] },
      }),
    )
    await fc.assert(
      fc.asyncProperty(rules, facts, bad, fc.nat(6), async (list, seen, worse, place) => {
        const alone = await ask(list, seen)

        const mixed = list.toSpliced(place, 0, worse)
        const together = await inForce(forced(mixed)).evaluate('return.registered', seen as Facts)

        const others = together.filter((verdict) => verdict.rule !== worse['name'])
        expect(others.map((verdict) => ({ ...verdict, ruleSet: 'returns' }))).toEqual(alone)
      }),
    )
  })

  it('is not disturbed by other runs at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(facts, { minLength: 20, maxLength: 20 }),
        async (list, all) => {
          const inUse = inForce(ruleSetOf(aRuleSet({ rules: list })))
          const evaluate = (seen: Json) => inUse.evaluate('return.registered', seen as Facts)

          const atOnce = await Promise.all(all.map(evaluate))

          for (const [index, seen] of all.entries())
            expect(atOnce[index]).toEqual(await evaluate(seen))
        },
      ),
      { numRuns: 20 },
    )
  })

  it('changes neither rules nor facts', async () => {
    await fc.assert(
      fc.asyncProperty(rules, facts, async (list, seen) => {
        const copy = Object.fromEntries(
          Object.entries(seen).map(([key, value]) => [key, copyOf(value)]),
        )

        await ask(list, seen)

        expect(seen).toEqual(copy)
      }),
    )
  })
})

describe('checking random documents', { timeout: 60_000 }, () => {
  it('never throws, and lists only known places', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const checked = validateRuleSet(text, vocabulary)

        for (const issue of checked.issues) expect(issue.path).toMatch(/^(\/[^/]*)*$/)
      }),
      { numRuns: 500 },
    )
  })

  it('never throws on a good document with anything put anywhere', () => {
    const good = aRuleSet({ rules: [aRule({ limits: { perOrder: 1 } })] })
    const places = placesIn(good)
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 3 }), (place, value) => {
        const checked = check(replaceAt(good, place, value))

        if (checked.ok)
          expect(checked.issues.every((issue) => issue.severity === 'warning')).toBe(true)
        else expect(checked.issues.some((issue) => issue.severity === 'error')).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('takes every random rule set of ours', () => {
    fc.assert(
      fc.property(rules, (list) => {
        expect(check(aRuleSet({ rules: list })).issues).toEqual([])
      }),
    )
  })
})

const isKnownText = (name: string, value: unknown): boolean =>
  readingOf(
    { any: [{ fact: name, operator: 'equal', value: value as string }] },
    { [name]: value },
  ) !== 'unknown'

/** The conditions that a trace was made of. */
function shapeOf(trace: ConditionTrace): Condition {
  if (trace.kind === 'condition')
    return { fact: trace.fact, operator: trace.operator, value: trace.wanted } as Condition
  const of = trace.of.map(shapeOf)
  return (trace.kind === 'not' ? { not: of[0] } : { [trace.kind]: of }) as Condition
}

const copyOf = (value: unknown): unknown => (Array.isArray(value) ? [...value] : value)

function placesIn(value: unknown, place: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [place]
  return [place, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...place, key]))]
}

function replaceAt(document: unknown, place: readonly string[], value: unknown): unknown {
  const [key, ...rest] = place
  if (key === undefined || typeof document !== 'object' || document === null) return value
  const replaced = replaceAt((document as Json)[key], rest, value)
  if (Array.isArray(document)) return document.with(Number(key), replaced)
  return { ...document, [key]: replaced }
}
