/** Everything that happened to an order, in order: events, decisions, calls with their keys, answers, what changed. */
import {
  type Command,
  type DecidedAction,
  type Decision,
  describeCommand,
  type EngineEvent,
  findCommand,
  type OrderState,
  type OrderWord,
  type Outcome,
  type PastWork,
  readInboxEvent,
  type StoredEvent,
  type StoreReader,
  type WorkKind,
} from '@postdelivery/core'
import { explainVerdict, type Rule, renderRule, type Vocabulary } from '@postdelivery/rules'
import { createProgress } from './order-progress.ts'
import { sayOptionsOf } from './rule-explanation.ts'
import { readStoredRules, type StoredRules } from './stored-rules.ts'

/** One thing that happened. Instants are ISO 8601 UTC. */
export type TimelineEntry =
  | EventEntry
  | DecisionEntry
  | CallEntry
  | AnswerEntry
  | StateEntry
  | WorkEntry

export interface EventEntry {
  readonly kind: 'event'
  readonly at: string
  readonly eventId: string
  readonly type: string
  /** `accepted`, `waiting`, `parked`, `decided` or `dead_lettered`. */
  readonly status: StoredEvent['status']
  /** Why it waits, is parked or was given up. */
  readonly reason: string | null
  /** The event as it is stored. */
  readonly event: EngineEvent
}

export interface DecisionEntry {
  readonly kind: 'decision'
  readonly at: string
  readonly eventId: string
  /** One line for people. */
  readonly summary: string
  /** The code with which the event itself was refused, or null. */
  readonly refusal: string | null
  /** Name and version of the sets that decided. */
  readonly ruleSets: readonly string[]
  /** Every rule that was asked, and why it fired or did not. */
  readonly rules: readonly {
    /** `set/rule` */
    readonly rule: string
    readonly verdict: string
    readonly sentence: string
    /** The rule as it stood then, in its one sentence; null when its set was not kept. */
    readonly says: string | null
  }[]
  readonly actions: readonly DecidedAction[]
}

export interface CallEntry {
  readonly kind: 'call'
  readonly at: string
  readonly commandId: string
  readonly what: string
  readonly method: string
  readonly path: string
  /** The exact body, or null. */
  readonly body: string | null
  readonly idempotencyKey: string
  readonly generation: number
  readonly attempt: number
}

export interface AnswerEntry {
  readonly kind: 'answer'
  readonly at: string
  readonly commandId: string
  readonly what: string
  /** 0 when nothing was sent: a gate, or a look before paying. */
  readonly attempt: number
  readonly outcome: Outcome
  readonly correlationId: string | null
}

export interface StateEntry {
  readonly kind: 'state'
  readonly at: string
  /** What is different now, for people. */
  readonly what: string
  /** The order's word now. */
  readonly word: OrderWord
}

/** Work that was opened, or closed by a person. What the engine closes ends with its cause, which stands beside it. */
export interface WorkEntry {
  readonly kind: 'work'
  readonly at: string
  readonly workId: string
  readonly workKind: WorkKind
  /** One sentence: what happened. */
  readonly what: string
  /** Who closed it and why; null when this is its opening. */
  readonly closed: { readonly by: string; readonly why: string } | null
}

/** What a timeline is read with. */
export interface TimelineContext {
  /** The newest state, null while the order is not registered. */
  readonly order: OrderState | null
  readonly vocabulary: Vocabulary
}

