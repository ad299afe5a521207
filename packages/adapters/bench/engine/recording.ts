/** What the engine writes in one cycle, taken down from a real one, so that the bare loop writes the same rows. */
import { createEmbeddedEngine } from '@postdelivery/adapters/embedded'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { Change, InboxEvent, PaymentGateway, RuleBook } from '@postdelivery/core'
import { type BenchOrder, benchId, benchOrder, capturedEvent, cycleEvent } from './bench-order.ts'
import { SILENT_PORTS } from './silent-ports.ts'
import type { TwinThread } from './twin-thread.ts'

/** One cycle in its four transactions, and what registers an order. */
export interface Recording {
  readonly registration: Change
  readonly accepted: InboxEvent
  readonly decided: Change
  readonly started: Change
  readonly answered: Change
}

const TEMPLATE = benchOrder('template')
const COMMAND = 'template/command'
const KEY = 'template/key'

/** Runs one order through a real engine and takes down what it writes. Throws when that is not what it is taken for. */
export async function record(
  twin: TwinThread,
  gateway: PaymentGateway,
  ruleBook: RuleBook,
): Promise<Recording> {
  await twin.addOrders([TEMPLATE])
  const store = await openSqliteStore(':memory:')
  const accepted: InboxEvent[] = []
  const changes: Change[] = []
  const engine = createEmbeddedEngine({
    ...SILENT_PORTS,
    gateway,
    ruleBook,
    store: {
      ...store,
      accept: (event) => {
        accepted.push(event)
        return store.accept(event)
      },
      commit: (change) => {
        changes.push(change)
        return store.commit(change)
      },
    },
  })
  await engine.start()
  for (const event of [capturedEvent(TEMPLATE), cycleEvent(TEMPLATE)]) {
    await (await engine.submit(event)).settled
  }
  await engine.stop()
  await store.close()

  const [registration, decided, started, answered, ...others] = changes
  const event = accepted[1]
  if (!event || !registration || !decided || !started || !answered || others.length > 0) {
    throw new Error(
      `a cycle is written in ${changes.length - 1} transactions and an event, not in 3`,
    )
  }
  const command = decided.commands[0]
  if (command === undefined) throw new Error('the cycle makes one command')
  const known = new Map([
    [command.command.id, benchId(COMMAND)],
    [command.idempotencyKey, benchId(KEY)],
  ])
  return replaceAll({ registration, accepted: event, decided, started, answered }, known)
}

/** The recording of another order: the same rows under its ids. */
export const recordingOf = (recording: Recording, order: BenchOrder): Recording =>
  replaceAll(
    recording,
    new Map([
      [TEMPLATE.orderId, order.orderId],
      [TEMPLATE.captureId, order.captureId],
      [TEMPLATE.trackingNumber, order.trackingNumber],
      [benchId(COMMAND), benchId(`${order.orderId}/command`)],
      [benchId(KEY), benchId(`${order.orderId}/key`)],
    ]),
  )

/** The change that registers another order. */
export const registrationOf = ({ registration }: Recording, order: BenchOrder): Change =>
  replaceAll(
    registration,
    new Map([
      [TEMPLATE.orderId, order.orderId],
      [TEMPLATE.captureId, order.captureId],
    ]),
  )

function replaceAll<Value>(value: Value, replacements: ReadonlyMap<string, string>): Value {
  let text = JSON.stringify(value)
  for (const [from, to] of replacements) text = text.replaceAll(from, to)
  return JSON.parse(text) as Value
}
