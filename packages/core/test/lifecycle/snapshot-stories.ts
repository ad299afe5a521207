/** One order for every phase that a command can be stored in, with what makes each go on: the source of the stored snapshots. */
import {
  type EngineEvent,
  instant,
  type OrderState,
  type Outcome,
  type Settled,
} from '@postdelivery/core'
import {
  anOrder,
  apply,
  attempt,
  done,
  fired,
  returned,
  settings,
  settle,
  T0,
  unknown,
} from '../builders.ts'

export interface SnapshotStory {
  /** The phase that the command was stored in, and the name of the file. */
  readonly phase: string
  readonly order: OrderState
  /** What happens next. */
  readonly next: readonly EngineEvent[]
  /** The phase after that. */
  readonly nextPhase: string
}

const LATER = instant('2026-12-08T08:30:00Z')
const refused = { type: 'refused', code: 'REFUND_NOT_ALLOWED' } as const
const misconfigured = { type: 'configuration', reason: 'http_401' } as const
const needsPerson = { type: 'needs_person', reason: 'http_400:BAD_VALUE' } as const

const event = returned()
const ask = (changes: Parameters<typeof settle>[3] = {}): Settled =>
  settle(
    apply(anOrder(), event as EngineEvent),
    event,
    [fired('refund', { basis: 'returned_items' })],
    changes,
  )
const wantsApproval: Settled = ask({
  settings: { ...settings, approval: { ...settings.approval, refundAboveMinor: { SEK: 1 } } },
})
const [asked, waiting] = [ask().routed.order, wantsApproval.routed.order]
const id = asked.commands[0]?.command.id ?? ''

const about = { orderId: 'order-1', at: LATER, commandId: id }
const by = { by: 'lead@shop.example', why: 'seen in the portal' }
const answered = (outcome: Outcome, number: number, at = LATER): readonly EngineEvent[] =>
  attempt(id, outcome, at, number)
const [begin] = answered(done, 1)
const [, finish] = answered(done, 1)
const inDoubt = (count: number): OrderState =>
  apply(
    asked,
    ...Array.from({ length: count }, (_, index) => answered(unknown, index + 1, T0)).flat(),
  )
const resolved = (how: 'happened' | 'did_not_happen' | 'try_as_new'): EngineEvent => ({
  ...about,
  ...by,
  id: `resolve:${how}`,
  type: 'command.resolved',
  how,
})
const audited: EngineEvent = {
  ...about,
  id: 'answer:audit',
  type: 'command.audited',
  finding: 'present',
}
const agreed: EngineEvent = {
  ...about,
  id: 'resolve:approve',
  type: 'command.approved',
  by: by.by,
  hash: waiting.commands[0]?.approvalHash ?? '',
}
const rejected: EngineEvent = { ...about, ...by, id: 'resolve:reject', type: 'command.rejected' }

/** Every phase but `proposed`, which is left within the step that enters it. */
export const SNAPSHOT_STORIES: readonly SnapshotStory[] = [
  { phase: 'awaitingApproval', order: waiting, next: [agreed], nextPhase: 'requested' },
  { phase: 'requested', order: asked, next: answered(done, 1), nextPhase: 'confirmed' },
  {
    phase: 'sending',
    order: apply(asked, begin as EngineEvent),
    next: [finish as EngineEvent],
    nextPhase: 'confirmed',
  },
  { phase: 'doubtful', order: inDoubt(2), next: answered(done, 3), nextPhase: 'confirmed' },
  {
    phase: 'paused',
    order: apply(asked, ...answered(misconfigured, 1, T0)),
    next: [
      { ...about, id: 'resolve:resume', type: 'command.resumed', by: 'lead@shop.example' },
      ...answered(done, 2),
    ],
    nextPhase: 'confirmed',
  },
  { phase: 'auditing', order: inDoubt(4), next: [audited], nextPhase: 'confirmed' },
  {
    phase: 'stuck',
    order: apply(asked, ...answered(needsPerson, 1, T0)),
    next: [resolved('try_as_new')],
    nextPhase: 'requested',
  },
  {
    phase: 'confirmed',
    order: apply(asked, ...answered(done, 1, T0)),
    next: [{ id: 'ok', type: 'delivery.accepted', orderId: 'order-1', at: LATER }],
    nextPhase: 'confirmed',
  },
  {
    phase: 'refused',
    order: apply(asked, ...answered(refused, 1, T0)),
    next: [finish as EngineEvent],
    nextPhase: 'confirmed',
  },
  {
    phase: 'rejected',
    order: apply(waiting, rejected),
    next: [{ id: 'ok', type: 'delivery.accepted', orderId: 'order-1', at: LATER }],
    nextPhase: 'rejected',
  },
]
