/** Simulates orders by the million: what fired and what became of it, without a trace, a hash or a sentence. */
import { type ActionType, parseAction } from '../actions.ts'
import { type Command, captureOf, type Operation, type PreparedRequest } from '../commands.ts'
import type { DecidedAction, RuleVerdict } from '../decision.ts'
import type { OrderEvent, ReportedEvent } from '../events.ts'
import { extensionFacts, factsNamed } from '../facts-of.ts'
import type { DueDateOptions } from '../klarna-order.ts'
import { applyEventWith } from '../lifecycle/apply-event.ts'
import { subjectCaptureId } from '../lifecycle/apply-report.ts'
import { closeIfDone, type Routed } from '../lifecycle/router.ts'
import { type Settled, settleDecision } from '../lifecycle/settle-decision.ts'
import { TABLE_CHARTS } from '../lifecycle/table-charts.ts'
import type { OrderState } from '../order-state.ts'
import type { CountedRules } from '../ports/rule-book.ts'
import type { RefusalCode } from '../refusals.ts'
import { SILENT_SCRIBE } from '../scribe.ts'
import type { IsoInstant } from '../time.ts'
import { carryOrder, enterStep, type Life, type StepMoment } from './carry-order.ts'
import { createLedger } from './ledger.ts'
import { type FullWorld, fullWorld, type SimulatedWorld } from './simulation.ts'

/** One command of a tallied action. */
export interface TalliedCommand {
  /** Finds the command in the order as it is in the end. */
  readonly id: string
  readonly operation: Operation
  /** Null for the whole order. */
  readonly captureId: string | null
  /** What a refund pays back, in minor units; 0 for every other operation. */
  readonly refundMinor: number
  /** The fee of an extension, in minor units; 0 for every other operation. */
  readonly feeMinor: number
  /** Why it waits for people, for example `limit:order:refund`; null when it goes at once. */
  readonly waitsFor: string | null
}

/** What became of one action that was asked for. */
export interface TalliedAction {
  /** The rule's place in `rules.rules`; null when a person asked. */
  readonly ruleIndex: number | null
  readonly type: ActionType
  readonly outcome: DecidedAction['outcome']
  readonly refusal: RefusalCode | null
  readonly commands: readonly TalliedCommand[]
}

/** One event with what came of it. */
export interface TalliedStep {
  readonly event: OrderEvent
  readonly decidedAt: IsoInstant
  /** Why the event itself was refused, or null. */
  readonly refusal: RefusalCode | null
  /** Places in `rules.rules` of the rules that fired, in the order in which they decide; drafts and shadows too. */
  readonly fired: readonly number[]
  /** One for each rule that fired, in the same order, or the one that a person asked for. */
  readonly actions: readonly TalliedAction[]
}

/** A tallied order. */
export interface TalliedOrder {
  /** Events that were decided. One whose id was decided before has no step; nor has a deadline that wakes no rule. */
  readonly steps: readonly TalliedStep[]
  /** The order in the end; null when it was never registered. Ids and hashes in it mean nothing outside. */
  readonly order: OrderState | null
}

/**
 * Makes a function that carries orders through their events as `simulateOrder` does, and tells what is counted.
 *
 * The same decisions, amounts and later states, many times faster: for backtests. Without a ledger in the world each order
 * has one of its own, so that the limits of a day count for one order alone.
 * Throws: the function, `AssertionError` when events are of several orders.
 * Source: docs/simulate.md, with a sample.
 */
export function createTally(
  rules: CountedRules,
  world: SimulatedWorld,
): (events: readonly ReportedEvent[]) => TalliedOrder {
  const asked = askedRules(rules)
  const inhabited = fullWorld({ ...world, settings: settingsThatMatter(rules, world) })
  return (events) => {
    const steps: TalliedStep[] = []
    const ledger = world.ledger ?? createLedger()
    const life: Life = {
      world: { ...inhabited, ledger },
      charts: TABLE_CHARTS,
      order: null,
      seq: 0,
    }
    carryOrder(life, events, {
      decide(_, event, now) {
        steps.push(decideTallied(life, asked, event, now))
      },
      repeated() {},
    })
    return { steps, order: life.order }
  }
}

/** Deadlines that wake no rule change nothing, so they need not come. */
function settingsThatMatter(
  rules: CountedRules,
  { settings }: SimulatedWorld,
): SimulatedWorld['settings'] {
  if (rules.awakeOn('deadline.approaching').length > 0) return settings
  return {
    ...settings,
    deadlineDays: { due_date: [], authorization_expiry: [], return_window: [] },
  }
}

/** Rules with everything about them that does not change from order to order. */
export interface AskedRules {
  readonly rules: CountedRules
  /** What each rule says when it fires. */
  readonly verdicts: readonly RuleVerdict[]
  namesOf(eventType: string): AskedNames
  /** `parseAction`, which looks at the params of each rule once. */
  readonly readAction: typeof parseAction
}

/** What one type of event asks for. */
interface AskedNames {
  readonly isAwake: boolean
  readonly facts: readonly string[]
  readonly hasExtension: boolean
}

/** Looks at everything about rules that does not change from order to order. */
export function askedRules(rules: CountedRules): AskedRules {
  const known = new Map<string, AskedNames>()
  const look = (eventType: string): AskedNames => {
    const facts = [...new Set([...rules.factsNeeded(eventType), ...rules.factsWanted(eventType)])]
    const hasExtension = facts.some((name) => name.startsWith('extension.'))
    return { isAwake: rules.awakeOn(eventType).length > 0, facts, hasExtension }
  }
  return {
    rules,
    verdicts: rules.rules.map((rule) => ({ ...rule, verdict: 'true', trace: null })),
    readAction: rememberActions(),
    namesOf(eventType) {
      const found = known.get(eventType) ?? look(eventType)
      known.set(eventType, found)
      return found
    },
  }
}

