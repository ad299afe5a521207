/**
 * A small real backend that embeds the library: events in, staff endpoints, graceful shutdown.
 *
 * Without credentials it starts the twin and uses it. With them it talks to Klarna's playground:
 *   KLARNA_USERNAME=... KLARNA_PASSWORD=... EVENT_SECRET=... STAFF_TOKEN=... PORT=8080 npx pnpm example 03
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createPostDelivery, type KlarnaConfig, rulesFrom } from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'
import { startTwin, type Twin } from 'postdelivery/testing'
import { approval, limits } from '../limits.ts'
import { createBackend } from './backend.ts'

/** A backend that runs. */
export interface RunningBackend {
  readonly url: string
  readonly eventSecret: string
  readonly staffToken: string
  /** Present when it runs against the twin. */
  readonly twin: Twin | null
  /** Takes no more requests, lets calls under way end, and closes the store. */
  stop(): Promise<void>
}

/** Starts the backend; everything that it needs comes from `env`, secrets that are not given are made up. */
export async function start(
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningBackend> {
  const eventSecret = env['EVENT_SECRET'] ?? randomBytes(24).toString('hex')
  const staffToken = env['STAFF_TOKEN'] ?? randomBytes(24).toString('hex')
  const twin = env['KLARNA_USERNAME'] === undefined ? await startTwin() : null
  const file =
    env['DATABASE_FILE'] ??
    join(await mkdtemp(join(tmpdir(), 'postdelivery-backend-')), 'orders.db')

  const postDelivery = await createPostDelivery({
    klarna: klarnaOf(env, twin),
    store: sqlite(file),
    rules: rulesFrom(join(import.meta.dirname, 'rules'), { watch: true }),
    timeZone: 'Europe/Stockholm',
    limits,
    approval,
    events: { secrets: [eventSecret] },
  })
  const isStaff = (request: Request) =>
    isEqual(request.headers.get('authorization') ?? '', `Bearer ${staffToken}`)
  const app = createBackend({
    postDelivery,
    staffOf: (request) => (isStaff(request) ? 'staff' : null),
  })
  const { promise: listening, resolve } = Promise.withResolvers<number>()
  const server = serve(
    { fetch: app.fetch, hostname: '127.0.0.1', port: Number(env['PORT'] ?? 0) },
    ({ port }) => resolve(port),
  )

  return {
    url: `http://127.0.0.1:${await listening}`,
    eventSecret,
    staffToken,
    twin,
    async stop() {
      // Order matters: no more events, then the engine, then the Klarna that it calls.
      await new Promise((done) => server.close(done))
      await postDelivery.close()
      await twin?.close()
    },
  }
}

function klarnaOf(
  env: Readonly<Record<string, string | undefined>>,
  twin: Twin | null,
): KlarnaConfig {
  if (twin !== null) {
    return {
      baseUrl: twin.url,
      credentials: () => ({ username: twin.username, password: twin.password }),
    }
  }
  const credentials = () => ({
    username: env['KLARNA_USERNAME'] ?? '',
    password: env['KLARNA_PASSWORD'] ?? '',
  })
  return { region: 'eu', live: false, credentials }
}

/** Compares secrets in constant time; hashing makes their lengths equal. */
const isEqual = (given: string, wanted: string): boolean =>
  timingSafeEqual(
    createHash('sha256').update(given).digest(),
    createHash('sha256').update(wanted).digest(),
  )

if (import.meta.main) {
  const backend = await start(process.env)
  console.log(
    `backend   ${backend.url}  (POST /events, GET /health, GET /staff/work, GET /staff/orders/:orderId/timeline ...)`,
  )
  console.log(
    `events    sign with EVENT_SECRET ${process.env['EVENT_SECRET'] === undefined ? backend.eventSecret : '(yours)'}`,
  )
  console.log(
    `staff     authorization: Bearer ${process.env['STAFF_TOKEN'] === undefined ? backend.staffToken : '(yours)'}`,
  )
  if (backend.twin !== null)
    console.log(
      `Klarna    the twin at ${backend.twin.url}, orders ${backend.twin.orders.map((order) => order.orderId).join(', ')}`,
    )

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log(`${signal}: finishing what is under way`)
      backend.stop().then(
        () => console.log('stopped'),
        (error: unknown) => {
          console.error(error)
          process.exitCode = 1
        },
      )
    })
  }
}
