/** One call of Klarna's API over HTTP: log, faults, calls of one key at a time, and the answer on its way. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { failed, type TwinAnswer } from './answer.ts'
import {
  type Arrived,
  admit,
  callKeyOf,
  type Sealed,
  seal,
  type Worked,
  work,
} from './answer-call.ts'
import { isoOf } from './dates.ts'
import { type Fault, isWorkDone } from './faults.ts'
import { faultyAnswer, lagOf } from './faulty-answer.ts'
import { receive } from './receive.ts'
import type { Target } from './routes.ts'
import { breakOff, send, sendTruncated } from './send.ts'
import type { TwinState } from './twin-state.ts'

/** What serving needs beside the state. */
export interface Desk {
  readonly state: TwinState
  /** Calls that are being worked on, by their key; each settles when its answer has left or was lost. */
  readonly inFlight: Map<string, Promise<void>>
  readonly nextCorrelationId: () => string
  /** Aborted when the twin closes; ends every pause. */
  readonly closing: AbortSignal
}

/** A call on its way through the twin. */
interface Exchange {
  readonly desk: Desk
  readonly response: ServerResponse
  readonly arrived: Arrived
  readonly correlationId: string
  readonly fault: Fault | undefined
  readonly note: (outcome: { status?: number; replayed?: boolean }) => void
}

/** Serves one call. Resolves when its answer has left, or will never leave. */
export async function serveCall(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  { target, path }: { readonly target: Target; readonly path: string },
): Promise<void> {
  const { state } = desk
  const received = await receive(request, state.settings.bodyMaxBytes)
  const isWrite = target.route.method !== 'GET'
  const key = isWrite ? headerOf(request, 'klarna-idempotency-key') : undefined
  const authorization = headerOf(request, 'authorization')
  const arrived: Arrived = { target, path, authorization, key, ...received }
  const correlationId = desk.nextCorrelationId()
  const fault = state.faults.take(target)
  const note = state.log.note({
    at: isoOf(state.clock.nowMs()),
    method: target.route.method,
    path,
    operation: target.route.operation,
    orderId: target.orderId,
    captureId: target.captureId ?? null,
    idempotencyKey: key ?? null,
    body: received.body === '' ? null : received.body,
    correlationId,
    status: null,
    replayed: false,
    fault: fault?.kind ?? null,
  })
  const exchange: Exchange = { desk, response, arrived, correlationId, fault, note }

  if (fault === undefined || isWorkDone(fault)) await answerCall(exchange)
  else await deliver(exchange, undefined)
}

async function answerCall(exchange: Exchange): Promise<void> {
  const { desk, arrived, correlationId, fault } = exchange
  const { state } = desk
  const { quotaHeaders, refusal } = admit(state, arrived)
  const sealed = (answer: TwinAnswer, route = arrived.target.route): Sealed =>
    seal(state, { route, quotaHeaders, correlationId }, answer)
  if (refusal !== undefined) return deliver(exchange, sealed(refusal))

  const callKey = callKeyOf(state, arrived)
  if (callKey === undefined) return perform()
  while (desk.inFlight.has(callKey)) {
    if (state.settings.concurrentKey === 'conflict')
      return deliver(exchange, sealed(failed(409, 'CONFLICT')))
    await desk.inFlight.get(callKey)
  }
  const performed = perform().finally(() => desk.inFlight.delete(callKey))
  // A call that fails is reported by whoever serves it, not by those who wait for its key.
  desk.inFlight.set(
    callKey,
    performed.catch(() => undefined),
  )
  return performed

  function perform(): Promise<void> {
    const { answer, replayed, route }: Worked = work(state, arrived, lagOf(fault))
    if (replayed) exchange.note({ replayed })
    return deliver(exchange, sealed(answer, route))
  }
}

/** Lets an answer go, or what the fault makes of it. `sealed` is absent when the call was not carried out. */
async function deliver(exchange: Exchange, sealed: Sealed | undefined): Promise<void> {
  const { desk, response, fault, correlationId } = exchange
  const { latencyMs } = desk.state.settings
  if (latencyMs > 0) await pause(exchange, latencyMs)
  if (fault?.kind === 'hang') await pause(exchange, fault.hangMs ?? null)
  if (desk.closing.aborted || response.destroyed) return breakOff(response)

  const shown =
    fault === undefined
      ? sealed
      : faultyAnswer(fault, sealed, { settings: desk.state.settings, correlationId })
  if (shown === undefined) return breakOff(response)
  if (fault?.kind === 'truncated') return sendTruncated(response, shown)
  exchange.note({ status: shown.status })
  await send(response, shown)
}

/** Waits a span of real time, or for ever; ends early when the client goes or the twin closes. */
function pause({ desk, response }: Exchange, spanMs: number | null): Promise<void> {
  if (desk.closing.aborted || response.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = spanMs === null ? undefined : setTimeout(end, spanMs)
    response.once('close', end)
    desk.closing.addEventListener('abort', end, { once: true })

    function end(): void {
      clearTimeout(timer)
      response.off('close', end)
      desk.closing.removeEventListener('abort', end)
      resolve()
    }
  })
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
