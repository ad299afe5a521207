/** The twin's HTTP server on the loopback address: Klarna's paths on one side, the control path on the other. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { refuseTarget, sealWithoutContract } from './answer-call.ts'
import { answerControl, type ControlAnswer, isControlPath } from './control-path.ts'
import { isoOf } from './dates.ts'
import { receive } from './receive.ts'
import { targetOf } from './routes.ts'
import { send } from './send.ts'
import { type Desk, serveCall } from './serve-call.ts'
import type { TwinControl } from './twin-control.ts'
import type { TwinState } from './twin-state.ts'

/** A server that listens. */
export interface TwinServer {
  readonly port: number
  /** Ends every call, pauses included, and stops listening. */
  readonly close: () => Promise<void>
}

/** The only address it binds. */
export const LOOPBACK = '127.0.0.1'

/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000
const CONTROL_BODY_MAX_BYTES = 256 * 1024 * 1024

/** Starts listening. Throws: what `listen` reports, such as a port that is taken. */
export async function listen(
  state: TwinState,
  control: TwinControl,
  port: number,
): Promise<TwinServer> {
  const closing = new AbortController()
  const desk: Desk = {
    state,
    inFlight: new Map(),
    nextCorrelationId: correlationIds(),
    closing: closing.signal,
  }
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(desk, control, { request, response }).catch((error: unknown) =>
      reportDefect(response, error),
    )
  })
  const boundPort = await bind(server, port)

  return {
    port: boundPort,
    close: () =>
      new Promise((resolve) => {
        closing.abort()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Connection {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function serve(
  desk: Desk,
  control: TwinControl,
  { request, response }: Connection,
): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const [path = '/'] = url.split('?', 1)
  if (isControlPath(path)) return serveControl(control, { request, response }, { method, path })

  const target = targetOf(method, path)
  if (target !== undefined && 'route' in target)
    return serveCall(desk, request, response, { target, path })
  const answer = refuseTarget(target, { method, path })
  const { body } = await receive(request, desk.state.settings.bodyMaxBytes)
  const correlationId = desk.nextCorrelationId()
  desk.state.log.note({
    at: isoOf(desk.state.clock.nowMs()),
    method,
    path,
    operation: null,
    orderId: null,
    captureId: null,
    idempotencyKey: null,
    body: body === '' ? null : body,
    correlationId,
    status: answer.status,
    replayed: false,
    fault: null,
  })
  await send(response, sealWithoutContract(answer, correlationId))
}

async function serveControl(
  control: TwinControl,
  { request, response }: Connection,
  { method, path }: { readonly method: string; readonly path: string },
): Promise<void> {
  const { body } = await receive(request, CONTROL_BODY_MAX_BYTES)
  // A page in a browser on this machine could reach the loopback address; it always says where it is from.
  const answer: ControlAnswer =
    request.headers.origin === undefined
      ? answerControl(control, { method, path, body })
      : { status: 403, body: { error: 'no_browsers', problems: ['not for pages in a browser'] } }
  const text = `${JSON.stringify(answer.body, null, 2)}\n`
  await send(response, {
    status: answer.status,
    headers: { 'Content-Type': 'application/json' },
    text,
  })
}

function reportDefect(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    response.destroy()
    return
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const text = JSON.stringify({ error_code: 'TWIN_DEFECT', error_messages: [message] })
  response.writeHead(500, { 'Content-Type': 'application/json' }).end(text)
}

/** UUID-shaped and counted, so that two runs of a test print the same. */
function correlationIds(): () => string {
  let count = 0
  return () => {
    count += 1
    return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
  }
}

const bind = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