function rememberActions(): typeof parseAction {
  const read = new WeakMap<object, ReturnType<typeof parseAction>>()
  return (type, params) => {
    if (typeof params !== 'object' || params === null) return parseAction(type, params)
    const action = read.get(params) ?? parseAction(type, params)
    read.set(params, action)
    return action
  }
}

const NOTHING: readonly never[] = []

/** Decides one event of a life and makes what follows its own. */
export function decideTallied(
  life: Life,
  asked: AskedRules,
  event: OrderEvent,
  now: IsoInstant,
): TalliedStep {
  const { order, charts, world } = life
  const applied = applyEventWith(charts, { order, event, now, observation: {} })
  if (!applied.ok) {
    const refusal = applied.error.code
    return { event, decidedAt: now, refusal, fired: NOTHING, actions: NOTHING }
  }
  const looked = lookUp(world, asked, applied.value, { event, now })
  const { fired } = looked
  if (fired.length === 0 && event.type !== 'action.requested') {
    take(life, closeIfDone(applied.value), { now })
    return { event, decidedAt: now, refusal: null, fired, actions: NOTHING }
  }
  const settled = settle(life, asked, applied.value, { ...looked, event, now })
  return { event, decidedAt: now, refusal: null, fired, actions: tallyActions(settled, fired) }
}

interface LookedUp {
  readonly fired: readonly number[]
  readonly quotes: ReadonlyMap<string, DueDateOptions>
}

const NO_QUOTES: ReadonlyMap<string, DueDateOptions> = new Map()

/** Reads what awake rules name, and says which of them fire. */
function lookUp(
  world: FullWorld,
  { rules, verdicts, namesOf }: AskedRules,
  { order }: Routed,
  { event, now }: { readonly event: OrderEvent; readonly now: IsoInstant },
): LookedUp {
  const isPersons = event.type === 'action.requested'
  const { isAwake, facts: names, hasExtension } = namesOf(event.type)
  const captureId = subjectCaptureId(order, event)
  const readOffers = (): ReadonlyMap<string, DueDateOptions> =>
    captureId === null ? NO_QUOTES : new Map([[captureId, world.offersOf(order, captureId)]])
  if (isPersons) {
    const asksForTime = event.action.type === 'extendDueDate'
    return { fired: NOTHING, quotes: asksForTime ? readOffers() : NO_QUOTES }
  }
  if (!isAwake || !world.isAsked(event)) return { fired: NOTHING, quotes: NO_QUOTES }

  const facts = factsNamed(names, order, event, { now, timeZone: world.settings.timeZone })
  Object.assign(facts, world.ownFactsOf(event, order))
  const quotes = hasExtension ? readOffers() : NO_QUOTES
  for (const offers of quotes.values()) Object.assign(facts, extensionFacts(offers))
  const fired = rules.fired(event.type, facts)
  const asksForTime = fired.some((index) => verdicts[index]?.action.type === 'extendDueDate')
  return { fired, quotes: asksForTime && quotes.size === 0 ? readOffers() : quotes }
}

function settle(
  life: Life,
  { rules, verdicts, readAction }: AskedRules,
  routed: Routed,
  {
    event,
    now,
    fired,
    quotes,
  }: LookedUp & { readonly event: OrderEvent; readonly now: IsoInstant },
): Settled {
  const denied = new Map<string, string>()
  for (;;) {
    const settled = settleDecision({
      order: routed.order,
      event,
      now,
      quotes,
      verdicts: fired.flatMap((index) => verdicts[index] ?? []),
      rules: event.type === 'action.requested' ? null : rules,
      settings: life.world.settings,
      prepare: NO_BYTES,
      denied,
      charts: routed.charts,
      scribe: SILENT_SCRIBE,
      readAction,
    })
    const effects = [...routed.effects, ...settled.routed.effects]
    const { reservations } = settled
    const reached = take(life, { ...settled.routed, effects }, { now, reservations })
    if (reached === null) return settled
    denied.set(reached.commandId, `limit:${reached.bucket}`)
  }
}

/** Makes a step the life's own, unless a limit is reached. */
function take(life: Life, routed: Routed, moment: StepMoment) {
  const reached = enterStep(life, routed, moment)
  if (reached !== null) return reached
  life.order = routed.order
  life.seq += 1
  return null
}

/** Nothing is sent, so nobody reads the bytes. */
const NO_BYTES = (): PreparedRequest => UNSENT
const UNSENT: PreparedRequest = { method: 'POST', path: '', body: null, hash: '' }

function tallyActions(
  { actions, commands, routed }: Settled,
  fired: readonly number[],
): readonly TalliedAction[] {
  let commandIndex = 0
  return actions.map(({ type, outcome, refusal, commandIds }, index) => ({
    ruleIndex: fired[index] ?? null,
    type,
    outcome,
    refusal: refusal?.code ?? null,
    commands: commandIds.map(() => {
      const command = commands[commandIndex]?.command as Command
      commandIndex += 1
      return tallyCommand(command, routed.order)
    }),
  }))
}

function tallyCommand(command: Command, order: OrderState): TalliedCommand {
  const { id, body } = command
  const state = order.commands.find((each) => each.command === command)
  return {
    id,
    operation: body.operation,
    captureId: captureOf(body),
    refundMinor: body.operation === 'refundOrder' ? body.refundMinor : 0,
    feeMinor: body.operation === 'extendDueDate' ? body.feeMinor : 0,
    waitsFor: state?.chart.value === 'awaitingApproval' ? state.chart.context.why : null,
  }
}
