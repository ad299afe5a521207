/** No canary in a personal or credential field is found again, whatever Klarna, senders and the merchant's code say. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import {
  createPostDelivery,
  defineFact,
  type Notice,
  type PostDelivery,
  renderTimeline,
  rulesFromText,
} from 'postdelivery'
import { pinoTelemetry } from 'postdelivery/pino'
import { sqlite } from 'postdelivery/sqlite'
import {
  fixedClock,
  guideOrder,
  SIGNATURE_HEADER,
  sampleOrderId,
  signEvent,
  startTwin,
} from 'postdelivery/testing'
import { expect, test } from 'vitest'
import {
  bytesOf,
  CHATTY,
  canariesIn,
  OWN,
  PERSONAL_MEMBERS,
  printed,
  rowsOf,
  SECRETS,
} from './canaries.ts'
import {
  approval,
  DUE_ON,
  damagedReturn,
  limits,
  MORE_TIME,
  PAY_BACK,
  ruleSet,
  START,
} from './setup.ts'

/** Orders, each with its own accidents; `POSTDELIVERY_HISTORIES=2000` for a release. */
const orderCount = Number(process.env['POSTDELIVERY_HISTORIES'] ?? 500)
const SEED = Number(process.env['POSTDELIVERY_SEED'] ?? Date.now() % 1_000_000)

/** What goes wrong for one order. */
const accident = fc.record({
  klarna: fc.constantFrom(
    'nothing',
    'answer_lost',
    'dropped',
    'server_error',
    'error',
    'rate_limited',
    'bare_403',
    'html',
    'redirect',
    'truncated',
    'malformed',
  ),
  operation: fc.constantFrom(
    'getOrder',
    'refundOrder',
    'extendDueDate',
    'getOptionsForExtendDueDate',
  ),
  /** What the transport does in place of Klarna, once. */
  transport: fc.constantFrom(
    'works',
    'works',
    'echoes',
    'echoes in a page',
    'throws',
    'throws the request',
  ),
  skip: fc.nat({ max: 4 }),
  event: fc.constantFrom('good', 'unknown field', 'too long', 'wrong type', 'over http', 'by hand'),
  loader: fc.constantFrom('loads', 'throws', 'rejects'),
})
type Accident = typeof accident extends fc.Arbitrary<infer Drawn> ? Drawn : never

const ASK_TIER = {
  name: 'Ask for gold',
  on: ['return.received'],
  mode: 'live',
  conditions: { all: [{ fact: 'customer.tier', operator: 'equal', value: 'gold' }] },
  event: { type: 'notify', params: { channel: 'ops', message: 'a gold customer returned' } },
} as const

const PAY_SOME = {
  ...PAY_BACK,
  name: 'Pay some',
  on: ['return.received'],
  event: { type: 'refund', params: { basis: 'amount', amountMinor: 100 } },
} as const

const thrown = (message: string): Error =>
  Object.assign(new Error(message, { cause: new Error(`because of ${message}`) }), {
    name: message,
    code: message,
    details: { message },
  })

interface Heard {
  readonly telemetry: unknown[]
  readonly notices: Notice[]
  readonly errors: unknown[]
  readonly shown: unknown[]
}

const nameOf = (index: number): string => `canary-${index}`

/** A fetch that, once for an order, answers or throws with all that it can know. */
function chattyFetch(accidents: readonly Accident[]) {
  const seen = new Map<string, number>()
  const orderOf = new Map(accidents.map((_, index) => [sampleOrderId(nameOf(index)), index]))
  return async (request: Request): Promise<Response> => {
    const orderId = /orders\/([^/]+)/.exec(request.url)?.[1] ?? ''
    const drawn = accidents[orderOf.get(orderId) ?? -1]
    const count = seen.get(orderId) ?? 0
    seen.set(orderId, count + 1)
    const said = `${CHATTY} ${request.headers.get('authorization')} ${SECRETS.password}`
    if (drawn === undefined || count !== drawn.skip + 1) return fetch(request)
    const isNo = drawn.skip % 2 === 0
    switch (drawn.transport) {
      case 'works':
        return fetch(request)
      case 'echoes':
        return Response.json(
          {
            error_code: isNo ? 'NOT_ALLOWED' : 'BAD_VALUE',
            error_messages: [said],
            correlation_id: 'x',
          },
          { status: isNo ? 403 : 400 },
        )
      case 'echoes in a page':
        return new Response(`<p>${said}</p>`, { status: 502, headers: { 'x-said': 'c4nA79' } })
      case 'throws':
        throw thrown(said)
      case 'throws the request':
        throw Object.assign(new TypeError(said), { request, headers: [...request.headers] })
    }
  }
}

