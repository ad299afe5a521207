/** Why something was decided, and why something else was not: every rule that was asked, with what it saw. */
import {
  type CommandState,
  commandPhase,
  type DecidedAction,
  type Decision,
  type IsoInstant,
  type OrderState,
  type Settings,
  type Stop,
  type Store,
  type StoreReader,
} from '@postdelivery/core'
import {
  type ActionReasons,
  type CustomerAction,
  type CustomerNote,
  customerNote,
  explainAction,
  type LimitFlip,
  limitFlipOf,
  type NearMiss,
  nearMissesOf,
  type Vocabulary,
} from '@postdelivery/rules'
import { type CommandStanding, standingOf } from './command-standing.ts'
import { explainRule, type RuleExplanation, sayOptionsOf } from './rule-explanation.ts'
import { readStoredRules, type StoredRules } from './stored-rules.ts'

/** One action, explained. */
export interface ActionExplanation extends ActionReasons {
  readonly ruleSet: string | null
  readonly rule: string | null
  readonly commandIds: readonly string[]
  /** Its commands as they stand now, not as they stood when it was decided. */
  readonly commands: readonly CommandStanding[]
  /** The limit that its waiting commands would have to pass, the first that is known; null when none waits. */
  readonly limitFlip: LimitFlip | null
}

/** One decision, explained. */
export interface Explanation {
  /** Of this form; fields may be added without a new one. */
  readonly schemaVersion: 1
  readonly eventId: string
  readonly eventType: string
  readonly decidedAt: string
  readonly summary: string
  /** The code with which the event itself was refused, or null. */
  readonly refusal: string | null
  /** What evaluated, with its version. */
  readonly evaluator: string
  readonly ruleSets: Decision['ruleSets']
  readonly fired: readonly RuleExplanation[]
  readonly silent: readonly RuleExplanation[]
  /** Silent rules that one fact kept from firing, the nearest first. */
  readonly nearMisses: readonly NearMiss[]
  /** What became of each action that was asked for, as it was recorded. */
  readonly actions: Decision['actions']
  /** The same in words, with the smallest change that would have let it. */
  readonly outcomes: readonly ActionExplanation[]
  /** What support may tell the customer. */
  readonly customer: CustomerNote
}

/** What an explanation is read with. */
export interface ExplainContext {
  readonly vocabulary: Vocabulary
  /** The rules as they were. */
  readonly rules: StoredRules
  /** The order now, which says what became of the commands; null when it is not registered. */
  readonly order: OrderState | null
  /** What of the kill switch stands now. */
  readonly stops: readonly Stop[]
  /** In observe mode nothing is sent. */
  readonly settings: Pick<Settings, 'observe'>
  readonly now: IsoInstant
}

/** Explains decisions of one order, with the rules as the store kept them. */
export async function explainDecisions(
  reader: Pick<StoreReader, 'ruleSet'> & Pick<Store, 'stops'>,
  decisions: readonly Decision[],
  context: Omit<ExplainContext, 'rules' | 'stops'>,
): Promise<readonly Explanation[]> {
  const rules = await readStoredRules(reader, decisions)
  const stops = await reader.stops()
  return decisions.map((decision) => explainDecision(decision, { ...context, rules, stops }))
}

/** Explains a decision from its record; rules are not asked again. Pure. */
function explainDecision(decision: Decision, context: ExplainContext): Explanation {
  const { vocabulary } = context
  const { facts } = decision
  const rules = decision.rules.map((verdict) => {
    const rule = context.rules.ruleOf(decision, verdict.ruleSet, verdict.rule)
    return explainRule(verdict, { facts, rule, vocabulary })
  })
  return {
    schemaVersion: 1,
    eventId: decision.eventId,
    eventType: decision.eventType,
    decidedAt: decision.decidedAt,
    summary: decision.summary,
    refusal: decision.refusal?.code ?? null,
    evaluator: decision.evaluator,
    ruleSets: decision.ruleSets,
    fired: rules.filter((rule) => rule.verdict === 'true'),
    silent: rules.filter((rule) => rule.verdict !== 'true'),
    nearMisses: nearMissesOf(decision.rules, facts, vocabulary, sayOptionsOf(facts)),
    actions: decision.actions,
    outcomes: decision.actions.map((action) => explainOutcome(action, decision, context)),
    customer: customerNote(
      decision.refusal === undefined ? decision.eventType : '',
      decision.actions.flatMap((action) => customerActions(action, context)),
    ),
  }
}

function explainOutcome(
  action: DecidedAction,
  decision: Decision,
  context: ExplainContext,
): ActionExplanation {
  const { ruleSet, rule, commandIds } = action
  const verdict = decision.rules.find((each) => each.ruleSet === ruleSet && each.rule === rule)
  const reasons = explainAction(action, {
    ...sayOptionsOf(decision.facts),
    ...(verdict === undefined ? {} : { params: verdict.action.params }),
    facts: decision.facts,
  })
  const current = commandsNow(action, context)
  const limitFlips = current.map(({ state }) => limitFlipOfCommand(state))
  const commands = current.map(({ standing }) => standing)
  const limitFlip = limitFlips.find((each) => each !== null) ?? null
  return { ...reasons, ruleSet, rule, commandIds, commands, limitFlip }
}

interface CommandNow {
  readonly state: CommandState
  readonly standing: CommandStanding
}

/** The commands of an action as they stand now. */
function commandsNow(
  { commandIds }: DecidedAction,
  { order, ...world }: ExplainContext,
): readonly CommandNow[] {
  if (order === null) return []
  return order.commands
    .filter(({ command }) => commandIds.includes(command.id))
    .map((state) => ({ state, standing: standingOf(state, { ...world, order }) }))
}

function limitFlipOfCommand(state: CommandState): LimitFlip | null {
  const { command, chart } = state
  const { why } = chart.context
  if (commandPhase(state) !== 'awaitingApproval' || why === null) return null
  const { body, currency } = command
  return limitFlipOf({
    why,
    currency,
    refundMinor: body.operation === 'refundOrder' ? body.refundMinor : 0,
    feeMinor: body.operation === 'extendDueDate' ? body.feeMinor : 0,
  })
}

/** One for each command, because each is a refund or an extension of its own for the customer. */
function customerActions(
  action: DecidedAction,
  context: ExplainContext,
): readonly CustomerAction[] {
  const { type, outcome } = action
  const commands = commandsNow(action, context)
  if (commands.length === 0) return [{ type, outcome }]
  return commands.map(({ state, standing: { phase, isHeld } }) => {
    const { body, currency } = state.command
    return {
      type,
      outcome,
      phase,
      isHeld,
      currency,
      ...(body.operation === 'refundOrder' ? { refundMinor: body.refundMinor } : {}),
      ...(body.operation === 'extendDueDate' ? { extensionDays: body.numberOfDays } : {}),
    }
  })
}
