/** Every public name of rules, grouped by concept; the only barrel. */

export type { ActionParam } from './action-params.ts'
export { ACTION_PARAMS } from './action-params.ts'
export { explainVerdict } from './explain.ts'
export type { Issue, IssueCode } from './issues.ts'
export { ISSUES } from './issues.ts'
export type { JsonSchema } from './json-schema.ts'
export type { Operand, OperatorDefinition, OperatorName } from './operators.ts'
export { judge, OPERATORS } from './operators.ts'
export type { ReplaceableRuleBook } from './rule-book.ts'
export { createRuleBook } from './rule-book.ts'
export type { Comparison, Condition, ConditionGroup, Rule, RuleSet } from './rule-set.ts'
export { checkActivation, hashOf, RULE_SET_LIMITS, refOf } from './rule-set.ts'
export { createRuleSetSchema } from './rule-set-schema.ts'
export type {
  FileIssue,
  RuleSetCheck,
  RuleSetFile,
  RuleSetsCheck,
} from './validate.ts'
export { validateRuleSet, validateRuleSets } from './validate.ts'
export type {
  FactLoader,
  FactSubject,
  FactValueByType,
  OwnFact,
  Vocabulary,
} from './vocabulary.ts'
export { builtInVocabulary, createVocabulary, defineFact } from './vocabulary.ts'
