/** Starts an engine on an older image of a file, against a Klarna that has done everything already. */
import type { OrderBooks, Twin } from '@postdelivery/adapters/klarna-twin'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { RuleBook } from '@postdelivery/core'
import { checkFile } from '../checks/check-file.ts'
import { readFileBooks } from '../checks/file-books.ts'
import { createShopEngine } from '../shop/shop-engine.ts'
import type { Violation } from '../violation.ts'
import type { Recording } from './recording.ts'

const CALL_TIMEOUT_MS = 5_000
const REPEAT_WAIT_MS = 8_000

/**
 * Lets an engine work on an image until nothing is due, every event being sent again, as senders do.
 *
 * Checks that Klarna's books stay as they are and that the file holds whole steps.
 */
export async function resume(
  path: string,
  { twin, clock, events }: Recording,
  ruleBook: RuleBook,
): Promise<readonly Violation[]> {
  const before = effectsAt(twin)
  const store = await openSqliteStore(path)
  const alarms: Violation[] = []
  const engine = createShopEngine({
    store,
    ruleBook,
    twin,
    clock,
    timeoutMs: CALL_TIMEOUT_MS,
    onTelemetry: ({ name, attributes }) => {
      const code = attributes?.['code']
      if (name === 'alarm' && (code === 'order_stopped' || code === 'deciding_failed'))
        alarms.push({ law: 'engine_sound', what: `resumed on an image: ${code}` })
    },
  })
  try {
    await engine.start()
    for (const event of events) await engine.submit(event)
    await engine.idle()
    for (let round = 0; round < 2; round += 1) {
      twin.advance(REPEAT_WAIT_MS)
      clock.advance(REPEAT_WAIT_MS)
      await engine.idle()
    }
  } finally {
    await engine.stop()
    await store.close()
  }
  return [...alarms, ...compareEffects(before, effectsAt(twin)), ...checkFile(readFileBooks(path))]
}

/** Everything that was done at Klarna, by order. */
export type Effects = ReadonlyMap<string, string>

const effectsAt = (twin: Twin): Effects =>
  new Map(twin.orders.map(({ orderId }) => [orderId, effectsOf(twin.books(orderId))]))

const effectsOf = (books: OrderBooks): string =>
  JSON.stringify({
    refunds: books.refunds.map((each) => [each.reference, each.captureId, each.refundedMinor]),
    released: books.released,
    captures: books.captures.map((each) => [
      each.captureId,
      each.extensions.length,
      each.extensionFeeMinor,
      each.sendOutCount,
      each.shippingEntries.map((entry) => entry.tracking_number),
    ]),
  })

/** What was done between two looks. */
export const compareEffects = (before: Effects, after: Effects): readonly Violation[] =>
  [...after]
    .filter(([orderId, effects]) => before.get(orderId) !== effects)
    .map(([orderId, effects]) => ({
      law: 'nothing_doubled',
      what: `order ${orderId}: klarna had ${before.get(orderId)} and has ${effects}`,
    }))
