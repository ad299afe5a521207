/** What the engine writes, taken down from a real one, so that the bare loop writes the same rows. */
import { createEmbeddedEngine } from '@postdelivery/adapters/embedded'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { Change, EngineEvent, InboxEvent, PaymentGateway, RuleBook } from '@postdelivery/core'
import {
  type BenchOrder,
  benchId,
  benchOrder,
  capturedEvent,
  cycleEvent,
  type Task,
  trackingNumberOf,
} from './bench-order.ts'
import { SILENT_PORTS } from './silent-ports.ts'
import type { TwinThread } from './twin-thread.ts'

/** What one cycle writes, in its four transactions. */
export interface CycleRows {
  readonly accepted: InboxEvent
  readonly decided: Change
  readonly started: Change
  readonly answered: Change
}

/** What registers an order, and what its first, second and further cycles write. */
export interface Recording {
  readonly registration: Change
  readonly cycles: readonly CycleRows[]
}

const TEMPLATE = benchOrder('template')

/** Runs one order through a real engine and takes down what it writes. Throws when that is not what it is taken for. */
export async function record(
  twin: TwinThread,
  ports: { readonly gateway: PaymentGateway; readonly ruleBook: RuleBook },
  cycleCount: number,
): Promise<Recording> {
  await twin.addOrders([TEMPLATE])
  const store = await openSqliteStore(':memory:')
  let accepted: InboxEvent[] = []
  let changes: Change[] = []
  const engine = createEmbeddedEngine({
    ...SILENT_PORTS,
    ...ports,
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
  const submit = async (event: EngineEvent) => {
    accepted = []
    changes = []
    await (await engine.submit(event)).settled
    return { accepted, changes }
  }

  await engine.start()
  const [registration] = (await submit(capturedEvent(TEMPLATE))).changes
  const cycles: CycleRows[] = []
  for (let index = 0; index < cycleCount; index += 1) {
    cycles.push(rowsOf(await submit(cycleEvent({ order: TEMPLATE, index }))))
  }
  await engine.stop()
  await store.close()
  if (registration === undefined) throw new Error('an order is registered in one transaction')
  return { registration, cycles: withNamedCommands(cycles) }
}

function rowsOf(written: {
  readonly accepted: readonly InboxEvent[]
  readonly changes: readonly Change[]
}): CycleRows {
  const [accepted] = written.accepted
  const [decided, started, answered, ...others] = written.changes
  if (!accepted || !decided || !started || !answered || others.length > 0) {
    throw new Error(`a cycle is written in ${written.changes.length} transactions and not in 3`)
  }
  return { accepted, decided, started, answered }
}

/** The cycle of another order: the same rows under its ids. */
export function cycleRowsOf({ cycles }: Recording, { order, index }: Task): CycleRows {
  const rows = cycles[index]
  if (rows === undefined) throw new Error(`${cycles.length} cycles of an order were recorded`)
  const replacements = [...orderIds(order)]
  // The state of an order tells of its earlier cycles too.
  for (let earlier = 0; earlier <= index; earlier += 1) {
    const from = { order: TEMPLATE, index: earlier }
    const to = { order, index: earlier }
    replacements.push([trackingNumberOf(from), trackingNumberOf(to)])
    replacements.push([commandIdOf(from), commandIdOf(to)])
    replacements.push([keyOf(from), keyOf(to)])
  }
  return replaceAll(rows, replacements)
}

/** The change that registers another order. */
export const registrationOf = ({ registration }: Recording, order: BenchOrder): Change =>
  replaceAll(registration, orderIds(order))

const orderIds = (order: BenchOrder): readonly Replacement[] => [
  [TEMPLATE.orderId, order.orderId],
  [TEMPLATE.captureId, order.captureId],
]

/** Gives the commands ids that follow from the template's name, as those of the other orders do from theirs. */
function withNamedCommands(cycles: readonly CycleRows[]): readonly CycleRows[] {
  const replacements = cycles.flatMap(({ decided }, index): readonly Replacement[] => {
    const [made] = decided.commands
    if (made === undefined) throw new Error('a cycle makes one command')
    const task = { order: TEMPLATE, index }
    return [
      [made.command.id, commandIdOf(task)],
      [made.idempotencyKey, keyOf(task)],
    ]
  })
  return replaceAll(cycles, replacements)
}

const commandIdOf = ({ order, index }: Task): string => benchId(`${order.name}/command/${index}`)
const keyOf = ({ order, index }: Task): string => benchId(`${order.name}/key/${index}`)

type Replacement = readonly [from: string, to: string]

function replaceAll<Value>(value: Value, replacements: readonly Replacement[]): Value {
  let text = JSON.stringify(value)
  for (const [from, to] of replacements) text = text.replaceAll(from, to)
  return JSON.parse(text) as Value
}
