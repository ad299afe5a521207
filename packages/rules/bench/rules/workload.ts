/** The rules and the orders of the benchmark, from a seed. */
import type { Facts, FactValue } from '@postdelivery/core'
import type { Operand, OperatorName } from '@postdelivery/rules'

/** One comparison of a rule. */
export interface Test {
  readonly fact: string
  readonly operator: OperatorName
  readonly value: Operand
}

/** Rules by their index; all tests of a rule must hold. */
export interface Workload {
  readonly rules: readonly (readonly Test[])[]
  /** The facts of one order each. */
  readonly orders: readonly Facts[]
  /** The same under names without dots, for engines that read a dot as a path. */
  readonly flatOrders: readonly Facts[]
}

/** The event that wakes all rules. */
export const EVENT_TYPE = 'return.registered'

const ORDER_COUNT = 500
const TEST_COUNT = 3

interface TextFact {
  readonly words: readonly string[]
}
interface NumberFact {
  readonly max: number
}

const TEXTS: Readonly<Record<string, TextFact>> = {
  'return.reason': { words: ['damaged', 'wrong_item', 'late', 'too_small', 'no_longer_wanted'] },
  'return.condition': { words: ['new', 'opened', 'used', 'broken'] },
  'return.stage': { words: ['registered', 'received', 'inspected'] },
  'order.country': { words: ['SE', 'NO', 'DK', 'FI', 'DE', 'AT', 'NL', 'GB'] },
  'order.paymentMethod': { words: ['INVOICE', 'FIXED_AMOUNT', 'PAY_NOW', 'DIRECT_DEBIT'] },
}
const NUMBERS: Readonly<Record<string, NumberFact>> = {
  'time.daysToDueDate': { max: 60 },
  'time.daysSinceDelivery': { max: 90 },
  'return.valueMinor': { max: 500_000 },
  'return.sharePercent': { max: 100 },
  'order.capturedMinor': { max: 1_000_000 },
}
const FLAG = 'order.payLater'
const LIST = 'return.references'
const REFERENCES = Array.from({ length: 40 }, (_, index) => `sku-${index}`)

/** All twelve facts. */
export const FACT_NAMES: readonly string[] = [
  ...Object.keys(TEXTS),
  ...Object.keys(NUMBERS),
  FLAG,
  LIST,
]

/** A name without dots. */
export const flatName = (fact: string): string => fact.replaceAll('.', '_')

/** Makes the rules and orders; the same for the same number of rules. */
export function makeWorkload(ruleCount: number): Workload {
  const random = randomFrom(ruleCount)
  const rules = Array.from({ length: ruleCount }, () =>
    pickSome(FACT_NAMES, TEST_COUNT, random).map((fact) => makeTest(fact, random)),
  )
  const orders = Array.from({ length: ORDER_COUNT }, () => makeFacts(random))
  const flatOrders = orders.map(flattened)
  return { rules, orders, flatOrders }
}

type Random = (bound: number) => number

/** Whole numbers below a bound (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * bound)
  }
}

function pickSome<Value>(list: readonly Value[], count: number, random: Random): Value[] {
  const rest = [...list]
  return Array.from({ length: count }, () => rest.splice(random(rest.length), 1)).flat()
}

const pick = <Value>(list: readonly Value[], random: Random): Value =>
  list[random(list.length)] as Value

function makeTest(fact: string, random: Random): Test {
  const words = TEXTS[fact]?.words
  if (words !== undefined) {
    const operator = pick(['equal', 'equal', 'in', 'notIn'] as const, random)
    const isList = operator === 'in' || operator === 'notIn'
    return { fact, operator, value: isList ? pickSome(words, 2, random) : pick(words, random) }
  }
  const number = NUMBERS[fact]
  if (number !== undefined) {
    const operator = pick(
      ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive'] as const,
      random,
    )
    return { fact, operator, value: random(number.max) }
  }
  if (fact === FLAG) return { fact, operator: 'equal', value: random(2) === 0 }
  const operator = pick(['contains', 'contains', 'doesNotContain'] as const, random)
  return { fact, operator, value: pick(REFERENCES, random) }
}

function makeFacts(random: Random): Facts {
  const facts: Record<string, FactValue> = {}
  for (const [name, { words }] of Object.entries(TEXTS)) facts[name] = pick(words, random)
  for (const [name, { max }] of Object.entries(NUMBERS)) facts[name] = random(max)
  facts[FLAG] = random(2) === 0
  facts[LIST] = pickSome(REFERENCES, 1 + random(3), random)
  return facts
}

const flattened = (facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [flatName(name), value]))
