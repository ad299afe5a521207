/** The way between a process and Klarna: it takes time, it loses and breaks things, and it knows what really arrived. */
import type { LocalTwin } from '@postdelivery/adapters/klarna-twin'
import type { Random } from '../random.ts'
import { type Arrival, fingerprint, readPath } from './books.ts'
import { CALL_FAULT_NAMES, CALL_FAULTS, type CallFault, type CallFaultName } from './call-faults.ts'
import type { SimulatedTime } from './simulated-time.ts'

export interface NetworkOptions {
  readonly twin: LocalTwin
  readonly time: SimulatedTime
  readonly random: Random
  /** Probability of each fault. */
  readonly faults: Readonly<Partial<Record<CallFaultName, number>>>
  readonly onSend: (call: SentCall) => void
  readonly onArrival: (arrival: Arrival) => void
  readonly onFault: (name: CallFaultName) => void
}

/** A write that leaves the process. */
export interface SentCall {
  readonly orderId: string
  readonly key: string
  readonly atMs: number
}

export interface Network {
  /** Calls so far, reads included. */
  readonly callCount: number
  /** What a process calls as `fetch`. */
  fetch(request: Request): Promise<Response>
  /** Every call suffers this until then; null ends it. */
  setOutage(fault: CallFaultName | null): void
  /** No more accidents. */
  calm(): void
}

const WAY_MAX_MS = 400

export function createNetwork(options: NetworkOptions): Network {
  const { twin, time, random } = options
  const counts = new Map<string, number>()
  let outage: CallFaultName | null = null
  let isCalm = false
  let callCount = 0

  /** The accident of one call, by its own name, so that it stays the same when the story is made shorter. */
  const drawFault = (name: string, isWrite: boolean): CallFaultName | null => {
    if (isCalm) return null
    if (outage !== null && canHit(CALL_FAULTS[outage], isWrite)) return outage
    return (
      CALL_FAULT_NAMES.find(
        (fault) =>
          (options.faults[fault] ?? 0) > 0 &&
          canHit(CALL_FAULTS[fault], isWrite) &&
          random.happens(`${fault} ${name}`, options.faults[fault] ?? 0),
      ) ?? null
    )
  }

  const arrive = async (
    request: Request,
    fault: CallFault | null,
    sent: SentCall | null,
  ): Promise<Promise<Response>[]> => {
    const { pathname: path } = new URL(request.url)
    const { orderId, captureId, operation } = readPath(path)
    const before = sent === null ? '' : fingerprint(twin.books(orderId))
    const body = sent === null ? '' : await request.clone().text()
    twin.setFaults(fault === null || fault.twin === null ? [] : [fault.twin])
    const answer = twin.fetch(request)
    // The twin works at once; its answer may be long in coming, or never come.
    const early = await Promise.race([answer.catch(ignore), turns(2)])
    if (sent !== null && operation !== null)
      options.onArrival({
        orderId,
        operation,
        captureId,
        key: sent.key,
        method: request.method,
        path,
        body: body === '' ? null : body,
        sentMs: sent.atMs,
        arrivedMs: time.nowMs,
        isEffect: fingerprint(twin.books(orderId)) !== before,
        status: early instanceof Response ? early.status : null,
      })
    // In a list, so that the pending answer itself is not waited for here.
    return [answer]
  }

  return {
    get callCount() {
      return callCount
    },
    async fetch(request) {
      callCount += 1
      const { pathname } = new URL(request.url)
      const { orderId, captureId, operation } = readPath(pathname)
      const isWrite = request.method !== 'GET'
      const kind = `${orderId} ${captureId} ${operation ?? pathname.split('/').at(-1)} ${request.method}`
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      const name = `${kind} ${count}`
      const faultName = drawFault(name, isWrite)
      const fault: CallFault | null = faultName === null ? null : CALL_FAULTS[faultName]
      if (faultName !== null) options.onFault(faultName)
      const sent: SentCall | null = isWrite
        ? { orderId, key: request.headers.get('klarna-idempotency-key') ?? '', atMs: time.nowMs }
        : null
      if (sent !== null) options.onSend(sent)

      if (fault !== null && fault.twin === null) throw notConnected()
      const lateMs = random.integer(`late ${name}`, 0, fault?.lateMaxMs ?? 0)
      await time.sleep(random.integer(`there ${name}`, 1, WAY_MAX_MS) + lateMs)
      const [answer] = await time.busy(() => arrive(request, fault, sent))
      await time.sleep(random.integer(`back ${name}`, 1, WAY_MAX_MS))
      return answer ?? Promise.reject(notConnected())
    },
    setOutage(fault) {
      outage = fault
    },
    calm() {
      isCalm = true
      outage = null
    },
  }
}

const canHit = ({ hits }: CallFault, isWrite: boolean): boolean =>
  hits === 'all' || (hits === 'writes') === isWrite

const ignore = (): void => {}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}

/** What `fetch` throws when nothing listens: surely nothing was sent. */
const notConnected = (): TypeError =>
  new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    }),
  })
