/** Klarna's paths: which call a method and path are, in both forms of the due-date calls. */

/** Operations by Klarna's own names. */
export type OperationId =
  | 'getOrder'
  | 'getCaptures'
  | 'getCapture'
  | 'captureOrder'
  | 'refundOrder'
  | 'getRefund'
  | 'releaseRemainingAuthorization'
  | 'appendShippingInfo'
  | 'triggerSendOut'
  | 'getOptionsForExtendDueDate'
  | 'extendDueDate'
  | 'extendAuthorizationTime'

/** A path and method of the contract. */
export interface Route {
  readonly operation: OperationId
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** The path in the contract. */
  readonly template: string
  readonly takesBody: boolean
}

/** A request's place among Klarna's calls. */
export interface Target {
  readonly route: Route
  readonly orderId: string
  readonly captureId?: string
  readonly refundId?: string
}

/** A path of Klarna's that has other methods than the one that was used. */
export interface WrongMethod {
  readonly allowedMethods: readonly string[]
}

const BASE = '/ordermanagement/v1/orders'
const ORDER = `${BASE}/{order_id}`

const route = (
  operation: OperationId,
  method: Route['method'],
  template: string,
  takesBody = false,
): Route => ({ operation, method, template: `${ORDER}${template}`, takesBody })

/** Every call of the contract; the last two are the guide's forms. */
export const ROUTES: readonly Route[] = [
  route('getOrder', 'GET', ''),
  route('getCaptures', 'GET', '/captures'),
  route('captureOrder', 'POST', '/captures', true),
  route('getCapture', 'GET', '/captures/{capture_id}'),
  route('appendShippingInfo', 'POST', '/captures/{capture_id}/shipping-info', true),
  route('triggerSendOut', 'POST', '/captures/{capture_id}/trigger-send-out'),
  route('refundOrder', 'POST', '/refunds', true),
  route('getRefund', 'GET', '/refunds/{refund_id}'),
  route('releaseRemainingAuthorization', 'POST', '/release-remaining-authorization'),
  route('extendAuthorizationTime', 'POST', '/extend-authorization-time'),
  route('getOptionsForExtendDueDate', 'GET', '/captures/{capture_id}/extend-due-date-options'),
  route('extendDueDate', 'PATCH', '/captures/{capture_id}/extend-due-date', true),
  route('getOptionsForExtendDueDate', 'GET', '/capture/{capture_id}/extend-due-date-options'),
  route('extendDueDate', 'POST', '/capture/{capture_id}/extend-due-date', true),
]

/** Names of the operations, each once. */
export const OPERATION_IDS: readonly OperationId[] = [
  ...new Set(ROUTES.map(({ operation }) => operation)),
]

/** Routes by the shape of their path, with `*` for ids, then by method. */
const ROUTES_BY_SHAPE: ReadonlyMap<string, ReadonlyMap<string, Route>> = groupedByShape(ROUTES)

/** The path of an order. */
export const orderPath = (orderId: string): string => `${BASE}/${orderId}`

/** Finds the call of a method and a path (without query); undefined when Klarna has no such path. */
export function targetOf(method: string, path: string): Target | WrongMethod | undefined {
  if (!path.startsWith(`${BASE}/`)) return undefined
  const segments = segmentsOf(path)
  const methods = ROUTES_BY_SHAPE.get(shapeOf(segments))
  if (methods === undefined) return undefined
  const found = methods.get(method)
  if (found === undefined) return { allowedMethods: [...methods.keys()] }
  const [orderId = '', part, partId] = segments.map(decoded)
  if (partId === undefined) return { route: found, orderId }
  return part === 'refunds'
    ? { route: found, orderId, refundId: partId }
    : { route: found, orderId, captureId: partId }
}

/** What stands after the base: order id, part, id of the part, rest. */
function segmentsOf(path: string): readonly string[] {
  return path.slice(BASE.length + 1).split('/')
}

function shapeOf([, ...rest]: readonly string[]): string {
  return rest.map((segment, index) => (index === 1 ? '*' : segment)).join('/')
}

function groupedByShape(routes: readonly Route[]): ReadonlyMap<string, ReadonlyMap<string, Route>> {
  const grouped = new Map<string, Map<string, Route>>()
  for (const each of routes) {
    const shape = shapeOf(segmentsOf(each.template))
    const methods = grouped.get(shape) ?? new Map<string, Route>()
    grouped.set(shape, methods.set(each.method, each))
  }
  return grouped
}

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
