/** The stored form of an order: a versioned envelope around plain JSON, checked when it is read back. */
import type { AnyStateMachine } from 'xstate'
import { assert } from '../assert.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { OrderState } from '../order-state.ts'
import { isPlainRecord } from '../shape.ts'
import { captureChart } from './capture-chart.ts'
import { commandChart } from './command-chart.ts'
import { orderChart } from './order-chart.ts'
import { isChartValue } from './step-chart.ts'
import { SNAPSHOT_VERSION, UPCASTERS } from './upgrade.ts'

/** Thrown for a snapshot that this version cannot read; the order stops and a person is told. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  readonly code: 'snapshot_unreadable' | 'snapshot_newer' | 'snapshot_unknown_state'

  constructor(code: SnapshotError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Writes an order as canonical JSON in the current version: equal orders give equal bytes. */
export const encodeSnapshot = (order: OrderState): string =>
  canonicalJson({ schema: SNAPSHOT_VERSION, order })

/**
 * Reads a stored order, lifting older versions step by step.
 *
 * Throws: `SnapshotError` when the text is no envelope, comes from a newer version, or names a state that the charts
 * do not have; it is never guessed.
 */
export function decodeSnapshot(text: string): OrderState {
  const envelope = parseEnvelope(text)
  let { schema, order } = envelope
  if (schema > SNAPSHOT_VERSION) {
    throw new SnapshotError(
      'snapshot_newer',
      `snapshot version ${schema} was written by a newer version; this one reads up to ${SNAPSHOT_VERSION}`,
    )
  }
  while (schema < SNAPSHOT_VERSION) {
    const upcast = UPCASTERS[schema]
    assert(upcast !== undefined, `no upcaster from snapshot version ${schema}`)
    order = upcast(order)
    schema += 1
  }
  const state = order as unknown as OrderState
  checkStates(state)
  return state
}

function parseEnvelope(text: string): { schema: number; order: Record<string, unknown> } {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new SnapshotError('snapshot_unreadable', 'a stored snapshot is no JSON')
  }
  const schema = isPlainRecord(parsed) ? parsed['schema'] : undefined
  const order = isPlainRecord(parsed) ? parsed['order'] : undefined
  if (
    typeof schema !== 'number' ||
    !Number.isSafeInteger(schema) ||
    schema < 1 ||
    !isPlainRecord(order)
  ) {
    throw new SnapshotError(
      'snapshot_unreadable',
      'a stored snapshot is no envelope of `schema` and `order`',
    )
  }
  return { schema, order }
}

/** Values that were found to exist; charts have few of them, and resolving one is slow. */
const known = new Set<string>()

function checkStates(order: OrderState): void {
  checkState(orderChart, 'order', order.chart.value)
  for (const capture of order.captures) checkState(captureChart, 'capture', capture.chart.value)
  for (const command of order.commands) checkState(commandChart, 'command', command.chart.value)
}

function checkState(machine: AnyStateMachine, name: string, value: unknown): void {
  const key = `${name}:${JSON.stringify(value)}`
  if (known.has(key)) return
  if (!isChartValue(machine, value)) {
    throw new SnapshotError(
      'snapshot_unknown_state',
      `the ${name} chart has no state ${JSON.stringify(value)}`,
    )
  }
  known.add(key)
}
