/** Gives hostile texts to everything that reads or runs rules, and watches what happens. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Facts } from '@postdelivery/core'
import {
  builtInVocabulary,
  compileRules,
  createRuleBook,
  formatRuleSet,
  lintRuleSets,
  type RuleSet,
  validateRuleSet,
} from '@postdelivery/rules'
import { createDice, HOSTILE_FACTS, hostileText } from './texts.ts'

/** What came of hostile texts. */
export interface HostileRun {
  readonly fileCount: number
  readonly takenCount: number
  readonly refusedCount: number
  /** Each with the seed that makes its text again. */
  readonly faults: readonly string[]
  /** The longest evaluation of all rules of a file on one event, the best of its tries. */
  readonly worstEvaluationMs: number
  /** The longest reading and analysis of a file, the best of its tries. */
  readonly worstLintMs: number
}

/** The requirement: no evaluation takes longer. */
const EVALUATION_MAX_MS = 50
/** A slow one is tried again, so that a process that had to wait is not blamed. */
const TRY_MAX_COUNT = 5

const vocabulary = builtInVocabulary()
const ATTACKS = new URL('../../test/fixtures/attacks/', import.meta.url)

/** Tries so many texts, one seed each. Throws: never; what goes wrong is in the list of faults. */
export async function tryHostileTexts(fileCount: number, firstSeed: number): Promise<HostileRun> {
  const attacks = readdirSync(ATTACKS).map((name) => readFileSync(new URL(name, ATTACKS), 'utf8'))
  const before = globalsNow()
  const faults: string[] = []
  let takenCount = 0
  let worstEvaluationMs = 0
  let worstLintMs = 0
  for (let seed = firstSeed; seed < firstSeed + fileCount; seed += 1) {
    try {
      const text = hostileText(createDice(seed), attacks)
      const file = { file: 'hostile', text }
      const lintMs = bestMs(() => lintRuleSets([file], vocabulary), worstLintMs)
      worstLintMs = Math.max(worstLintMs, lintMs)
      if (seed % 4 === 0) formatRuleSet(text)
      const check = validateRuleSet(text, vocabulary)
      if (check.ok) {
        takenCount += 1
        const evaluationMs = await evaluate(check.ruleSet, seed, worstEvaluationMs)
        worstEvaluationMs = Math.max(worstEvaluationMs, evaluationMs)
        if (evaluationMs > EVALUATION_MAX_MS)
          faults.push(`seed ${seed}: evaluates for ${evaluationMs} ms`)
      }
      if (globalsNow() !== before) faults.push(`seed ${seed}: changes what all code shares`)
    } catch (error) {
      faults.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return {
    fileCount,
    takenCount,
    refusedCount: fileCount - takenCount,
    faults,
    worstEvaluationMs,
    worstLintMs,
  }
}

/** Every tenth set goes through the checked engine as well, which is slower. */
async function evaluate(ruleSet: RuleSet, seed: number, worstMs: number): Promise<number> {
  const compiled = compileRules(vocabulary, [ruleSet])
  let slowestMs = 0
  for (const given of HOSTILE_FACTS) {
    const facts = given as Facts
    for (const eventType of new Set(ruleSet.rules.flatMap((rule) => rule.on))) {
      const limit = Math.max(worstMs, slowestMs)
      slowestMs = Math.max(
        slowestMs,
        bestMs(() => compiled.verdicts(eventType, facts), limit),
      )
    }
  }
  if (seed % 10 === 0) {
    const book = createRuleBook(vocabulary, [ruleSet])
    const [facts] = HOSTILE_FACTS
    const eventType = ruleSet.rules[0]?.on[0] ?? ''
    if (book.ok) await book.value.inForce().evaluate(eventType, facts as Facts)
  }
  return slowestMs
}

/** Milliseconds of a run; of one that would be the longest so far, the best of several. */
function bestMs(run: () => unknown, worstMs: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let count = 0; count < TRY_MAX_COUNT; count += 1) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
    if (best <= worstMs) break
  }
  return best
}

/** Names that an attack would leave behind. */
const globalsNow = (): string =>
  [
    Object.getOwnPropertyNames(globalThis).length,
    Object.getOwnPropertyNames(Object.prototype).length,
    Object.getOwnPropertyNames(Array.prototype).length,
    Object.getOwnPropertyNames(Function.prototype).length,
  ].join(' ')
