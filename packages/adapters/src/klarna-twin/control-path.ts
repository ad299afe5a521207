/** The control path `/__twin`: what a test may do to the twin over HTTP. No Klarna call begins like this. */
import { clockChangeOf, optionsOf, portalActionOf } from './control-body.ts'
import type { TwinControl } from './twin-control.ts'
import { TwinInputError } from './twin-state.ts'

/** Where the control path begins. */
const CONTROL_PATH = '/__twin'

export interface ControlRequest {
  readonly method: string
  /** Without query. */
  readonly path: string
  /** The body as text; empty for none. */
  readonly body: string
}

/** An answer of the control path; always JSON. */
export interface ControlAnswer {
  readonly status: number
  readonly body: unknown
}

type Handler = (twin: TwinControl, body: unknown, ids: readonly string[]) => ControlAnswer

const ok = (body: unknown): ControlAnswer => ({ status: 200, body })

/** Method and path (`*` for an id) to what is done. Listed by `GET /__twin`. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /': (twin) => ok({ now: twin.now, orders: twin.orders, paths: PATHS }),
  'GET /state': (twin) =>
    ok({
      now: twin.now,
      settings: twin.settings,
      faults: twin.faults,
      violations: twin.violations,
      orders: twin.orders.map(({ orderId }) => twin.books(orderId)),
    }),
  'GET /orders': (twin) => ok(twin.orders),
  'POST /orders': (twin, body) => {
    // Checked by the twin, which names every problem.
    const seeds = (Array.isArray(body) ? body : [body]) as Parameters<TwinControl['addOrders']>[0]
    const ids = new Set(twin.addOrders(seeds))
    return { status: 201, body: twin.orders.filter(({ orderId }) => ids.has(orderId)) }
  },
  'GET /orders/*': (twin, _body, [orderId = '']) => ok(twin.books(orderId)),
  'GET /books': (twin) => ok(twin.orders.map(({ orderId }) => twin.books(orderId))),
  'GET /books/*': (twin, _body, [orderId = '']) => ok(twin.books(orderId)),
  'POST /orders/*/portal/*': (twin, body, [orderId = '', action = '']) => {
    const answer = twin.actInPortal(orderId, portalActionOf(action, body))
    return answer.status >= 400
      ? { status: answer.status, body: answer.body }
      : ok(twin.books(orderId))
  },
  'PUT /orders/*/extension-options': (twin, body, [orderId = '']) => {
    twin.offerExtensions(orderId, optionsOf(body))
    return ok(twin.books(orderId))
  },
  'GET /settings': (twin) => ok(twin.settings),
  'PUT /settings': (twin, body) => {
    // Checked by the twin, as are faults.
    twin.setSettings(body as Parameters<TwinControl['setSettings']>[0])
    return ok(twin.settings)
  },
  'GET /faults': (twin) => ok(twin.faults),
  'PUT /faults': (twin, body) => {
    twin.setFaults(body as Parameters<TwinControl['setFaults']>[0])
    return ok(twin.faults)
  },
  'DELETE /faults': (twin) => {
    twin.setFaults([])
    return ok(twin.faults)
  },
  'GET /clock': (twin) => ok({ now: twin.now }),
  'POST /clock': (twin, body) => {
    const change = clockChangeOf(body)
    if ('advanceMs' in change) twin.advance(change.advanceMs)
    else twin.setClock(change.setToMs)
    return ok({ now: twin.now })
  },
  'GET /requests': (twin) => ok(twin.requests),
  'DELETE /requests': (twin) => {
    twin.clearRequests()
    return ok([])
  },
  'GET /violations': (twin) => ok(twin.violations),
  'POST /reset': (twin) => {
    twin.reset()
    return ok({ now: twin.now, orders: twin.orders })
  },
}

const PATHS: readonly string[] = Object.keys(HANDLERS).map((place) =>
  place.replace(' /', ` ${CONTROL_PATH}/`).replace(/\/$/, ''),
)

/** Tells whether a path is the control path's. */
export const isControlPath = (path: string): boolean =>
  path === CONTROL_PATH || path.startsWith(`${CONTROL_PATH}/`)

/**
 * Answers a request of the control path.
 *
 * Refuses: 400 with `problems` for input that is wrong, 404 for a path or order that is not there, 405 for another
 *   method, 409 for a clock that would run backwards.
 */
export function answerControl(
  twin: TwinControl,
  { method, path, body }: ControlRequest,
): ControlAnswer {
  const segments = path.slice(CONTROL_PATH.length + 1).split('/')
  const match = find(method, segments)
  if (match.handler === undefined)
    return match.methods.length === 0
      ? problem(404, 'not_found', [`no \`${path}\`; GET ${CONTROL_PATH} lists what there is`])
      : problem(405, 'method_not_allowed', [`\`${path}\` takes ${match.methods.join(', ')}`])
  try {
    return match.handler(twin, parsed(body), match.ids)
  } catch (error) {
    if (error instanceof TwinInputError) return problem(400, 'bad_input', error.problems)
    if (error instanceof RangeError) return problem(409, 'clock_not_backwards', [error.message])
    throw error
  }
}

interface Match {
  readonly handler: Handler | undefined
  readonly ids: readonly string[]
  /** Methods that the path has. */
  readonly methods: readonly string[]
}

function find(method: string, segments: readonly string[]): Match {
  const fitting = Object.entries(HANDLERS).flatMap(([place, handler]) => {
    const [placeMethod = '', placePath = ''] = place.split(' ')
    const wanted = placePath.slice(1).split('/')
    const fits =
      wanted.length === segments.length &&
      wanted.every((each, index) => each === '*' || each === segments[index])
    const ids = segments.filter((_, index) => wanted[index] === '*')
    return fits ? [{ method: placeMethod, handler, ids }] : []
  })
  const found = fitting.find((each) => each.method === method)
  return {
    handler: found?.handler,
    ids: found?.ids ?? [],
    methods: fitting.map((each) => each.method),
  }
}

function parsed(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw new TwinInputError(['the body is no valid JSON'])
  }
}

const problem = (status: number, error: string, problems: readonly string[]): ControlAnswer => ({
  status,
  body: { error, problems },
})