/** Submits what is drawn for an order; errors are kept for the scan. */
async function tellOrder(
  postDelivery: PostDelivery<never>,
  orderId: string,
  captureId: string,
  drawn: Accident,
): Promise<void> {
  const back = { ...damagedReturn({ orderId, captureId }), data: { note: OWN.data } }
  const parcel = { trackingUri: `https://${OWN.tracking}:x@track.example/1`, trackingNumber: '1' }
  await postDelivery.submit({
    id: 'wms-0',
    type: 'shipment.dispatched',
    orderId,
    captureId,
    at: START,
    shippingInfo: [parcel],
  } as never)
  const action = { type: 'sendOut' }
  const byHand = {
    id: 'ask-1',
    type: 'action.requested',
    orderId,
    captureId,
    at: START,
    by: OWN.by,
    why: OWN.why,
    action,
  }
  const bad = {
    'unknown field': { ...back, email: `c4nA60@shop.example`, note: 'c4nA61' },
    'too long': { ...back, reason: 'c4nA62'.repeat(50) },
    'wrong type': { ...back, lines: 'c4nA63', returnId: { c4nA64: 'c4nA65' } },
  }[drawn.event as string]
  if (bad !== undefined) await postDelivery.submit(bad as never)
  if (drawn.event === 'by hand') await postDelivery.submit(byHand as never)
  await postDelivery.submit(back as never)
}

async function tellOverHttp(
  postDelivery: PostDelivery<never>,
  orderId: string,
  at: string,
): Promise<string> {
  const body = JSON.stringify({ id: 'h-1', orderId, type: 'c4nA66', email: 'c4nA67@shop.example' })
  const signature = signEvent(body, SECRETS.eventSecret, at)
  const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature }
  const answers = await Promise.all(
    [headers, { ...headers, [SIGNATURE_HEADER]: 'c4nA68' }].map((each) =>
      postDelivery.handler(
        new Request('http://shop.example', { method: 'POST', headers: each, body }),
      ),
    ),
  )
  return (await Promise.all(answers.map((answer) => answer.text()))).join('\n')
}

