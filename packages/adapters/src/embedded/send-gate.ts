/** The one gate through which every call to Klarna goes: closed while a quota is used up, and for good at the stop. */
import {
  addMs,
  type Clock,
  type GatewayAnswer,
  type IsoInstant,
  instantToMs,
  type PaymentGateway,
  type ReadResult,
  type Stop,
  type Telemetry,
} from '@postdelivery/core'
import type { Timers } from '../timers.ts'

export interface SendGate {
  /** The gateway behind the gate. */
  readonly gateway: PaymentGateway
  /** Lets no further call through: those that wait and those that come are answered as never sent. */
  close(): void
}

/** However long a quota says that it is used up, calls go on after this; Klarna's windows are seconds. */
const HOLD_MAX_MS = 60_000

/** An answer that is certain: nothing left this process. */
const NOT_SENT: GatewayAnswer = {
  type: 'no_answer',
  reason: 'not_connected',
  mayHaveReached: false,
}

/**
 * Puts a gate before a gateway.
 *
 * A `429` that says when the quota opens holds back all calls, reads included, until then: once a merchant is limited,
 * Klarna refuses every further call of it. A send that waited here is not made when something was stopped meanwhile: it was
 * allowed before the wait, and its command is looked at anew.
 */
export function createSendGate(
  inner: PaymentGateway,
  options: {
    readonly clock: Clock
    readonly timers: Timers
    readonly telemetry: Telemetry
    /** What of the kill switch stands. */
    readonly stops: () => Promise<readonly Stop[]>
  },
): SendGate {
  const { clock, timers, telemetry, stops } = options
  let opensAt: IsoInstant | null = null
  let waiters: (() => void)[] = []
  let handle: unknown
  let isClosed = false

  const wakeAll = (): void => {
    const woken = waiters
    waiters = []
    for (const wake of woken) wake()
  }

  /** Resolves when a call may go out; false when none may any more. */
  const pass = async (): Promise<boolean> => {
    while (!isClosed && opensAt !== null) {
      const leftMs = instantToMs(opensAt) - instantToMs(clock.now())
      if (leftMs <= 0) {
        opensAt = null
        break
      }
      if (waiters.length === 0) handle = timers.set(leftMs, wakeAll)
      await new Promise<void>((resolve) => waiters.push(resolve))
    }
    return !isClosed
  }

  /** As `pass`, for what changes something at Klarna. A store that cannot say what is stopped lets nothing through. */
  const passToSend = async (): Promise<boolean> => {
    if (opensAt === null) return pass()
    try {
      if (!(await pass())) return false
      // Whom a stop holds is asked anew with the next try; what waited here was asked before the wait.
      return (await stops()).length === 0
    } catch {
      return false
    }
  }

  const watch = (answer: GatewayAnswer): void => {
    if (answer.type !== 'answered' || answer.status !== 429 || answer.rateLimitResetMs === null)
      return
    const now = clock.now()
    const holdMs = Math.min(answer.rateLimitResetMs, HOLD_MAX_MS)
    const until = addMs(now, holdMs)
    if (opensAt !== null && until <= opensAt) return
    opensAt = until
    telemetry.record({
      name: 'alarm',
      level: 'warn',
      at: now,
      attributes: { code: 'rate_limited', waitMs: holdMs },
    })
  }

  const read = async <Value>(
    call: () => Promise<ReadResult<Value>>,
  ): Promise<ReadResult<Value>> => {
    if (!(await pass())) return { type: 'failed', answer: NOT_SENT }
    const result = await call()
    if (result.type === 'failed') watch(result.answer)
    return result
  }

  return {
    gateway: {
      prepare: (command) => inner.prepare(command),
      async perform(request, idempotencyKey) {
        if (!(await passToSend())) return NOT_SENT
        const answer = await inner.perform(request, idempotencyKey)
        watch(answer)
        return answer
      },
      readOrder: (orderId) => read(() => inner.readOrder(orderId)),
      readDueDateOptions: (orderId, captureId) =>
        read(() => inner.readDueDateOptions(orderId, captureId)),
    },
    close() {
      isClosed = true
      if (waiters.length > 0) timers.clear(handle)
      wakeAll()
    },
  }
}
