/** The routes of a merchant's backend: signed events in, and what staff need to see and do. */
import { Hono } from 'hono'
import {
  isEventError,
  isPostDeliveryFailure,
  type PostDelivery,
  renderTimeline,
} from 'postdelivery'

export interface BackendOptions {
  readonly postDelivery: PostDelivery<readonly []>
  /** Says who calls, or null for nobody of ours; your backend uses its own sessions here. */
  readonly staffOf: (request: Request) => string | null
}

/** Makes the backend; `fetch` of what it returns serves requests, so it needs no port in tests. */
export function createBackend({ postDelivery, staffOf }: BackendOptions): Hono<Variables> {
  const app = new Hono<Variables>()

  // The shop, the warehouse and the CRM report here, signed; the library checks, bounds and answers.
  app.post('/events', (context) => postDelivery.handler(context.req.raw))
  app.get('/health', async (context) => context.json(await postDelivery.health()))

  app.use('/staff/*', async (context, next) => {
    const staff = staffOf(context.req.raw)
    if (staff === null) return context.json({ error: 'sign in first' }, 401)
    context.set('staff', staff)
    return next()
  })
  app.get('/staff/work', async (context) => context.json(await postDelivery.work()))
  app.get('/staff/orders/:orderId', async (context) => {
    const order = await postDelivery.order(context.req.param('orderId'))
    return order === undefined ? context.json({ error: 'no such order' }, 404) : context.json(order)
  })
  app.post('/staff/orders/:orderId/track', async (context) => {
    const receipt = await postDelivery.track(context.req.param('orderId'))
    return context.json({ accepted: receipt.accepted, eventId: receipt.eventId }, 202)
  })
  app.get('/staff/orders/:orderId/timeline', async (context) => {
    const entries = await postDelivery.timeline(context.req.param('orderId'))
    return context.text(`${renderTimeline(entries).join('\n')}\n`)
  })
  app.get('/staff/orders/:orderId/decisions', async (context) =>
    context.json(await postDelivery.why(context.req.param('orderId'))),
  )
  app.get('/staff/orders/:orderId/captures/:captureId', async (context) => {
    const { orderId, captureId } = context.req.param()
    return context.json(await postDelivery.viewCapture(orderId, captureId))
  })

  app.onError((error, context) => {
    // Expected failures say what to do; everything else is ours, and its details stay in the log.
    if (isPostDeliveryFailure(error) || isEventError(error)) {
      return context.json({ error: error.code, message: error.message }, 409)
    }
    return context.json({ error: 'internal' }, 500)
  })
  return app
}

interface Variables {
  readonly Variables: { staff: string }
}
