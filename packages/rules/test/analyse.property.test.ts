/** The analysis against brute force: every verdict that conditions come to on every elementary point. */
import type { Facts, FactValue, Verdict } from '@postdelivery/core'
import {
  type Analysis,
  boundariesOf,
  type Condition,
  comparisonsIn,
  contains,
  covers,
  createSpace,
  createVocabulary,
  intersectRegions,
  isEmpty,
  isEverywhere,
  overlapOf,
  type Region,
  regionWhere,
  subtractRegions,
  uniteRegions,
  type Vocabulary,
  withinBudget,
  witnessOf,
} from '@postdelivery/rules'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownFacts, traceConditions } from '../src/trace.ts'
import { conditionsOver } from './arbitraries.ts'

const NAMES = [
  'return.stage',
  'order.payLater',
  'time.daysToDueDate',
  'order.refundableMinor',
  'return.references',
  'customer.birthday',
  'customer.tier',
]
const vocabulary = vocabularyOf()
const conditions = conditionsOver(NAMES.flatMap((name) => vocabulary.definitionOf(name) ?? []))
const space = createSpace(vocabulary)
const definitions = new Map(vocabulary.definitions.map((each) => [each.name, each]))
const VERDICTS: readonly Verdict[] = ['true', 'false', 'unknown']
const POINT_MAX_COUNT = 1500

function vocabularyOf(): Vocabulary {
  const made = createVocabulary([
    {
      name: 'customer.birthday',
      type: 'date',
      nullable: false,
      sentence: 'a day',
      source: 'static',
    },
    { name: 'customer.tier', type: 'text', nullable: false, sentence: 'tier', source: 'static' },
  ])
  if (!made.ok) throw new Error('the facts are good')
  return made.value
}

const within = <Found>(analyse: (analysis: Analysis) => Found): Found => {
  const found = withinBudget(5_000_000, (budget) => analyse({ space, budget }))
  if (found === undefined) throw new Error('the budget is spent')
  return found
}

/** Every combination of elementary values, or undefined when there are too many to try. */
function pointsOf(all: readonly Condition[]): readonly Facts[] | undefined {
  let points: readonly Facts[] = [{}]
  for (const [fact, values] of boundariesOf(all, space)) {
    if (points.length * values.length > POINT_MAX_COUNT) return undefined
    points = points.flatMap((point) => values.map((value) => withValue(point, fact, value)))
  }
  return points
}

const withValue = (point: Facts, fact: string, value: FactValue | undefined): Facts =>
  value === undefined ? point : { ...point, [fact]: value }

const verdictAt = (condition: Condition, facts: Facts): Verdict =>
  traceConditions(condition, knownFacts(facts, definitions), definitions).verdict

const isTrueAt = (condition: Condition) => (facts: Facts) => verdictAt(condition, facts) === 'true'

describe('regions', () => {
  it('hold exactly the points where the conditions come to the verdict', () => {
    fc.assert(
      fc.property(conditions, (condition) => {
        const points = pointsOf([condition])
        fc.pre(points !== undefined)
        for (const verdict of VERDICTS) {
          const region = within((analysis) => regionWhere(condition, verdict, analysis))
          for (const point of points ?? [])
            expect(contains(region, point, space), JSON.stringify({ point, verdict })).toBe(
              verdictAt(condition, point) === verdict,
            )
        }
      }),
      { numRuns: 250 },
    )
  })

  it('say never, always, implied and apart as brute force does', () => {
    fc.assert(
      fc.property(conditions, conditions, (one, other) => {
        const points = pointsOf([one, other])
        fc.pre(points !== undefined)
        const [isOne, isOther] = [isTrueAt(one), isTrueAt(other)]
        const all = points ?? []
        const found = within((analysis) => {
          const a = regionWhere(one, 'true', analysis)
          const b = regionWhere(other, 'true', analysis)
          return {
            isNever: isEmpty(a),
            isAlways: isEverywhere(a, analysis),
            implies: covers(b, a, analysis),
            isApart: overlapOf(a, b, analysis) === undefined,
          }
        })

        expect(found).toEqual({
          isNever: !all.some(isOne),
          isAlways: all.every(isOne),
          implies: all.filter(isOne).every(isOther),
          isApart: !all.filter(isOne).some(isOther),
        })
      }),
      { numRuns: 300 },
    )
  })

  it('are joined, cut and subtracted point by point', () => {
    fc.assert(
      fc.property(conditions, conditions, (one, other) => {
        const points = pointsOf([one, other])
        fc.pre(points !== undefined)
        const found = within((analysis) => {
          const a = regionWhere(one, 'true', analysis)
          const b = regionWhere(other, 'true', analysis)
          return {
            both: intersectRegions(a, b, analysis),
            either: uniteRegions(a, b, analysis),
            only: subtractRegions(a, b, analysis),
          }
        })
        for (const point of points ?? []) {
          const [isOne, isOther] = [isTrueAt(one)(point), isTrueAt(other)(point)]
          expect({
            both: contains(found.both, point, space),
            either: contains(found.either, point, space),
            only: contains(found.only, point, space),
          }).toEqual({ both: isOne && isOther, either: isOne || isOther, only: isOne && !isOther })
        }
      }),
      { numRuns: 200 },
    )
  })

  it('name witnesses of their verdict', () => {
    const boxesOf = (condition: Condition, verdict: Verdict): Region =>
      within((analysis) => regionWhere(condition, verdict, analysis))
    fc.assert(
      fc.property(conditions, fc.constantFrom(...VERDICTS), (condition, verdict) => {
        const facts = comparisonsIn(condition).map(({ fact }) => fact)
        for (const box of boxesOf(condition, verdict))
          expect(verdictAt(condition, witnessOf(box, space, facts))).toBe(verdict)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the budget', () => {
  it('ends an analysis that would grow without bound', () => {
    const pair = (index: number): Condition => ({
      any: [
        { fact: 'return.references', operator: 'contains', value: `a${index}` },
        { fact: 'customer.tier', operator: 'equal', value: `b${index}` },
        { fact: 'return.references', operator: 'contains', value: `c${index}` },
      ],
    })
    const condition: Condition = { all: Array.from({ length: 60 }, (_, index) => pair(index)) }

    expect(
      withinBudget(100_000, (budget) => regionWhere(condition, 'true', { space, budget })),
    ).toBeUndefined()
  })
})
