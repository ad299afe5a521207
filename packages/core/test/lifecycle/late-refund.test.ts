import { applyEvent, type EngineEvent, type OrderEvent, type OrderState } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { anOrder, apply, attempt, done, fired, returned, settle, T0 } from '../builders.ts'

describe('a refund that was held for refused and happened all the same', () => {
  it.each([
    ['as money', 'remaining', 6000],
    ['as returned units', 'returned_items', 3000],
  ])('stops refunds when it was promised again %s', (_, basis, klarnasMinor) => {
    const rule = (index: number) => fired('refund', { basis }, { rule: `rule ${index}` })
    const back = returned()
    const one = settle(apply(anOrder(), back as EngineEvent), back, [rule(1)])
    const firstId = one.commands[0]?.command.id ?? ''
    const refusedOrder = apply(
      one.routed.order,
      ...attempt(firstId, { type: 'refused', code: 'REFUND_NOT_ALLOWED' }),
    )
    const again = returned({ id: 'wms-882' })
    const two = settle(refusedOrder, again, [rule(2)])
    expect(two.commands).toHaveLength(1)
    const [, late] = attempt(firstId, done)

    const applied = applyEvent(two.routed.order, late as EngineEvent, T0)

    expect(applied.ok && applied.value.order.booksDiffer).toMatchObject({
      oursMinor: 0,
      klarnasMinor,
    })
    expect(
      applied.ok &&
        applied.value.effects.map((effect) => ('code' in effect ? effect.code : effect.type)),
    ).toEqual(['late_success', 'openWork', 'books_differ', 'claim'])
  })

  it('stops refunds when its return was paid for with other units', () => {
    const pays = [fired('refund', { basis: 'returned_items' })]
    const report = (returnId: string, eventId: string, quantity: number) =>
      returned({ id: eventId, returnId, lines: [{ reference: '123050', quantity }] })
    const tell = (order: OrderState, event: OrderEvent) =>
      settle(apply(order, event as EngineEvent), event, pays)
    const no = { type: 'refused', code: 'REFUND_NOT_ALLOWED' } as const
    const first = tell(anOrder(), report('R-1', 'wms-1', 2))
    const second = tell(first.routed.order, report('R-2', 'wms-2', 2))
    const [firstId = '', secondId = ''] = second.routed.order.commands.map(
      (each) => each.command.id,
    )
    const freed = apply(second.routed.order, ...attempt(firstId, no), ...attempt(secondId, no))
    const again = tell(freed, report('R-2', 'wms-3', 2))
    const [, late] = attempt(secondId, done)

    const applied = applyEvent(again.routed.order, late as EngineEvent, T0)

    expect(again.commands[0]?.command.body).toMatchObject({ units: [{ unitIndex: 0 }] })
    expect(applied.ok && applied.value.order.booksDiffer).not.toBeNull()
  })
})
