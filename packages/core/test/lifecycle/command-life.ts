/** The life of a command as its documents tell it: a small reference, written without looking at the chart. */
import type { AlarmCode, Outcome, RefusalCode } from '@postdelivery/core'

export type Phase =
  | 'awaitingApproval'
  | 'ready'
  | 'sending'
  | 'doubtful'
  | 'auditing'
  | 'paused'
  | 'stuck'
  | 'confirmed'
  | 'refused'
  | 'rejected'

/** What is known of one command. */
export interface Life {
  readonly phase: Phase
  readonly generation: number
  /** Attempts of this key whose outcome nobody knows. */
  readonly unknownCount: number
  /** Reads of the books that did not find it, under this key. */
  readonly absentCount: number
  readonly approvalsNeeded: number
  readonly approvedBy: readonly string[]
  /** Whether it waits for an instant. */
  readonly isWaiting: boolean
  /** Whether something has held the call or the read back since the last doubt. */
  readonly isHeld: boolean
  /** Whether its repeat was pulled forward, and the regular one is still to come. */
  readonly isPulled: boolean
}

const AT_REST = { isWaiting: false, isHeld: false, isPulled: false }

/** What one event makes of a command. */
export interface Turn {
  readonly life: Life
  readonly alarm?: AlarmCode
  readonly refusal?: RefusalCode
}

export const SETTLED: readonly Phase[] = ['confirmed', 'refused', 'rejected']
const UNSENT: readonly Phase[] = ['awaitingApproval', 'rejected']

export const newLife = (approvalsNeeded: number): Life => ({
  phase: approvalsNeeded === 0 ? 'ready' : 'awaitingApproval',
  generation: 0,
  unknownCount: 0,
  absentCount: 0,
  approvalsNeeded,
  approvedBy: [],
  ...AT_REST,
})

const goes = (life: Life, phase: Phase, changes: Partial<Life> = {}): Turn => ({
  life: { ...life, ...changes, phase },
})
const no = (life: Life, refusal: RefusalCode): Turn => ({ life, refusal })
const alarmed = (life: Life, alarm: AlarmCode): Turn => ({ life, alarm })

/** A key works for three repeats; then the books are read. */
const KNOWN_REPEATS = 3

/** Klarna answers, whether it was asked or not. */
export function answer(life: Life, { type }: Outcome): Turn {
  const { phase } = life
  if (type === 'done') return succeed(life)
  if (UNSENT.includes(phase)) {
    return type === 'unknown'
      ? {
          ...goes(life, 'auditing', {
            unknownCount: life.unknownCount + 1,
            isWaiting: true,
            isHeld: false,
          }),
          alarm: 'answer_unexpected',
        }
      : alarmed(life, 'answer_unexpected')
  }
  if (phase === 'confirmed' && type === 'refused') return alarmed(life, 'late_refusal')
  if (phase === 'stuck' || SETTLED.includes(phase)) return alarmed(life, 'answer_repeated')
  const hasDoubt = life.unknownCount > 0
  switch (type) {
    case 'refused':
      return goes(life, hasDoubt ? 'auditing' : 'refused', { isPulled: false, isWaiting: true })
    case 'not_started':
      return goes(life, hasDoubt ? 'doubtful' : 'ready', { isHeld: true, isWaiting: true })
    case 'configuration':
      return goes(life, 'paused', { isHeld: false, isWaiting: false })
    case 'books_differ':
    case 'needs_person':
      return goes(life, 'stuck')
    case 'unknown':
      return doubt(life)
  }
}

/** A repeat that was pulled forward uses up none of the regular ones. */
function doubt(life: Life): Turn {
  const waits = { isWaiting: true, isHeld: false }
  if (life.isPulled) return goes(life, 'doubtful', waits)
  const unknownCount = life.unknownCount + 1
  const phase = unknownCount <= KNOWN_REPEATS ? 'doubtful' : 'auditing'
  return goes(life, phase, { unknownCount, ...waits })
}

function succeed(life: Life): Turn {
  if (life.phase === 'confirmed') return alarmed(life, 'answer_repeated')
  const turn = goes(life, 'confirmed')
  if (UNSENT.includes(life.phase)) return { ...turn, alarm: 'answer_unexpected' }
  return life.phase === 'refused' ? { ...turn, alarm: 'late_success' } : turn
}

export const start = (life: Life): Turn =>
  life.phase === 'ready' || life.phase === 'doubtful'
    ? goes(life, 'sending', { isWaiting: false })
    : alarmed(life, 'unexpected_event')

/** Klarna's books were read. */
export function audit(life: Life, finding: 'present' | 'absent' | 'unreadable' | 'no_trace'): Turn {
  if (life.phase !== 'auditing') return alarmed(life, 'unexpected_event')
  if (finding === 'present') return goes(life, 'confirmed')
  if (finding === 'unreadable') return goes(life, 'auditing', { isHeld: true })
  const absentCount = life.absentCount + 1
  const isEnough = finding === 'no_trace' || absentCount >= 2
  return goes(life, isEnough ? 'stuck' : 'auditing', { absentCount })
}

/** A person agrees to some bytes. */
export function approve(
  life: Life,
  {
    by,
    isBound,
    barred,
  }: { readonly by: string; readonly isBound: boolean; readonly barred: string },
): Turn {
  if (life.phase !== 'awaitingApproval') return no(life, 'not_awaiting_approval')
  if (!isBound) return no(life, 'approval_not_bound')
  if (by === barred || life.approvedBy.includes(by)) return no(life, 'approver_not_allowed')
  const approvedBy = [...life.approvedBy, by]
  return goes(life, approvedBy.length >= life.approvalsNeeded ? 'ready' : 'awaitingApproval', {
    approvedBy,
  })
}

export const reject = (life: Life): Turn =>
  life.phase === 'awaitingApproval' || (life.phase === 'ready' && life.unknownCount === 0)
    ? goes(life, 'rejected')
    : no(life, 'command_under_way')

export const expire = (life: Life): Turn =>
  life.phase === 'awaitingApproval' ? goes(life, 'rejected') : no(life, 'not_awaiting_approval')

export const resume = (life: Life): Turn =>
  life.phase === 'paused'
    ? goes(life, life.unknownCount > 0 ? 'doubtful' : 'ready')
    : no(life, 'not_paused')

/** Klarna answers again: once for each regular wait, and not what was only held back. */
export const pullForward = (life: Life): Turn =>
  life.phase === 'doubtful' && life.isWaiting && !life.isHeld && !life.isPulled
    ? goes(life, 'doubtful', { isPulled: true })
    : alarmed(life, 'unexpected_event')

/** A person has found out. */
export function resolve(
  life: Life,
  how: 'happened' | 'did_not_happen' | 'try_as_new',
  seenGeneration = life.generation,
): Turn {
  if (life.phase !== 'stuck' && life.phase !== 'paused') return no(life, 'not_stuck')
  if (seenGeneration !== life.generation) return no(life, 'resolution_not_bound')
  if (how === 'happened') return goes(life, 'confirmed')
  if (how === 'did_not_happen') return goes(life, 'refused')
  return goes(life, 'ready', {
    generation: life.generation + 1,
    unknownCount: 0,
    absentCount: 0,
    ...AT_REST,
  })
}
