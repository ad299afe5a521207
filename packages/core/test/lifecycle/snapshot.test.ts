import { decodeSnapshot, type EngineEvent, encodeSnapshot, SnapshotError } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { anOrder, apply, attempt, fired, returned, settle, unknown } from '../builders.ts'

const event = returned()
const settled = settle(apply(anOrder(), event as EngineEvent), event, [
  fired('refund', { basis: 'returned_items' }),
])
const order = apply(
  settled.routed.order,
  ...attempt(settled.commands[0]?.command.id ?? '', unknown),
)
const envelope = (change: (order: Record<string, never>) => void): string => {
  const parsed = JSON.parse(encodeSnapshot(order))
  change(parsed.order)
  return JSON.stringify(parsed)
}

describe('a snapshot', () => {
  it('comes back as it was, byte for byte', () => {
    expect(decodeSnapshot(encodeSnapshot(order))).toEqual(order)
    expect(encodeSnapshot(decodeSnapshot(encodeSnapshot(order)))).toBe(encodeSnapshot(order))
  })

  it.each([
    ['text that is no JSON', 'not json', 'snapshot_unreadable'],
    ['another envelope', '{"order":{}}', 'snapshot_unreadable'],
    ['a version below the first', '{"schema":0,"order":{}}', 'snapshot_unreadable'],
    ['a list', '[]', 'snapshot_unreadable'],
    ['an envelope without an order', '{"schema":1}', 'snapshot_unreadable'],
    ['a newer version', '{"schema":999,"order":{}}', 'snapshot_newer'],
    [
      'an unknown state of the order',
      envelope((each) => Object.assign(each['chart'] ?? {}, { value: 'lost' })),
      'snapshot_unknown_state',
    ],
    [
      'an unknown state of a capture',
      envelope((each) =>
        Object.assign(each['captures']?.[0]?.['chart'] ?? {}, { value: { money: 'lost' } }),
      ),
      'snapshot_unknown_state',
    ],
    [
      'an unknown state of a command',
      envelope((each) =>
        Object.assign(each['commands']?.[0]?.['chart'] ?? {}, { value: 'requested' }),
      ),
      'snapshot_unknown_state',
    ],
  ])('refuses %s loudly', (_, text, code) => {
    expect(() => decodeSnapshot(text)).toThrow(SnapshotError)
    expect(() => decodeSnapshot(text)).toThrow(expect.objectContaining({ code }))
  })
})
