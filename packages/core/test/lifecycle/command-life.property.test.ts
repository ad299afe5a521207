import {
  applyEvent,
  type CommandState,
  commandPhase,
  type EngineEvent,
  findCommand,
  isSending,
  type OrderEvent,
  type OrderState,
  type Outcome,
  orderBooks,
  type RouterEffect,
} from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anOrder, apply, fired, settings, settle, T0 } from '../builders.ts'
import type { Life, Turn } from './command-life.ts'
import * as reference from './command-life.ts'

const CLERK = 'clerk@shop.example'
const REFUND_MINOR = 10

/** What the reference knows of an order. */
interface Model {
  readonly lives: Map<string, Life>
  isStopped: boolean
  openWork: Set<string>
}

/** The order as the router has it. */
interface Real {
  order: OrderState
  eventCount: number
  reached: Set<string>
}

type Step = fc.Command<Model, Real>

const phaseOf = (command: CommandState): string => {
  const phase = commandPhase(command)
  if (phase !== 'requested') return phase
  return isSending(command) ? 'sending' : 'ready'
}

/** Decides a refund that goes at once, or waits for one person or two. */
class Propose implements Step {
  readonly approvers: number
  constructor(approvers: number) {
    this.approvers = approvers
  }

  check({ lives }: Readonly<Model>): boolean {
    return lives.size < 6
  }

  run(model: Model, real: Real): void {
    real.eventCount += 1
    const event = {
      id: `staff-${real.eventCount}`,
      type: 'action.requested',
      orderId: 'order-1',
      at: T0,
      by: CLERK,
      why: 'goodwill',
      action: { type: 'refund', params: { basis: 'amount', amountMinor: REFUND_MINOR } },
    } as OrderEvent
    const { approvers } = this
    const approval =
      approvers === 0
        ? settings.approval
        : { ...settings.approval, approvers, refundAboveMinor: { SEK: REFUND_MINOR - 1 } }
    const asked = apply(real.order, event as EngineEvent)

    const settled = settle(asked, event, [fired('refund')], { settings: { ...settings, approval } })

    real.order = settled.routed.order
    const [made] = settled.commands
    expect(settled.actions[0]?.refusal?.code).toBe(model.isStopped ? 'refunds_stopped' : undefined)
    if (made === undefined) return
    model.lives.set(made.command.id, reference.newLife(approvers))
    noteWork(model, settled.routed.effects)
    checkAll(model, real)
  }

  toString(): string {
    return `propose(${this.approvers})`
  }
}

/** One way to speak to a command: the event, and what the reference makes of it. */
interface Saying {
  readonly name: string
  readonly event: (command: CommandState) => object
  readonly turn: (life: Life) => Turn
  /** Whether it stops the refunds of the order. */
  readonly stops?: boolean
  /** Whether it can be said at all; default always. */
  readonly isPossible?: (life: Life) => boolean
}

/** Says something to one of the commands, whatever its state. */
class Say implements Step {
  readonly saying: Saying
  readonly pick: number
  constructor(saying: Saying, pick: number) {
    this.saying = saying
    this.pick = pick
  }

  check(model: Readonly<Model>): boolean {
    const life = [...model.lives.values()][this.pick % Math.max(1, model.lives.size)]
    return life !== undefined && (this.saying.isPossible?.(life) ?? true)
  }

  run(model: Model, real: Real): void {
    real.eventCount += 1
    const [id = '', life] = [...model.lives][this.pick % model.lives.size] ?? []
    const command = findCommand(real.order, id)
    if (life === undefined || command === undefined) throw new Error('the order has the command')
    const turn = this.saying.turn(life)
    const head = { id: `say-${real.eventCount}`, orderId: 'order-1', at: T0, commandId: id }
    const event = { ...head, ...this.saying.event(command) } as EngineEvent

    const applied = applyEvent(real.order, event, T0)

    real.reached.add(`${this.saying.name} in ${life.phase}`)
    expect(applied.ok ? undefined : applied.error.code).toBe(turn.refusal)
    if (!applied.ok) return
    real.order = applied.value.order
    model.lives.set(id, turn.life)
    checkEffects(applied.value.effects, life, turn)
    noteWork(model, applied.value.effects)
    if (this.saying.stops === true) model.isStopped = true
    checkAll(model, real)
  }

  toString(): string {
    return `${this.saying.name}(${this.pick})`
  }
}

/** A person has compared the books: refunds may go on. */
class ConfirmBooks implements Step {
  check({ isStopped }: Readonly<Model>): boolean {
    return isStopped
  }

