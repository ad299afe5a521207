/** Rules as they were when they decided, read back from the store; a file that was changed since says nothing of them. */
import type { Decision, OrderState, StoreReader, Work } from '@postdelivery/core'
import {
  type Rule,
  type RuleSet,
  renderRule,
  ruleSetFromStored,
  type Vocabulary,
} from '@postdelivery/rules'
import { sayOptionsOf } from './rule-explanation.ts'

/** Rules of past decisions. */
export interface StoredRules {
  /** The rule that a decision names; undefined when its set was not kept. */
  ruleOf(decision: Pick<Decision, 'ruleSets'>, ruleSet: string, rule: string): Rule | undefined
}

/** Reads every rule set that these decisions name, each once. */
export async function readStoredRules(
  reader: Pick<StoreReader, 'ruleSet'>,
  decisions: readonly Pick<Decision, 'ruleSets'>[],
): Promise<StoredRules> {
  const refs = new Map(decisions.flatMap(({ ruleSets }) => ruleSets).map((ref) => [ref.hash, ref]))
  const sets = new Map<string, RuleSet>()
  for (const ref of refs.values()) {
    const content = await reader.ruleSet(ref)
    const set = content === undefined ? undefined : ruleSetFromStored(content, ref)
    if (set !== undefined) sets.set(ref.hash, set)
  }
  return {
    ruleOf(decision, ruleSet, rule) {
      const ref = decision.ruleSets.find(({ name }) => name === ruleSet)
      return sets.get(ref?.hash ?? '')?.rules.find(({ name }) => name === rule)
    },
  }
}

type DecisionReader = Pick<StoreReader, 'decision' | 'ruleSet'>

/** The sentences of the rules that asked for an order's commands, by command id. */
export async function readRuleSentences(
  reader: DecisionReader,
  order: OrderState,
  vocabulary: Vocabulary,
): Promise<ReadonlyMap<string, string>> {
  const asked = order.commands.filter(({ command }) => command.rule !== null)
  const sentences = new Map<string, string>()
  const eventIds = new Set(asked.map(({ command }) => command.eventId))
  for (const eventId of eventIds) {
    const decision = await reader.decision(order.orderId, eventId)
    if (decision === undefined) continue
    for (const [commandId, sentence] of await sentencesOf(reader, decision, vocabulary))
      sentences.set(commandId, sentence)
  }
  return sentences
}

async function sentencesOf(
  reader: DecisionReader,
  decision: Decision,
  vocabulary: Vocabulary,
): Promise<readonly (readonly [commandId: string, sentence: string])[]> {
  const rules = await readStoredRules(reader, [decision])
  const options = sayOptionsOf(decision.facts)
  return decision.actions.flatMap(({ ruleSet, rule: name, commandIds }) => {
    const rule = rules.ruleOf(decision, ruleSet ?? '', name ?? '')
    if (rule === undefined) return []
    return commandIds.map((id) => [id, renderRule(rule, vocabulary, options)] as const)
  })
}

/** Adds to work that waits for an approval the sentence of the rule that asked, as the detail `ruleSays`. */
export async function quoteRules(
  reader: DecisionReader,
  works: readonly Work[],
  vocabulary: Vocabulary,
): Promise<readonly Work[]> {
  const quoted: Work[] = []
  for (const work of works) {
    const { kind, orderId, eventId, commandId } = work
    const isApproval = kind === 'awaiting_approval' || kind === 'approval_expiring'
    const decision =
      isApproval && eventId !== undefined ? await reader.decision(orderId, eventId) : undefined
    const sentences = decision === undefined ? [] : await sentencesOf(reader, decision, vocabulary)
    const ruleSays = new Map(sentences).get(commandId ?? '')
    quoted.push(ruleSays === undefined ? work : { ...work, details: { ...work.details, ruleSays } })
  }
  return quoted
}
