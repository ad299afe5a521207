/** The merchant's staff: they look at open work now and then, and answer it; some of them make the mistakes that people make. */
import type { LocalTwin } from '@postdelivery/adapters/klarna-twin'
import {
  type CommandState,
  commandPhase,
  decodeSnapshot,
  type EngineEvent,
  instantToMs,
  type OrderState,
  type Work,
} from '@postdelivery/core'
import type { Random } from '../random.ts'
import type { Evidence } from './evidence.ts'
import { type Process, submitTo } from './process.ts'

/** How people are now: `thorough` ones answer everything, and truly. */
export type Mood = 'careless' | 'thorough'

/** People look a command up at Klarna only when nothing of it can still be on its way. */
const QUIET_MS = 15 * 60_000

/** Lets people look at all open work once. */
export async function lookAtWork(
  process: Process,
  {
    evidence,
    random,
    mood,
  }: { readonly evidence: Evidence; readonly random: Random; readonly mood: Mood },
): Promise<void> {
  for (const work of await process.store.work()) {
    if (!process.isAlive) return
    const stored = await process.store.order(work.orderId)
    const order = stored === undefined ? null : decodeSnapshot(stored.snapshot)
    // Who looks at what follows from its name and from how often it was looked at: here, from the order's age.
    const draws = random.part(`${work.id} ${stored?.seq ?? 0}`)
    if (mood === 'careless' && draws.happens('not now', 0.3)) continue
    for (const event of answer(work, order, {
      evidence,
      draws,
      mood,
      seq: stored?.seq ?? 0,
      process,
    }))
      await submitTo(process, event)
    if (DISMISSED.includes(work.kind))
      await process.store.closeWork(work.id, 'lead@shop.example', 'seen', process.now())
  }
}

const DISMISSED: readonly Work['kind'][] = [
  'review',
  'rule_conflict',
  'rule_failed',
  'approval_expired',
]

interface Looking {
  readonly evidence: Evidence
  readonly draws: Random
  readonly mood: Mood
  readonly seq: number
  readonly process: Process
}

function answer(work: Work, order: OrderState | null, looking: Looking): readonly EngineEvent[] {
  const command = order?.commands.find((each) => each.command.id === work.commandId)
  const head = { orderId: work.orderId, at: looking.process.now() }
  if (work.kind === 'books_differ') {
    const { refundedMinor } = looking.evidence.twin.books(work.orderId)
    const id = `resolve:books:${looking.seq}`
    return [
      {
        ...head,
        id,
        type: 'books.confirmed',
        by: 'lead@shop.example',
        why: 'compared',
        refundedMinor,
      },
    ]
  }
  if (command === undefined) return []
  if (work.kind === 'awaiting_approval') return approve(command, head, looking)
  if (work.kind === 'paused_command') {
    const id = `resolve:${command.command.id}:${looking.seq}:resumed`
    const by = 'lead@shop.example'
    return [{ ...head, id, type: 'command.resumed', commandId: command.command.id, by }]
  }
  return work.kind === 'stuck_command' ? resolve(command, work, { ...looking, head }) : []
}

/** People agree, refuse, agree twice, agree to something else, or agree to what they asked for themselves. */
function approve(
  command: CommandState,
  head: { readonly orderId: string; readonly at: ReturnType<Process['now']> },
  { draws, mood }: Looking,
): readonly EngineEvent[] {
  const { id, requestedBy } = command.command
  const approval = (by: string, hash = command.approvalHash): EngineEvent => ({
    ...head,
    id: `approval:${id}:${by}:${hash.slice(0, 8)}`,
    type: 'command.approved',
    commandId: id,
    by,
    hash,
  })
  const wrong = [
    approval('ops@shop.example'),
    approval(requestedBy ?? 'OPS@shop.example'),
    approval('lead@shop.example', '0'.repeat(64)),
  ]
  const right = [
    approval('lead@shop.example'),
    approval('Lead@shop.example '),
    approval('chief@shop.example'),
  ]
  if (draws.happens('no', 0.2))
    return [
      {
        ...head,
        id: `approval:${id}:no`,
        type: 'command.rejected',
        commandId: id,
        by: 'lead@shop.example',
        why: 'no',
      },
    ]
  if (mood === 'thorough') return right
  return draws.pick('how', [wrong, right, [...wrong, ...right], right.slice(0, 1)])
}

/** People find out at Klarna what became of a command, and say so truly. */
function resolve(
  command: CommandState,
  work: Work,
  looking: Looking & {
    readonly head: { readonly orderId: string; readonly at: ReturnType<Process['now']> }
  },
): readonly EngineEvent[] {
  const { evidence, draws, head, process, seq } = looking
  const { id } = command.command
  if (commandPhase(command) !== 'stuck') return []
  if (instantToMs(process.now()) - instantToMs(work.openedAt) < QUIET_MS) return []
  const hasHappened = happenedAtKlarna(command, evidence)
  const how = hasHappened
    ? 'happened'
    : draws.pick('how', ['did_not_happen', 'try_as_new'] as const)
  const by = 'lead@shop.example'
  const why = hasHappened ? 'seen at Klarna' : 'Klarna has nothing of it'
  return [
    {
      ...head,
      id: `resolve:${id}:${seq}:${how}`,
      type: 'command.resolved',
      commandId: id,
      by,
      why,
      how,
    },
  ]
}

function happenedAtKlarna(
  { command }: CommandState,
  { arrivals, ownerByKey, twin }: Evidence,
): boolean {
  if (command.body.operation === 'releaseRemainingAuthorization')
    return isReleased(twin, command.orderId)
  return arrivals.some(
    (each) => each.isEffect && ownerByKey.get(each.key)?.command.id === command.id,
  )
}

const isReleased = (twin: LocalTwin, orderId: string): boolean => twin.books(orderId).released
