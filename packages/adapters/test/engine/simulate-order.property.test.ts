import {
  commandPhase,
  createTally,
  type Decision,
  instantToMs,
  type OrderState,
  orderBooks,
  orderWord,
  type SimulatedOrder,
  simulateOrder,
} from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ORDER_ID } from './builders.ts'
import { aRig, type Rig, staff } from './rig.ts'
import { GUIDE_OPTIONS, http } from './scripted-klarna.ts'
import { outcomeOf, rulesOf, type Story, story } from './simulate-story.ts'

/** Tells a story to a real engine over a real store. */
async function live(told: Story): Promise<{ decisions: readonly Decision[]; order: OrderState }> {
  const { refused, settings } = told
  const rig = await aRig({
    ruleBook: { inForce: () => rulesOf(told).live },
    settings,
    wrap: (ports) => ({
      ...ports,
      gateway: {
        ...ports.gateway,
        perform: async (request, key) =>
          refused.some((operation) => PATHS[operation]?.test(request.path))
            ? http(403, 'NOT_ALLOWED')
            : ports.gateway.perform(request, key),
      },
    }),
  })
  const [first, ...rest] = told.events
  if (first?.type !== 'order.captured') throw new Error('a story begins with the order')
  await rig.register(first)
  await askPeople(rig, told)
  for (const event of rest) {
    await play(rig, told, event.at)
    await rig.tell(event)
    await askPeople(rig, told)
  }
  await play(rig, told, told.until)
  // What people do to commands is recorded as well; a simulation tells it in the commands alone.
  const decisions = (await rig.store.decisions(ORDER_ID)).filter(
    ({ eventType }) => !eventType.startsWith('command.'),
  )
  const order = await rig.order()
  await rig.store.close()
  return { decisions, order }
}

const PATHS: Readonly<Record<string, RegExp>> = {
  refundOrder: /\/refunds$/,
  extendDueDate: /\/extend-due-date$/,
  releaseRemainingAuthorization: /\/release-remaining-authorization$/,
}

/** Lets time pass, asking people wherever the engine wakes up. */
async function play(rig: Rig, told: Story, until: Story['until']): Promise<void> {
  while (rig.now() < until) {
    const next = await rig.store.nextDueAt()
    const at = next === null || next > until ? until : next
    await rig.play(Math.max(0, instantToMs(at) - instantToMs(rig.now())))
    await askPeople(rig, told)
  }
}

async function askPeople(rig: Rig, { approval }: Story): Promise<void> {
  if (approval === 'none') return
  for (;;) {
    const waiting = (await rig.commands()).find((each) => commandPhase(each) === 'awaitingApproval')
    if (waiting === undefined) return
    const by = `simulated person ${waiting.chart.context.approvedBy.length + 1}`
    const said =
      approval === 'approved'
        ? ({ type: 'command.approved', by, hash: waiting.approvalHash } as const)
        : ({ type: 'command.rejected', by, why: 'simulated' } as const)
    await rig.tell(staff(rig, waiting.command.id, said))
  }
}

function simulate(told: Story): SimulatedOrder {
  return simulateOrder(told.events, rulesOf(told).simulated, worldOf(told))
}

const worldOf = (told: Story) => ({
  settings: told.settings,
  offersOf: () => GUIDE_OPTIONS,
  outcomeOf: outcomeOf(told),
  approvalOf: () => told.approval,
  until: told.until,
})

/** Everything but what follows from Klarna's bytes, which a simulation does not write. */
const withoutBytes = (order: OrderState | null) =>
  order === null
    ? null
    : {
        ...order,
        commands: order.commands.map(({ requestHash: _, approvalHash: __, chart, ...rest }) => ({
          ...rest,
          chart: { ...chart, context: { ...chart.context, resultId: null } },
        })),
      }

it('decides what a real engine decides, and leaves the order as the engine does', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const engine = await live(told)
      const simulated = simulate(told)
      const decisions = simulated.steps.flatMap(({ decision }) => decision ?? [])
      expect(decisions).toEqual(engine.decisions)
      expect(withoutBytes(simulated.order)).toEqual(withoutBytes(engine.order))
    }),
    { numRuns: 60 },
  )
}, 60_000)

/** What a simulation in full and a tally both say. */
interface Told {
  readonly steps: readonly unknown[]
  readonly books: unknown
}

const booksOf = (order: OrderState | null) =>
  order === null
    ? null
    : {
        word: orderWord(order),
        books: orderBooks(order),
        captures: order.captures.map(({ chart }) => chart),
        chart: order.chart,
        phases: order.commands.map((each) => [commandPhase(each), each.command.body]),
        left: order.remainingAuthorizedMinor,
      }

function fullyTold(told: Story): Told {
  const { steps, order } = simulate(told)
  const wakes = rulesOf(told).simulated.awakeOn('deadline.approaching').length > 0
  const counted = steps.flatMap(({ event, decision, commands }) => {
    if (decision === null || (event.type === 'deadline.approaching' && !wakes)) return []
    const { rules, actions, refusal, decidedAt } = decision
    return {
      event: event.id,
      decidedAt,
      refusal: refusal?.code ?? null,
      fired: rules.filter(({ verdict }) => verdict === 'true').map(({ rule }) => rule),
      actions: actions.map((action) => ({
        rule: action.rule,
        type: action.type,
        outcome: action.outcome,
        refusal: action.refusal?.code ?? null,
        amounts: action.commandIds.map((id) => {
          const body = commands.find((each) => each.id === id)?.body
          return [
            body?.operation,
            body?.operation === 'refundOrder' ? body.refundMinor : 0,
            body?.operation === 'extendDueDate' ? body.feeMinor : 0,
          ]
        }),
        isWaiting: action.outcome === 'awaiting_approval',
      })),
    }
  })
  return { steps: counted, books: booksOf(order) }
}

function tallied(told: Story): Told {
  const { simulated } = rulesOf(told)
  const nameOf = (index: number | null) =>
    index === null ? null : (simulated.rules[index]?.rule ?? '')
  const { steps, order } = createTally(simulated, worldOf(told))(told.events)
  const counted = steps.map(({ event, decidedAt, refusal, fired, actions }) => ({
    event: event.id,
    decidedAt,
    refusal,
    fired: fired.map(nameOf),
    actions: actions.map((action) => ({
      rule: nameOf(action.ruleIndex),
      type: action.type,
      outcome: action.outcome,
      refusal: action.refusal,
      amounts: action.commands.map((each) => [each.operation, each.refundMinor, each.feeMinor]),
      isWaiting: action.commands.some((each) => each.waitsFor !== null),
    })),
  }))
  return { steps: counted, books: booksOf(order) }
}

it('counts in a tally what it tells in full', () => {
  const met = new Set<string>()
  fc.assert(
    fc.property(story, (told) => {
      const counted = tallied(told)
      expect(counted).toEqual(fullyTold(told))
      for (const { actions } of counted.steps as readonly { actions: { outcome: string }[] }[])
        for (const { outcome } of actions) met.add(outcome)
    }),
    { numRuns: 300 },
  )
  // Every kind of end was met, or the property says little.
  expect(met.size).toBeGreaterThanOrEqual(8)
}, 30_000)