  run(model: Model, real: Real): void {
    real.eventCount += 1
    const { refundedMinor } = orderBooks(real.order)
    const staff = { by: 'kim', why: 'compared', refundedMinor }
    const id = `books-${real.eventCount}`
    const event = { id, type: 'books.confirmed', orderId: 'order-1', at: T0, ...staff } as const
    real.order = apply(real.order, event)
    model.isStopped = false
    checkAll(model, real)
  }

  toString(): string {
    return 'confirmBooks'
  }
}

function noteWork({ openWork }: Model, effects: readonly RouterEffect[]): void {
  for (const effect of effects) {
    if (effect.type === 'openWork') openWork.add(effect.work.id)
    if (effect.type === 'closeWork') openWork.delete(effect.workId)
  }
}

/** Alarms as the reference says them; a claim is freed when it is dropped, never after it was booked. */
function checkEffects(effects: readonly RouterEffect[], before: Life, { life, alarm }: Turn): void {
  const alarms = effects.flatMap((effect) => (effect.type === 'alarm' ? [effect.code] : []))
  expect(alarms.filter((code) => code !== 'books_differ')).toEqual(
    alarm === undefined ? [] : [alarm],
  )
  const isDropped =
    ['refused', 'rejected'].includes(life.phase) && !reference.SETTLED.includes(before.phase)
  expect(effects.filter((effect) => effect.type === 'free')).toHaveLength(isDropped ? 1 : 0)
  const opens = effects.filter((effect) => effect.type === 'openGeneration')
  expect(opens).toHaveLength(life.generation > before.generation ? 1 : 0)
}

function checkAll(model: Model, { order }: Real): void {
  for (const [id, life] of model.lives) {
    const command = findCommand(order, id)
    expect(command && phaseOf(command)).toBe(life.phase)
    expect(command?.chart.context.generation).toBe(life.generation)
    expect(model.openWork.has(`stuck:${id}`)).toBe(life.phase === 'stuck')
    expect(model.openWork.has(`approval:${id}`)).toBe(life.phase === 'awaitingApproval')
    expect(model.openWork.has(`paused:${id}`)).toBe(life.phase === 'paused')
  }
  const lives = [...model.lives.values()]
  const confirmed = lives.filter((life) => life.phase === 'confirmed')
  const open = lives.filter((life) => !reference.SETTLED.includes(life.phase))
  expect(orderBooks(order)).toMatchObject({
    refundedMinor: REFUND_MINOR * confirmed.length,
    reservedMinor: REFUND_MINOR * open.length,
  })
  expect(order.booksDiffer !== null).toBe(model.isStopped)
}

const answered = (name: string, outcome: Outcome, stops = false): Saying => ({
  name,
  event: ({ chart: { context } }) => ({
    type: 'command.answered',
    generation: context.generation,
    // Attempt 0 would say that nothing was sent.
    attempt: Math.max(1, context.attemptCount),
    outcome,
    correlationId: null,
  }),
  turn: (life) => reference.answer(life, outcome),
  stops,
})
/** An answer under the key before the last. */
const belated = (
  name: string,
  outcome: Outcome,
  turn: (life: Life) => Turn,
  stops = false,
): Saying => ({
  name,
  event: ({ chart: { context } }) => ({
    type: 'command.answered',
    generation: context.generation - 1,
    attempt: 1,
    outcome,
    correlationId: null,
  }),
  turn,
  stops,
  isPossible: (life) => life.generation > 0,
})
const approved = (name: string, by: string, isBound: boolean): Saying => ({
  name,
  event: ({ approvalHash }) => ({
    type: 'command.approved',
    by,
    hash: isBound ? approvalHash : 'another',
  }),
  turn: (life) => reference.approve(life, { by, isBound, barred: CLERK }),
})
const audited = (finding: Parameters<typeof reference.audit>[1]): Saying => ({
  name: `audited ${finding}`,
  event: () => ({ type: 'command.audited', finding }),
  turn: (life) => reference.audit(life, finding),
})
const resolved = (how: Parameters<typeof reference.resolve>[1]): Saying => ({
  name: `resolved ${how}`,
  event: () => ({ type: 'command.resolved', by: 'lead', why: 'seen', how }),
  turn: (life) => reference.resolve(life, how),
})
/** A resolution that names the generation before the last, the present one, the next. */
const bound = (how: Parameters<typeof reference.resolve>[1], offset: number): Saying => ({
  name: `resolved ${how} of generation ${offset < 0 ? '' : '+'}${offset}`,
  event: ({ chart: { context } }) => ({
    type: 'command.resolved',
    by: 'lead',
    why: 'seen',
    how,
    generation: context.generation + offset,
  }),
  turn: (life) => reference.resolve(life, how, life.generation + offset),
  isPossible: (life) => life.generation + offset >= 0,
})

