/** Starts a twin of Klarna: a real HTTP server with Klarna's behaviour, for tests and demos. */
import { LOOPBACK, listen } from './server.ts'
import { createTwinControl, type TwinControl } from './twin-control.ts'
import { createTwinState, type TwinOptions } from './twin-state.ts'

/** A twin that runs. */
export interface Twin extends TwinControl, AsyncDisposable {
  /** Base URL without a slash at its end, for example `http://127.0.0.1:40123`. */
  readonly url: string
  readonly username: string
  readonly password: string
  /** Ends every call and stops listening. Harmless when repeated. */
  readonly close: () => Promise<void>
}

/**
 * Starts a twin on the loopback address.
 *
 * It behaves as Klarna does, with the sample orders and the default settings unless told otherwise. Nothing is
 * kept on disk: a twin that is closed is gone.
 *
 * Throws: `TwinInputError` naming every problem of the options; what `listen` reports, such as a port that is taken.
 *
 * @example
 * ```ts
 * import { startTwin } from '@postdelivery/adapters/klarna-twin'
 *
 * await using twin = await startTwin()
 * const [order] = twin.orders
 * const answer = await fetch(`${twin.url}/ordermanagement/v1/orders/${order?.orderId}`, {
 *   headers: { authorization: `Basic ${btoa(`${twin.username}:${twin.password}`)}` },
 * })
 * expect(answer.status).toBe(200)
 * ```
 */
export async function startTwin(options: TwinOptions = {}): Promise<Twin> {
  const state = createTwinState(options)
  const control = createTwinControl(state)
  const server = await listen(state, control, options.port ?? 0)
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= server.close()
    return closed
  }

  // Not spread: the controls are getters, and must stay so.
  return Object.defineProperties(control, {
    url: { value: `http://${LOOPBACK}:${server.port}`, enumerable: true },
    username: { value: state.username, enumerable: true },
    password: { value: state.password, enumerable: true },
    close: { value: close, enumerable: true },
    [Symbol.asyncDispose]: { value: close },
    // Added one by one above; the compiler does not follow `defineProperties`.
  }) as Twin
}
