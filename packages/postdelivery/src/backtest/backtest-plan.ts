/** What a backtest is asked for, as plain data that every worker can be given. */
import type { FactDefinition, IsoInstant, Settings } from '@postdelivery/core'
import {
  type CompiledRules,
  compileRules,
  createVocabulary,
  type RuleSetFile,
  type Vocabulary,
  validateRuleSets,
} from '@postdelivery/rules'

/** Two versions of rules, and the world in which past orders are replayed. */
export interface BacktestPlan {
  /** The texts of the rule sets that would have been in force. */
  readonly before: readonly RuleSetFile[]
  readonly after: readonly RuleSetFile[]
  /** The merchant's own facts, without their loaders. */
  readonly ownFacts: readonly FactDefinition[]
  readonly settings: Settings
  /** How far each order is told after its last event, so that deadlines come; null: no further. */
  readonly until: IsoInstant | null
  /** Decides each order once, at its last event, and carries nothing on. */
  readonly once: boolean
  /** People agree at once to what waits for them; otherwise nobody answers, and it expires. */
  readonly peopleAgree: boolean
  /** How many changed orders are kept as examples. */
  readonly exampleMaxCount: number
}

/** Both versions, checked and compiled. */
export interface Versions {
  readonly before: CompiledRules
  readonly after: CompiledRules
}

/** Compiles both versions. Throws: `Error` when a text is not good; the command checks texts before it plans. */
export function compileVersions(plan: BacktestPlan): Versions {
  const vocabulary = createVocabulary(plan.ownFacts)
  if (!vocabulary.ok) throw new Error('the facts of a backtest are declared wrongly')
  return {
    before: compileFiles(plan.before, vocabulary.value),
    after: compileFiles(plan.after, vocabulary.value),
  }
}

function compileFiles(files: readonly RuleSetFile[], vocabulary: Vocabulary): CompiledRules {
  const checked = validateRuleSets(files, vocabulary)
  if (!checked.ok) throw new Error(`\`${checked.issues[0]?.file}\` is no good rule set`)
  return compileRules(vocabulary, checked.ruleSets)
}