/** Reads the timeline of an order, the oldest first. */
export async function readTimeline(
  reader: Pick<StoreReader, 'events' | 'decisions' | 'requests' | 'workHistory' | 'ruleSet'>,
  orderId: string,
  { order, vocabulary }: TimelineContext,
): Promise<readonly TimelineEntry[]> {
  const [events, decisions, requests, works] = await Promise.all([
    reader.events(orderId),
    reader.decisions(orderId),
    reader.requests(orderId),
    reader.workHistory(orderId),
  ])
  const rules = await readStoredRules(reader, decisions)
  const decisionsById = new Map(decisions.map((decision) => [decision.eventId, decision]))
  const steps = events
    .flatMap((stored) => stepsOf(stored, decisionsById.get(stored.eventId)))
    .toSorted((a, b) => (a.at === b.at ? a.arrival - b.arrival : a.at < b.at ? -1 : 1))

  const progress = order === null ? null : createProgress(order)
  const entries = steps.flatMap((step): readonly TimelineEntry[] => {
    if (step.type === 'event') return eventEntries(step.stored, step.event, order, requests)
    const decided = decisionEntry(step.decision, rules, vocabulary)
    const change = decided.refusal === null ? progress?.decided(step.event) : null
    return [decided, ...stateEntry(change, decided.at)]
  })
  // Order matters: the sort is stable, and work comes after what it is about.
  return [...entries, ...works.flatMap(workEntries)].toSorted((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
  )

  function eventEntries(
    stored: StoredEvent,
    event: EngineEvent,
    known: OrderState | null,
    sent: typeof requests,
  ): readonly TimelineEntry[] {
    // What the engine remembers for itself; the deadline comes right after it.
    if (event.type === 'deadline.fired') return []
    if (!('commandId' in event)) return [entryOf(stored, event)]
    const command = known === null ? undefined : findCommand(known, event.commandId)?.command
    if (command === undefined) return [entryOf(stored, event)]
    const change = stateEntry(progress?.commandChanged(command, event), event.at)
    if (event.type === 'command.answered') return [answerEntry(command, event), ...change]
    if (event.type !== 'command.started') return [entryOf(stored, event), ...change]
    const request = sent.find(
      (each) => each.commandId === command.id && each.generation === event.generation,
    )
    return request === undefined ? [] : [callEntry(command, event, request), ...change]
  }
}

type Step = { readonly at: string; readonly arrival: number; readonly event: EngineEvent } & (
  | { readonly type: 'event'; readonly stored: StoredEvent }
  | { readonly type: 'decision'; readonly decision: Decision }
)

/** An event happens when it is accepted, its decision when it is decided; what only the engine reports has no decision. */
function stepsOf(stored: StoredEvent, decision: Decision | undefined): readonly Step[] {
  const event = readInboxEvent(stored)
  const { arrival } = stored
  const arrived: Step = { type: 'event', at: stored.acceptedAt, arrival, event, stored }
  if (decision === undefined) return [arrived]
  return [arrived, { type: 'decision', at: decision.decidedAt, arrival, event, decision }]
}

const entryOf = (stored: StoredEvent, event: EngineEvent): EventEntry => ({
  kind: 'event',
  at: stored.acceptedAt,
  eventId: stored.eventId,
  type: stored.type,
  status: stored.status,
  reason: stored.reason,
  event,
})

const decisionEntry = (
  decision: Decision,
  rules: StoredRules,
  vocabulary: Vocabulary,
): DecisionEntry => ({
  kind: 'decision',
  at: decision.decidedAt,
  eventId: decision.eventId,
  summary: decision.summary,
  refusal: decision.refusal?.code ?? null,
  ruleSets: decision.ruleSets.map(({ name, version }) => `${name} ${version}`),
  rules: decision.rules.map((verdict) => ({
    rule: `${verdict.ruleSet}/${verdict.rule}`,
    verdict: verdict.verdict,
    sentence: explainVerdict(verdict),
    says: sayRule(rules.ruleOf(decision, verdict.ruleSet, verdict.rule), decision, vocabulary),
  })),
  actions: decision.actions,
})

function sayRule(
  rule: Rule | undefined,
  { facts }: Decision,
  vocabulary: Vocabulary,
): string | null {
  return rule === undefined ? null : renderRule(rule, vocabulary, sayOptionsOf(facts))
}

const callEntry = (
  command: Command,
  { at, generation, attempt }: Extract<EngineEvent, { readonly type: 'command.started' }>,
  request: Awaited<ReturnType<StoreReader['requests']>>[number],
): CallEntry => ({
  kind: 'call',
  at,
  commandId: command.id,
  what: describeCommand(command),
  method: request.method,
  path: request.path,
  body: request.body,
  idempotencyKey: request.idempotencyKey,
  generation,
  attempt,
})

const answerEntry = (
  command: Command,
  event: Extract<EngineEvent, { readonly type: 'command.answered' }>,
): AnswerEntry => ({
  kind: 'answer',
  at: event.at,
  commandId: command.id,
  what: describeCommand(command),
  attempt: event.attempt,
  outcome: event.outcome,
  correlationId: event.correlationId,
})

function workEntries(work: PastWork): readonly WorkEntry[] {
  const { id: workId, kind: workKind, what, openedAt, closedAt, closedBy, closedWhy } = work
  const opened: WorkEntry = { kind: 'work', at: openedAt, workId, workKind, what, closed: null }
  if (closedAt === null || closedBy === null || closedBy === ENGINE) return [opened]
  return [opened, { ...opened, at: closedAt, closed: { by: closedBy, why: closedWhy ?? '' } }]
}

/** Who closes work whose cause has ended. */
const ENGINE = 'engine'

const stateEntry = (
  change: { readonly what: string; readonly word: OrderWord } | null | undefined,
  at: string,
): readonly StateEntry[] =>
  change === null || change === undefined ? [] : [{ kind: 'state', at, ...change }]
