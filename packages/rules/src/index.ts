/** Every public name of rules, grouped by concept; the only barrel. */

export type { ActionParam } from './action-params.ts'
export { ACTION_PARAMS } from './action-params.ts'
export type { Budget } from './analyse/budget.ts'
export { withinBudget } from './analyse/budget.ts'
export { boundariesOf, comparisonsIn } from './analyse/cells.ts'
export type { FactSet, ValueSet } from './analyse/fact-set.ts'
export type { Range, Ranges } from './analyse/ranges.ts'
export type { Analysis } from './analyse/regions.ts'
export {
  contains,
  covers,
  EVERYWHERE,
  intersectRegions,
  isEmpty,
  isEverywhere,
  NOWHERE,
  overlapOf,
  regionWhere,
  subtractRegions,
  uniteRegions,
  witnessOf,
} from './analyse/regions.ts'
export type { Box, Region, Space } from './analyse/space.ts'
export { createSpace } from './analyse/space.ts'
export type { CostBudget, Exceeded } from './backtest/cost-budget.ts'
export { exceededBudgets, MEASURES, readCostBudget } from './backtest/cost-budget.ts'
export type { DayLimitRow, RuleDayLimits } from './backtest/day-limits.ts'
export type {
  ChangedDecision,
  ReplayedAction,
  ReplayedDecision,
  ReplayedOrder,
  Side,
} from './backtest/replay.ts'
export { changedDecisions } from './backtest/replay.ts'
export type { BacktestReport, Pair } from './backtest/report.ts'
export { reportOf } from './backtest/report.ts'
export type { Cell, ChangedOrder, Tally } from './backtest/tally.ts'
export { mergeTally, startTally, tallyOrder } from './backtest/tally.ts'
export { checkRuleTests } from './cases/check-rule-tests.ts'
export type { ComparisonCoverage, Coverage, RuleCoverage, SeenVerdicts } from './cases/coverage.ts'
export { coverageOf } from './cases/coverage.ts'
export type { Killer } from './cases/find-killer.ts'
export type { Difference } from './cases/judge-verdicts.ts'
export type { Mutant } from './cases/mutants.ts'
export { mutantsOf } from './cases/mutants.ts'
export type { ProposedCase, WrittenCase } from './cases/propose-cases.ts'
export { proposeCases } from './cases/propose-cases.ts'
export type { RuleTestsCheck } from './cases/read-rule-tests.ts'
export { readRuleTests } from './cases/read-rule-tests.ts'
export type {
  ExpectedAction,
  ExpectedDecision,
  ExpectedFiring,
  ExpectedSilence,
  ExpectedVerdicts,
  FactsCase,
  RuleTests,
  StoryCase,
  StoryStep,
  TestCase,
} from './cases/rule-tests.ts'
export { RULE_TEST_LIMITS } from './cases/rule-tests.ts'
export { createRuleTestsSchema } from './cases/rule-tests-schema.ts'
export type { CaseResult, RuleTestsRun } from './cases/run-rule-tests.ts'
export { runRuleTests } from './cases/run-rule-tests.ts'
export type { MutationScore, Survivor } from './cases/score-mutants.ts'
export { scoreMutants } from './cases/score-mutants.ts'
export type { CompiledRule, CompiledRules } from './compile/compile.ts'
export { compileRules } from './compile/compile.ts'
export type { Change, ChangedPart, Effect, RuleSetsDiff, Witness } from './diff/change.ts'
export { diffRuleSets } from './diff/diff-rule-sets.ts'
export { renderDiff } from './diff/render-diff.ts'
export type { Said } from './diff/version.ts'
export type { CustomerAction, CustomerNote } from './explain/customer-note.ts'
export { customerNote } from './explain/customer-note.ts'
export type { Distance } from './explain/distance.ts'
export { distanceOf } from './explain/distance.ts'
export { explainVerdict } from './explain/explain.ts'
export type { ActionContext, ActionReasons } from './explain/explain-action.ts'
export { explainAction } from './explain/explain-action.ts'
export type { FactWords } from './explain/fact-words.ts'
export { factsWithWords, wordsOf } from './explain/fact-words.ts'
export type { Flip, Flips, FlipsOptions } from './explain/flips.ts'
export { flipsOf } from './explain/flips.ts'
export type { LimitFlip, WaitingCommand } from './explain/limit-flip.ts'
export { limitFlipOf } from './explain/limit-flip.ts'
export type { NearMiss } from './explain/near-misses.ts'
export { conditionsOf, nearMissesOf } from './explain/near-misses.ts'
export type { ParamFlip } from './explain/param-flip.ts'
export { renderAction } from './explain/render-action.ts'
export { renderComparison, renderConditions } from './explain/render-conditions.ts'
export { renderRule, sayEvent } from './explain/render-rule.ts'
export type { FactChange } from './explain/say-changes.ts'
export type { SayOptions } from './explain/say-value.ts'
export type { Reason, RuleReasons } from './explain/why-rule.ts'
export { whyRule } from './explain/why-rule.ts'
export type { TextEdit } from './fixes.ts'
export { applyEdits } from './fixes.ts'
export { formatJson, formatRuleSet } from './format-rule-set.ts'
export type { ImportOptions, RuleImport } from './import/import-json-rules-engine.ts'
export { importJsonRulesEngine } from './import/import-json-rules-engine.ts'
export type { ExamplePart, IssueExample } from './issue-examples/example.ts'
export { issuesOfExample } from './issue-examples/run-example.ts'
export { ISSUE_EXAMPLES } from './issue-examples.ts'
export type { Issue, IssueCode, Repair } from './issues.ts'
export { ISSUES } from './issues.ts'
export type { JsonSchema } from './json-schema.ts'
export type { LintIssue } from './lint.ts'
export { lintRuleSets } from './lint.ts'
export type { Operand, OperatorDefinition, OperatorName } from './operators.ts'
export { judge, OPERATORS } from './operators.ts'
export { readFactSet } from './read-fact-set.ts'
export type { ReplaceableRuleBook } from './rule-book.ts'
export { createRuleBook } from './rule-book.ts'
export type { Comparison, Condition, ConditionGroup, Rule, RuleSet } from './rule-set.ts'
export { checkActivation, hashOf, RULE_SET_LIMITS, refOf, ruleSetFromStored } from './rule-set.ts'
export { createRuleSetSchema } from './rule-set-schema.ts'
export { rulesInForceOf } from './rules-in-force.ts'
export { simulatedRulesOf } from './simulated-rules.ts'
export type { LinePlace, SourcePlaces } from './source-places.ts'
export { placesOf } from './source-places.ts'
export { didYouMean } from './suggest.ts'
export type { ComparisonTrace } from './trace.ts'
export type { FileIssue, RuleSetCheck, RuleSetFile, RuleSetsCheck } from './validate.ts'
export { validateRuleSet, validateRuleSets } from './validate.ts'
export type { FactLoader, FactSubject, FactValueByType, OwnFact, Vocabulary } from './vocabulary.ts'
export { builtInVocabulary, createVocabulary, defineFact } from './vocabulary.ts'
