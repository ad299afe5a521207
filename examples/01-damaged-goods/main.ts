/**
 * Damaged goods, end to end: rules written as JSON decide, Klarna's API is called, and both sides' books agree.
 *
 * It runs against the twin, a stand-in for Klarna with its behaviour, on a clock that stands still, so that it says the
 * same every time.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createPostDelivery,
  formatMinor,
  type OrderView,
  type PostDelivery,
  renderTimeline,
  rulesFrom,
} from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'
import { fixedClock, guideOrder, type OrderBooks, startTwin } from 'postdelivery/testing'
import { approval, limits } from '../limits.ts'

const MINUTE_MS = 60_000

/**
 * Runs the story and prints it. Returns whether our books and Klarna's agree on what the story promises.
 */
export async function main(print: (line: string) => void): Promise<boolean> {
  const clock = fixedClock('2026-12-08T08:00:00Z')
  const folder = await mkdtemp(join(tmpdir(), 'postdelivery-demo-'))
  await using twin = await startTwin({
    clock: { now: () => clock.nowMs() },
    orders: [guideOrder({ nowMs: clock.nowMs() })],
  })
  try {
    await using postDelivery = await createPostDelivery({
      klarna: {
        baseUrl: twin.url,
        credentials: () => ({ username: twin.username, password: twin.password }),
      },
      store: sqlite(join(folder, 'orders.db')),
      rules: rulesFrom(join(import.meta.dirname, 'rules')),
      timeZone: 'Europe/Stockholm',
      limits,
      approval,
      deadlineDays: { due_date: [3, 1] },
      clock,
    })
    const [sample] = twin.orders
    const orderId = sample?.orderId ?? ''
    const captureId = sample?.captureIds[0] ?? ''

    print('An order of tomatoes: 80.00 SEK authorized, 60.00 captured, to be paid on 14 December.')
    print('Its parcel is sent, the invoice gets lost, half of the tomatoes arrive crushed.')
    print('')
    for (const tell of story(postDelivery, orderId, captureId)) {
      clock.advance(MINUTE_MS)
      await tell(clock.now())
    }

    for (const line of renderTimeline(await postDelivery.timeline(orderId))) print(line)
    const order = await postDelivery.order(orderId)
    const books = twin.books(orderId)
    if (order === undefined || books === undefined) throw new Error('the order is gone')
    return printBooks(print, order, books)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What the shop, the warehouse and the customer report, one after the other. */
function story(
  postDelivery: PostDelivery<readonly []>,
  orderId: string,
  captureId: string,
): readonly ((at: string) => Promise<unknown>)[] {
  const about = { orderId, captureId }
  const crushed = {
    returnId: 'R-881',
    reason: 'damaged',
    lines: [{ reference: '123050', quantity: 5 }],
  }
  const parcel = {
    shippingCompany: 'postnord',
    shippingMethod: 'Home' as const,
    trackingNumber: 'SE7381',
    trackingUri: 'https://tracking.example/SE7381',
    returnShippingCompany: 'postnord',
    returnTrackingNumber: 'SE7381R',
    returnTrackingUri: 'https://tracking.example/SE7381R',
  }
  const settled = async (receipt: ReturnType<typeof postDelivery.submit>) => (await receipt).settled
  return [
    () => settled(postDelivery.track(orderId, { dueOn: '2026-12-14' })),
    (at) =>
      settled(
        postDelivery.submit({
          id: 'wms-870',
          type: 'shipment.dispatched',
          ...about,
          at,
          shippingInfo: [parcel],
        }),
      ),
    (at) =>
      settled(
        postDelivery.submit({
          id: 'crm-12',
          type: 'customer.reported',
          ...about,
          at,
          problem: 'invoice_missing',
        }),
      ),
    (at) =>
      settled(
        postDelivery.submit({ id: 'shop-55', type: 'return.registered', ...about, at, ...crushed }),
      ),
    (at) =>
      settled(
        postDelivery.submit({ id: 'wms-881', type: 'return.received', ...about, at, ...crushed }),
      ),
    // The same return under another event id: it is paid back once.
    (at) =>
      settled(
        postDelivery.submit({ id: 'wms-882', type: 'return.received', ...about, at, ...crushed }),
      ),
    (at) => settled(postDelivery.submit({ id: 'crm-13', type: 'delivery.accepted', orderId, at })),
  ]
}

/** Prints both sides' books line by line; returns whether they agree with each other and with the story. */
function printBooks(print: (line: string) => void, order: OrderView, books: OrderBooks): boolean {
  const [capture] = order.captures
  const confirmed = (operation: string) =>
    order.commands.filter((each) => each.operation === operation && each.phase === 'confirmed')
      .length
  const rows: readonly (readonly [string, number, number, number])[] = [
    ['captured', order.capturedMinor, books.capturedMinor, 6000],
    ['refunded', order.refundedMinor, books.refundedMinor, 3000],
    ['due date extended, days', capture?.extendedDays ?? 0, books.extensionDays, 10],
    ['fee of the extension', capture?.feesMinor ?? 0, books.extensionFeeMinor, 1000],
    ['remaining authorization', order.remainingAuthorizedMinor, books.remainingAuthorizedMinor, 0],
    ['released', confirmed('releaseRemainingAuthorization'), books.released ? 1 : 0, 1],
    ['send-outs', confirmed('triggerSendOut'), books.sendOutCount, 1],
    ['shipping entries', confirmed('appendShippingInfo'), books.shippingEntryCount, 1],
  ]
  print('')
  print(`The order is ${order.word}, to be paid on ${capture?.dueOn}. The books:`)
  print(`  ${''.padEnd(26)}${'ours'.padStart(8)}${"Klarna's".padStart(10)}`)
  for (const [name, ours, klarnas, wanted] of rows) {
    const isRight = ours === wanted && klarnas === wanted
    print(
      `  ${name.padEnd(26)}${String(ours).padStart(8)}${String(klarnas).padStart(10)}${isRight ? '' : `  should be ${wanted}`}`,
    )
  }
  const agree = rows.every(([, ours, klarnas, wanted]) => ours === wanted && klarnas === wanted)
  const paid = formatMinor(order.refundedMinor, order.currency)
  print(agree ? `The books agree: ${paid} paid back, once.` : 'THE BOOKS DISAGREE.')
  return agree
}

if (import.meta.main) {
  const agree = await main((line) => console.log(line))
  if (!agree) process.exitCode = 1
}
