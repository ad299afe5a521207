/** What support tells a customer, for a command in every phase under everything that can hold it back. */
import {
  type CommandState,
  commandChart,
  type Decision,
  instant,
  type OrderState,
  type Stop,
} from '@postdelivery/core'
import { builtInVocabulary } from '@postdelivery/rules'
import { describe, expect, test } from 'vitest'
import { explainDecisions } from '../src/why.ts'

const now = instant('2026-12-08T08:00:00Z')
const later = instant('2026-12-08T10:00:00Z')

const OPERATIONS = {
  refund: { operation: 'refundOrder', refundMinor: 3000 },
  extendDueDate: { operation: 'extendDueDate', numberOfDays: 10, feeMinor: 900 },
} as const
type Action = keyof typeof OPERATIONS

const aCommand = (action: Action, phase: string, id = 'c'): CommandState =>
  ({
    command: { id, rule: 'returns/Help', currency: 'SEK', body: OPERATIONS[action] },
    chart: { value: phase, context: { why: null } },
  }) as unknown as CommandState

const stopOf = (scope: string): Stop => ({ scope, by: 'anna', why: 'strange', at: now }) as Stop

interface World {
  readonly order?: Partial<OrderState>
  readonly observe?: boolean
  readonly stops?: readonly Stop[]
}

const booksDiffer = { oursMinor: 1, klarnasMinor: 2 } as OrderState['booksDiffer']

/** What can hold commands back, and which. */
const HOLDS: readonly (readonly [name: string, world: World, held: readonly Action[]])[] = [
  ['nothing', {}, []],
  ['a stop of something else', { stops: [stopOf('action:sendOut')] }, []],
  ['a stop of everything', { stops: [stopOf('everything')] }, ['refund', 'extendDueDate']],
  ['a stop of refunds', { stops: [stopOf('action:refund')] }, ['refund']],
  ['a stop of the rule', { stops: [stopOf('rule:returns/Help')] }, ['refund', 'extendDueDate']],
  ['books that differ', { order: { booksDiffer } }, ['refund']],
  ['observe mode', { observe: true }, ['refund', 'extendDueDate']],
  ['a clock that is behind', { order: { lastDecidedAt: later } }, ['refund', 'extendDueDate']],
  [
    'another command that is paused',
    { order: { commands: [aCommand('extendDueDate', 'paused', 'other')] } },
    ['refund', 'extendDueDate'],
  ],
]

type Words = 'done' | 'on_its_way' | 'looked_at' | 'nothing'

/** What is said in each phase when nothing holds the command back. */
const PHASES: Readonly<Record<string, Words>> = {
  proposed: 'on_its_way',
  requested: 'on_its_way',
  awaitingApproval: 'looked_at',
  doubtful: 'looked_at',
  auditing: 'looked_at',
  paused: 'looked_at',
  stuck: 'looked_at',
  confirmed: 'done',
  refused: 'nothing',
  rejected: 'nothing',
}

const SENTENCES: Readonly<Record<Action, Readonly<Record<Words, string>>>> = {
  refund: {
    done: 'Your refund of 30.00 SEK has been made.',
    on_its_way: 'Your refund of 30.00 SEK is on its way.',
    looked_at: 'We are looking into your order.',
    nothing: 'There is no change to your order or your invoice right now.',
  },
  extendDueDate: {
    done: 'You have 10 more days to pay your invoice.',
    on_its_way: 'You are getting 10 more days to pay your invoice.',
    looked_at: 'We are looking into your order.',
    nothing: 'There is no change to your order or your invoice right now.',
  },
}

const cases = HOLDS.flatMap(([hold, world, held]) =>
  Object.entries(PHASES).flatMap(([phase, free]) =>
    (['refund', 'extendDueDate'] as const).map((action) => {
      const want: Words = free === 'on_its_way' && held.includes(action) ? 'looked_at' : free
      return { action, phase, hold, want, world }
    }),
  ),
)

/** The customer's words for a decision whose one command is in a phase now. */
async function say(action: Action, phase: string, { order, observe = false, stops = [] }: World) {
  const decision = {
    eventId: 'wms-881',
    eventType: 'return.received',
    facts: {},
    rules: [],
    ruleSets: [],
    actions: [
      { type: action, outcome: 'queued', ruleSet: 'returns', rule: 'Help', commandIds: ['c'] },
    ],
  } as unknown as Decision
  const commands = [...(order?.commands ?? []), aCommand(action, phase)]
  const [explained] = await explainDecisions(
    { ruleSet: async () => undefined, stops: async () => stops },
    [decision],
    {
      vocabulary: builtInVocabulary(),
      order: { booksDiffer: null, lastDecidedAt: now, ...order, commands } as OrderState,
      settings: { observe },
      now,
    },
  )
  return explained?.customer
}

describe('a customer is told', () => {
  test.each(cases)('$want of $action in $phase, held by $hold', async (each) => {
    const { action, phase, want, world } = each
    const told = await say(action, phase, world)

    expect(told?.happened).toEqual(['Your return has arrived.', SENTENCES[action][want]])
    if (want === 'looked_at') expect(told?.next).toEqual(['We will get back to you.'])
  })

  test('something in every phase that a command has', () => {
    const phases = Object.keys(commandChart.states)

    expect(Object.keys(PHASES).toSorted()).toEqual(phases.toSorted())
  })
})