const SAYINGS: readonly Saying[] = [
  {
    name: 'started',
    event: ({ chart: { context } }) => ({
      type: 'command.started',
      generation: context.generation,
      attempt: context.attemptCount + 1,
    }),
    turn: reference.start,
  },
  answered('done', { type: 'done', resultId: 'r', evidence: 'answer' }),
  answered('done by a read', { type: 'done', resultId: null, evidence: 'read' }),
  answered('refused', { type: 'refused', code: 'REFUND_NOT_ALLOWED' }),
  answered('unknown', { type: 'unknown', reason: 'timeout' }),
  answered('not connected', { type: 'not_started', reason: 'not_connected', waitMs: 5000 }),
  answered('rate limited', { type: 'not_started', reason: 'http_429', waitMs: 1000 }),
  answered('stale read', { type: 'not_started', reason: 'stale_read', waitMs: 60_000 }),
  answered('misconfigured', { type: 'configuration', reason: 'http_401' }),
  answered('needs a person', { type: 'needs_person', reason: 'http_422' }),
  answered(
    'books differ',
    { type: 'books_differ', reason: 'x', oursMinor: 0, klarnasMinor: 7 },
    true,
  ),
  belated(
    'old key done',
    { type: 'done', resultId: 'r', evidence: 'answer' },
    (life) => ({ life, alarm: 'late_success' }),
    true,
  ),
  belated('old key refused', { type: 'refused', code: 'NOT_ALLOWED' }, (life) => ({
    life,
    alarm: 'answer_repeated',
  })),
  belated('old key unknown', { type: 'unknown', reason: 'timeout' }, (life) => ({
    life,
    alarm: 'answer_repeated',
  })),
  approved('approved by kim', 'kim', true),
  approved('approved by lee', 'lee', true),
  approved('approved by the asker', CLERK, true),
  approved('approved for other bytes', 'kim', false),
  {
    name: 'rejected',
    event: () => ({ type: 'command.rejected', by: 'lead', why: 'no' }),
    turn: reference.reject,
  },
  { name: 'expired', event: () => ({ type: 'command.expired' }), turn: reference.expire },
  {
    name: 'resumed',
    event: () => ({ type: 'command.resumed', by: 'lead' }),
    turn: reference.resume,
  },
  {
    name: 'pulled forward',
    event: () => ({ type: 'command.pulledForward', dueAt: T0 }),
    turn: reference.pullForward,
  },
  audited('present'),
  audited('absent'),
  audited('unreadable'),
  audited('no_trace'),
  resolved('happened'),
  resolved('did_not_happen'),
  resolved('try_as_new'),
  bound('happened', -1),
  bound('try_as_new', -1),
  bound('try_as_new', 0),
  bound('did_not_happen', 1),
]

/** More of them for a release: `POSTDELIVERY_HISTORIES=20000`. */
const runCount = Number(process.env['POSTDELIVERY_HISTORIES'] ?? 2000)

it('lives as its documents say, whatever is said to it in whatever state', {
  timeout: 60_000 + 30 * runCount,
}, () => {
  const reached = new Set<string>()
  const steps = [
    ...[0, 0, 1, 2].map((approvers) => fc.constant(new Propose(approvers))),
    fc.constant(new ConfirmBooks()),
    ...SAYINGS.map((saying) => fc.nat({ max: 5 }).map((pick) => new Say(saying, pick))),
  ]

  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 200, size: '+1' }), (commands) => {
      fc.modelRun(
        () => ({
          model: { lives: new Map<string, Life>(), isStopped: false, openWork: new Set<string>() },
          real: { order: anOrder(), eventCount: 0, reached },
        }),
        commands,
      )
    }),
    { numRuns: runCount },
  )

  const phases = ['awaitingApproval', 'ready', 'sending', 'doubtful', 'auditing', 'paused', 'stuck']
  const wanted = SAYINGS.filter((saying) => saying.isPossible === undefined).flatMap(({ name }) =>
    [...phases, ...reference.SETTLED].map((phase) => `${name} in ${phase}`),
  )
  expect(wanted.filter((each) => !reached.has(each))).toEqual([])
})
