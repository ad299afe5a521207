/** A twin without a socket: a `fetch` that answers as Klarna would, for tests that own time and the order of things. */
import {
  type Arrived,
  admit,
  refuseTarget,
  type Sealed,
  seal,
  sealWithoutContract,
  work,
} from './answer-call.ts'
import { isoOf } from './dates.ts'
import { isWorkDone } from './faults.ts'
import { faultyAnswer, lagOf } from './faulty-answer.ts'
import { type Target, targetOf } from './routes.ts'
import { createTwinControl, type TwinControl } from './twin-control.ts'
import { createTwinState, type TwinOptions, type TwinState } from './twin-state.ts'

/** A twin that is called as a function. */
export interface LocalTwin extends TwinControl {
  /** Where its calls go; nothing listens there. */
  readonly url: string
  readonly username: string
  readonly password: string
  /**
   * Answers one call at once: nothing waits, `latencyMs` and `hangMs` are not kept. A call that hangs ends when its own
   * signal does.
   *
   * Throws: `TypeError`, as `fetch` does, for a connection that breaks.
   */
  readonly fetch: (request: Request) => Promise<Response>
}

/**
 * Makes a twin that lives in memory alone and is called through its `fetch`.
 *
 * Throws: `TwinInputError` naming every problem of the options.
 *
 * @example
 * ```ts
 * import { createLocalTwin } from '@postdelivery/adapters/klarna-twin'
 *
 * const twin = createLocalTwin()
 * const [order] = twin.orders
 * const answer = await twin.fetch(
 *   new Request(`${twin.url}/ordermanagement/v1/orders/${order?.orderId}`, {
 *     headers: { authorization: `Basic ${btoa(`${twin.username}:${twin.password}`)}` },
 *   }),
 * )
 * expect(answer.status).toBe(200)
 * ```
 */
export function createLocalTwin(options: Omit<TwinOptions, 'port'> = {}): LocalTwin {
  const state = createTwinState(options)
  let callCount = 0
  const fetch = async (request: Request): Promise<Response> => {
    callCount += 1
    const correlationId = `00000000-0000-4000-8000-${callCount.toString(16).padStart(12, '0')}`
    const { pathname: path } = new URL(request.url)
    const target = targetOf(request.method, path)
    if (target === undefined || !('route' in target)) {
      const refused = refuseTarget(target, { method: request.method, path })
      return toResponse(sealWithoutContract(refused, correlationId))
    }
    const body = await request.text()
    const isTooLarge = Buffer.byteLength(body) > state.settings.bodyMaxBytes
    const arrived: Arrived = {
      target,
      path,
      authorization: request.headers.get('authorization') ?? undefined,
      key: keyOf(request, target),
      body: isTooLarge ? '' : body,
      isTooLarge,
    }
    return answer(state, arrived, { correlationId, signal: request.signal })
  }

  // Not spread: the controls are getters, and must stay so.
  return Object.defineProperties(createTwinControl(state), {
    url: { value: 'http://127.0.0.1:1', enumerable: true },
    username: { value: state.username, enumerable: true },
    password: { value: state.password, enumerable: true },
    fetch: { value: fetch, enumerable: true },
    // Added one by one above; the compiler does not follow `defineProperties`.
  }) as LocalTwin
}

const keyOf = (request: Request, { route }: Target): string | undefined =>
  route.method === 'GET' ? undefined : (request.headers.get('klarna-idempotency-key') ?? undefined)

interface Call {
  readonly correlationId: string
  readonly signal: AbortSignal
}

async function answer(state: TwinState, arrived: Arrived, call: Call): Promise<Response> {
  const { target, path, key, body } = arrived
  const { correlationId } = call
  const fault = state.faults.take(target)
  const note = state.log.note({
    at: isoOf(state.clock.nowMs()),
    method: target.route.method,
    path,
    operation: target.route.operation,
    orderId: target.orderId,
    captureId: target.captureId ?? null,
    idempotencyKey: key ?? null,
    body: body === '' ? null : body,
    correlationId,
    status: null,
    replayed: false,
    fault: fault?.kind ?? null,
  })
  const sealed = fault === undefined || isWorkDone(fault) ? carryOut() : undefined
  if (fault?.kind === 'hang') return hang(call.signal)

  const shown =
    fault === undefined
      ? sealed
      : faultyAnswer(fault, sealed, { settings: state.settings, correlationId })
  if (shown === undefined) throw connectionReset()
  note({ status: shown.status })
  return fault?.kind === 'truncated' ? truncated(shown) : toResponse(shown)

  function carryOut(): Sealed {
    const { quotaHeaders, refusal } = admit(state, arrived)
    if (refusal !== undefined)
      return seal(state, { route: target.route, quotaHeaders, correlationId }, refusal)
    const worked = work(state, arrived, lagOf(fault))
    if (worked.replayed) note({ replayed: true })
    return seal(state, { route: worked.route, quotaHeaders, correlationId }, worked.answer)
  }
}

const toResponse = ({ status, headers, text }: Sealed): Response =>
  new Response(text === '' ? null : text, { status, headers })

/** The first half of the body, then a broken connection; without a body it breaks where the answer begins. */
function truncated(sealed: Sealed): Response {
  if (sealed.text === '') throw connectionReset()
  const bytes = Buffer.from(sealed.text)
  let isSent = false
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isSent) return controller.error(connectionReset())
      isSent = true
      controller.enqueue(bytes.subarray(0, Math.floor(bytes.length / 2)))
    },
  })
  return new Response(stream, { status: sealed.status, headers: sealed.headers })
}

/** Never answers; ends when the caller gives up. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (): void => reject(signal.reason)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })

/** What `fetch` throws when the other side breaks the connection. */
const connectionReset = (): TypeError =>
  new TypeError('fetch failed', {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }),
  })
