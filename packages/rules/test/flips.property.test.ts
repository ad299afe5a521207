import type { Facts, FactValue } from '@postdelivery/core'
import { compileRules, flipsOf, type Rule } from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { facts as anyFacts, conditions } from './arbitraries.ts'
import { aRule, forced, type Json, vocabulary } from './builders.ts'

const MAX = Number.MAX_SAFE_INTEGER
const TEXTS = ['a', 'b', 'A', '', 'constructor', 'length', 'none of these']

/** Every value that could matter to the rules that are drawn here. */
const VALUES: Readonly<Record<string, readonly FactValue[]>> = {
  'return.reason': TEXTS,
  'return.stage': ['registered', 'received', 'inspected'],
  'order.payLater': [true, false],
  'time.daysToDueDate': [-3, -2, -1, 0, 1, 2, 3, 4, MAX - 2, MAX - 1, MAX],
  'return.valueMinor': [0, 1, 2, 3, 4, MAX - 2, MAX - 1, MAX],
}

/** Lists differ by the entries that rules can name. */
function listsAround(seen: unknown): readonly FactValue[] {
  const entries = Array.isArray(seen) ? (seen as readonly string[]) : []
  const named = TEXTS.slice(0, 6)
  return Array.from({ length: 2 ** named.length }, (_, bits) => [
    ...entries.filter((entry) => !named.includes(entry)),
    ...named.filter((_each, index) => (bits >> index) % 2 === 1),
  ])
}

const fires = (rule: Json, facts: Json): boolean =>
  compileRules(vocabulary, [forced([rule])]).fired('return.registered', facts as Facts).length > 0

function namesIn(condition: unknown): readonly string[] {
  const node = condition as Json
  if ('fact' in node) return [node['fact'] as string]
  const inner = (node['all'] ?? node['any'] ?? [node['not']]) as readonly unknown[]
  return [...new Set(inner.flatMap(namesIn))]
}

const isNumberOrText = (value: unknown) => typeof value === 'number' || typeof value === 'string'
const isFact = (name: string, value: unknown): boolean =>
  name === 'return.references'
    ? Array.isArray(value) && value.every((each) => typeof each === 'string')
    : name === 'order.payLater'
      ? typeof value === 'boolean'
      : isNumberOrText(value) &&
        typeof value === typeof VALUES[name]?.[0] &&
        !Number.isNaN(value) &&
        (typeof value === 'string' || Number.isSafeInteger(value))

function distance(name: string, from: unknown, to: FactValue): number {
  if (name === 'return.references') {
    const before = Array.isArray(from) ? (from as readonly string[]) : []
    const after = to as readonly string[]
    const named = new Set(TEXTS)
    if (!isFact(name, from)) return Number.NaN
    return [...named].filter((each) => before.includes(each) !== after.includes(each)).length
  }
  if (typeof from !== 'number' || typeof to !== 'number' || !isFact(name, from)) return 1
  return Math.abs(to - from) / (name.endsWith('Minor') ? 100 : 1)
}

/** The least distance by which changing exactly these facts turns the rule round. */
function nearest(rule: Json, facts: Json, names: readonly string[]): number {
  const before = fires(rule, facts)
  const compiled = compileRules(vocabulary, [forced([rule])])
  let best = Number.POSITIVE_INFINITY
  const walk = (index: number, changed: Json, far: number): void => {
    const name = names[index]
    if (name === undefined) {
      const after = compiled.fired('return.registered', changed as Facts).length > 0
      if (after !== before) best = Math.min(best, far)
      return
    }
    const values = name === 'return.references' ? listsAround(facts[name]) : (VALUES[name] ?? [])
    for (const value of values) {
      const by = distance(name, facts[name], value)
      walk(index + 1, { ...changed, [name]: value }, far + (Number.isNaN(by) ? 1 : by))
    }
  }
  walk(0, facts, 0)
  return best
}

const subsets = (names: readonly string[], size: number): readonly (readonly string[])[] =>
  size === 0
    ? [[]]
    : names.flatMap((name, index) =>
        subsets(names.slice(index + 1), size - 1).map((others) => [name, ...others]),
      )

const options = { maxCount: 100 }

describe('flips, against brute force', () => {
  it('change the fewest facts, find every such set, and change each the least', () => {
    let compared = 0
    fc.assert(
      fc.property(conditions, anyFacts, (drawn, facts) => {
        const rule = aRule({ conditions: drawn })
        const found = flipsOf(rule as unknown as Rule, facts as Facts, vocabulary, options)
        const names = namesIn(drawn)
        const sizes = new Set(found.flips.map(({ changes }) => changes.length))
        expect(sizes.size).toBeLessThan(2)
        const size = Math.min(found.flips[0]?.changes.length ?? 3, 3)
        for (let smaller = 1; smaller <= Math.min(size, 2); smaller += 1) {
          for (const subset of subsets(names, smaller)) {
            const flip = found.flips.find(({ changes }) =>
              changes.every(({ fact }) => subset.includes(fact)),
            )
            const least = nearest(rule, facts, subset)
            const isList = subset.includes('return.references')
            if (flip === undefined) expect(least).toBe(Number.POSITIVE_INFINITY)
            else if (!isList || isFact('return.references', facts['return.references'])) {
              expect(flip.distance).toBeCloseTo(least, 5)
              compared += 1
            }
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(compared).toBeGreaterThan(150)
  })

  it('come out as they say when the changed facts are evaluated', () => {
    fc.assert(
      fc.property(conditions, anyFacts, (drawn, facts) => {
        const rule = aRule({ conditions: drawn })
        const before = fires(rule, facts)
        const found = flipsOf(rule as unknown as Rule, facts as Facts, vocabulary, options)
        expect(found.to).toBe(before ? 'silent' : 'fires')
        for (const { changes } of found.flips) {
          const changed = Object.fromEntries(changes.map(({ fact, to }) => [fact, to]))
          expect(fires(rule, { ...facts, ...changed })).toBe(!before)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
