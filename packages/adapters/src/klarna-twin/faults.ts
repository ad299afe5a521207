/**
 * What goes wrong on demand. Counted, never random: a test that fails once fails again.
 *
 * Says which call a fault hits and when; how it looks on the wire is the server's.
 */
import { OPERATION_IDS, type OperationId, type Target } from './routes.ts'
import { allowed, count, oneOf, orNull, type SettingCheck, text } from './setting-checks.ts'

/** Every kind of fault, with whether the call is carried out when the fault does not say. */
export const FAULT_KINDS = {
  /** The connection breaks where the answer should come. */
  answer_lost: 'done',
  /** The connection breaks before anything happens. */
  dropped: 'not_done',
  /** No answer for `hangMs`, or ever; then the answer, or a broken connection when nothing was done. */
  hang: 'done',
  /** A 5xx (`status`, `code`). */
  server_error: 'not_done',
  /** Any error with Klarna's error object (`status`, `code`). */
  error: 'not_done',
  /** 429, quota used up. */
  rate_limited: 'not_done',
  /** 403 without an error object, as a protection layer sends it. */
  bare_403: 'not_done',
  /** A page in HTML (`status`, 502 when left out). */
  html: 'not_done',
  /** 307 to `location`. */
  redirect: 'not_done',
  /** The answer breaks off in the middle. */
  truncated: 'done',
  /** A body that is no JSON, where there should be JSON. */
  malformed: 'done',
  /** A read that shows the order as it was `staleMs` ago. */
  stale: 'done',
} as const

export type FaultKind = keyof typeof FAULT_KINDS

/** One fault and the calls that it hits. */
export interface Fault {
  readonly kind: FaultKind
  /** Only these operations; all when left out. */
  readonly operation?: OperationId | readonly OperationId[]
  readonly orderId?: string
  readonly captureId?: string
  /** Matching calls that pass before the first is hit. Default 0. */
  readonly skip?: number
  /** Hits every n-th matching call after those. Default 1: each. */
  readonly every?: number
  /** Calls to hit, then the fault is over; null for no end. Default 1. */
  readonly times?: number | null
  /** Whether the call is carried out. Default by kind. */
  readonly work?: 'done' | 'not_done'
  /** HTTP status of `server_error` (500), `error` (409), `html` (502). */
  readonly status?: number
  /** Error code of `server_error` and `error`. */
  readonly code?: string
  /** Milliseconds of `hang`; null (the default) for ever. */
  readonly hangMs?: number | null
  /** Milliseconds that a `stale` read lags; as far back as is known when left out. */
  readonly staleMs?: number
  /** Where `redirect` points to. Default `/moved`. */
  readonly location?: string
}

/** A fault as it stands. */
export interface FaultState extends Fault {
  /** Matching calls so far. */
  readonly matchedCount: number
  /** Calls hit so far. */
  readonly hitCount: number
}

export interface FaultPlan {
  /** Replaces all faults. */
  readonly set: (faults: readonly Fault[]) => void
  /** The fault that hits a call, the first in order; counts the call. */
  readonly take: (target: Target) => Fault | undefined
  readonly list: () => readonly FaultState[]
}

/** Starts without faults. */
export function createFaultPlan(): FaultPlan {
  let armed: { readonly fault: Fault; matchedCount: number; hitCount: number }[] = []

  return {
    set(faults) {
      armed = faults.map((fault) => ({ fault, matchedCount: 0, hitCount: 0 }))
    },
    take(target) {
      for (const each of armed) {
        const { skip = 0, every = 1, times = 1 } = each.fault
        if (!matches(each.fault, target)) continue
        if (times !== null && each.hitCount >= times) continue
        each.matchedCount += 1
        if (each.matchedCount <= skip || (each.matchedCount - skip) % every !== 0) continue
        each.hitCount += 1
        return each.fault
      }
      return undefined
    },
    list: () => armed.map(({ fault, ...counts }) => ({ ...fault, ...counts })),
  }
}

/** Tells whether a call under a fault is carried out. */
export const isWorkDone = (fault: Fault): boolean =>
  (fault.work ?? FAULT_KINDS[fault.kind]) === 'done'

/** Reads faults from outside. Returns: what is wrong, one line each; empty when all is well. */
export function problemsOfFaults(given: unknown): readonly string[] {
  if (!Array.isArray(given)) return ['faults are a list']
  return given.flatMap((fault: unknown, index) =>
    problemsOfFault(fault).map((problem) => `[${index}]: ${problem}`),
  )
}

function problemsOfFault(fault: unknown): readonly string[] {
  if (typeof fault !== 'object' || fault === null) return ['a fault is an object']
  const problems = Object.entries(fault).flatMap(([name, value]) => {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof Fault] : undefined
    if (check === undefined) return [`\`${name}\` is no member of a fault`]
    return check.passes(value)
      ? []
      : [`\`${name}\` is ${allowed(check)}, not ${JSON.stringify(value)}`]
  })
  return 'kind' in fault ? problems : ['`kind` is missing', ...problems]
}

const matches = ({ operation, orderId, captureId }: Fault, target: Target): boolean =>
  (operation === undefined ||
    (typeof operation === 'string' ? [operation] : operation).includes(target.route.operation)) &&
  (orderId === undefined || orderId === target.orderId) &&
  (captureId === undefined || captureId === target.captureId)

const operations: SettingCheck = {
  passes: (value) =>
    (Array.isArray(value) ? value : [value]).every((each) => OPERATION_IDS.includes(each)),
  words: `one or several of ${OPERATION_IDS.join(', ')}`,
}

const status: SettingCheck = {
  passes: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  words: 'an HTTP status from 200 to 599',
}

const CHECKS: Readonly<Record<keyof Fault, SettingCheck>> = {
  kind: oneOf(...Object.keys(FAULT_KINDS)),
  operation: operations,
  orderId: text,
  captureId: text,
  skip: count(0),
  every: count(1),
  times: orNull(count(1)),
  work: oneOf('done', 'not_done'),
  status,
  code: text,
  hangMs: orNull(count(0)),
  staleMs: count(0),
  location: text,
}
