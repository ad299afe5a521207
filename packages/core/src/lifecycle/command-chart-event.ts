/** What a command's chart hears, and what every command starts with. */
import type { CommandChartContext } from '../order-state.ts'
import type { IsoInstant } from '../time.ts'

export type CommandChartEvent =
  | { readonly type: 'request' }
  | {
      readonly type: 'awaitApproval'
      readonly why: string
      readonly approvalsNeeded: number
      readonly expiresAt: IsoInstant
    }
  | { readonly type: 'approve'; readonly by: string }
  | { readonly type: 'reject'; readonly why: string }
  | { readonly type: 'expire' }
  | { readonly type: 'start'; readonly at: IsoInstant }
  | { readonly type: 'done'; readonly resultId: string | null }
  /** `auditAt`: when to read Klarna's books, should an earlier attempt have left doubt. */
  | { readonly type: 'refused'; readonly why: string; readonly auditAt: IsoInstant }
  /** `retryAt` null: no repeat with the same key is left; `auditAt`: when to read Klarna's books instead. */
  | {
      readonly type: 'unknown'
      readonly why: string
      readonly retryAt: IsoInstant | null
      readonly auditAt: IsoInstant
      /** A repeat that was pulled forward uses up none of the regular ones. */
      readonly isExtra: boolean
    }
  /** Klarna answers again: the repeat is due at `at`, before its regular instant. */
  | { readonly type: 'pullForward'; readonly at: IsoInstant }
  /** The key may be older than the clock says: nothing is sent under it any more. */
  | { readonly type: 'endKey' }
  | {
      readonly type: 'notStarted'
      readonly why: string
      readonly notBefore: IsoInstant
      readonly isStale: boolean
      readonly wasReachable: boolean
    }
  /** `wasSent`: an attempt was refused at the door, before Klarna looked at its key. */
  | { readonly type: 'misconfigured'; readonly why: string; readonly wasSent: boolean }
  | { readonly type: 'needsPerson'; readonly why: string }
  | { readonly type: 'auditedPresent' }
  /** `auditAt` null: the books were read often enough. */
  | { readonly type: 'auditedAbsent'; readonly auditAt: IsoInstant | null; readonly why: string }
  | { readonly type: 'auditPostponed'; readonly auditAt: IsoInstant }
  | { readonly type: 'resume' }
  | { readonly type: 'resolveHappened'; readonly why: string }
  | { readonly type: 'resolveDidNotHappen'; readonly why: string }
  | { readonly type: 'resolveTryAsNew'; readonly why: string }

/** The events whose only word is why. */
export const WITH_WHY = [
  'reject',
  'refused',
  'needsPerson',
  'resolveHappened',
  'resolveDidNotHappen',
] as const

/** What every command starts with. */
export const NEW_COMMAND: CommandChartContext = {
  generation: 0,
  attemptCount: 0,
  unknownCount: 0,
  firstReachableAt: null,
  notBefore: null,
  auditCount: 0,
  reachedBefore: false,
  regularAt: null,
  keyEnded: false,
  deferCount: 0,
  staleCount: 0,
  approvalsNeeded: 0,
  approvedBy: [],
  approvalExpiresAt: null,
  why: null,
  resultId: null,
}