test(`${orderCount} orders with accidents leave no canary anywhere`, {
  timeout: 60_000 + 200 * orderCount,
}, async () => {
  const accidents = fc.sample(accident, { numRuns: orderCount, seed: SEED })
  const clock = fixedClock(START)
  const folder = await mkdtemp(join(tmpdir(), 'postdelivery-'))
  const path = join(folder, 'orders.db')
  const heard: Heard = { telemetry: [], notices: [], errors: [], shown: [] }
  const keep = (error: unknown) => void heard.errors.push(error)
  const log = (...line: unknown[]) => void heard.telemetry.push(line)
  const twin = await startTwin({
    clock,
    username: SECRETS.username,
    password: SECRETS.password,
    settings: { rateLimitPerSecond: null },
    orders: accidents.map((_, index) => {
      const order = guideOrder({ nowMs: clock.nowMs(), name: nameOf(index) })
      const { billing_address, shipping_address } = PERSONAL_MEMBERS
      const captures = order.captures?.map((each) => ({
        ...each,
        billing_address,
        shipping_address,
      }))
      return { ...order, ...PERSONAL_MEMBERS, ...(captures && { captures }) }
    }),
  })
  twin.setFaults(
    accidents.flatMap(({ klarna, operation }, index) =>
      klarna === 'nothing'
        ? []
        : [
            {
              kind: klarna,
              operation,
              orderId: sampleOrderId(nameOf(index)),
              skip: operation === 'getOrder' ? 1 : 0,
            },
          ],
    ) as never,
  )
  // Time goes on by itself: a full quota holds every call back until it opens.
  const ticking = setInterval(() => clock.advance(1_000), 20)
  let loadCount = 0
  let credentialCount = 0
  const pino = pinoTelemetry({ info: log, warn: log, error: log } as never)
  const postDelivery = (await createPostDelivery({
    klarna: {
      baseUrl: twin.url,
      credentials: () => {
        credentialCount += 1
        if (credentialCount % 23 === 0) throw thrown(`${SECRETS.vault} ${SECRETS.password}`)
        return { username: SECRETS.username, password: SECRETS.password }
      },
    },
    store: sqlite(path),
    rules: rulesFromText({ 'returns.rules.json': ruleSet([MORE_TIME, PAY_SOME, ASK_TIER]) }),
    timeZone: 'Europe/Stockholm',
    limits,
    approval,
    clock,
    facts: [
      defineFact({
        name: 'customer.tier',
        type: 'text',
        sentence: 'tier',
        load: ({ orderId }) => {
          loadCount += 1
          const drawn = accidents.find((_, index) => sampleOrderId(nameOf(index)) === orderId)
          if (drawn?.loader === 'throws') throw thrown(SECRETS.loader)
          if (drawn?.loader === 'rejects') return Promise.reject(thrown(SECRETS.loader))
          return 'gold'
        },
      }),
    ],
    events: { secrets: [SECRETS.eventSecret] },
    fetch: chattyFetch(accidents),
    notifier: {
      notify: async (notice) => {
        heard.notices.push(notice)
        if (heard.notices.length % 3 === 0) throw thrown(SECRETS.notifier)
      },
    },
    telemetry: {
      record(event) {
        heard.telemetry.push(event)
        pino.record(event)
        if (heard.telemetry.length % 101 === 0) throw thrown(SECRETS.telemetry)
      },
    },
  })) as PostDelivery<never>

  try {
    for (const [index, drawn] of accidents.entries()) {
      const orderId = sampleOrderId(nameOf(index))
      const captureId = twin.books(orderId).captures[0]?.captureId ?? ''
      await postDelivery.track(orderId, { dueOn: DUE_ON }).catch(keep)
      await tellOrder(postDelivery, orderId, captureId, drawn).catch(keep)
      heard.shown.push(await postDelivery.viewCapture(orderId, captureId).catch(keep))
      if (drawn.event === 'over http')
        heard.shown.push(await tellOverHttp(postDelivery, orderId, clock.now()))
    }
    for (const waitMs of [0, 10_000, 400_000, 30_000_000]) {
      clock.advance(waitMs)
      // Timers are real: the engine looks at the clock twice a second.
      await new Promise((resolve) => setTimeout(resolve, 700))
      await postDelivery.idle()
    }
    for (const [index] of accidents.entries()) {
      const orderId = sampleOrderId(nameOf(index))
      const timeline = await postDelivery.timeline(orderId)
      heard.shown.push(timeline, renderTimeline(timeline), await postDelivery.why(orderId))
      heard.shown.push(await postDelivery.order(orderId))
    }
    heard.shown.push(await postDelivery.work(), await postDelivery.health(), printed(postDelivery))
    const open = await bytesOf(folder)
    await postDelivery.close()

    const told = [...heard.telemetry, ...heard.notices, ...heard.errors].map(printed).join('\n')
    expect({ seed: SEED, told: canariesIn(told) }).toEqual({ seed: SEED, told: [] })
    const places: [string, string][] = [
      ['what was shown', heard.shown.map(printed).join('\n')],
      ['the open files', open],
      ['the closed files', await bytesOf(folder)],
      ...rowsOf(path),
    ]
    const found = places.map(([place, text]) => [
      place,
      canariesIn(text).filter((each) => !each.startsWith('c4nB')),
    ])
    expect({ seed: SEED, found: found.filter(([, all]) => all?.length !== 0) }).toEqual({
      seed: SEED,
      found: [],
    })

    // The scan sees: what the merchant writes is kept with the event, and each part was really there.
    expect(canariesIn(open)).toEqual(expect.arrayContaining(['c4nB03', 'c4nB04']))
    expect(heard.errors.length).toBeGreaterThan(orderCount / 10)
    expect(heard.notices.length).toBeGreaterThan(orderCount / 10)
    expect(heard.telemetry.length).toBeGreaterThan(5 * orderCount)
    expect(loadCount).toBeGreaterThan(orderCount / 2)
    expect(rowsOf(path).size).toBeGreaterThan(30)
  } finally {
    clearInterval(ticking)
    await postDelivery.close()
    await twin.close()
    await rm(folder, { recursive: true })
  }
})
