import {
  type EngineEvent,
  FACTS,
  instant,
  isFactValue,
  isOwnFactName,
  type OrderEvent,
  plainDate,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { extensionFacts, factsOf } from '../src/facts-of.ts'
import {
  aCapture,
  anOrder,
  apply,
  captured,
  fired,
  guideOptions,
  returned,
  settle,
  T0,
} from './builders.ts'

const zone = 'Europe/Stockholm'
const back = returned({ condition: 'crushed', data: { warehouse: 'GOT', payLater: 1 } } as never)
const order = apply(
  anOrder({
    order: { klarnaStatus: 'PART_CAPTURED', customer: { tier: 'gold' } },
    captures: [
      aCapture({ deliveredAt: instant('2026-12-01T23:30:00Z'), dueOn: plainDate('2026-12-14') }),
    ],
  }),
  back as EngineEvent,
)

describe('the facts of an order', () => {
  it('say everything that is known, by name', () => {
    expect(factsOf(order, back, T0, zone)).toEqual({
      'customer.tier': 'gold',
      'event.warehouse': 'GOT',
      'event.payLater': 1,
      'order.currency': 'SEK',
      'order.country': 'SE',
      'order.paymentMethod': 'INVOICE',
      'order.payLater': true,
      'order.capturedMinor': 6000,
      'order.refundedMinor': 0,
      'order.reservedMinor': 0,
      'order.refundableMinor': 6000,
      'order.remainingAuthorizedMinor': 2000,
      'order.captureCount': 1,
      'order.status': 'captured',
      'order.klarnaStatus': 'PART_CAPTURED',
      'capture.capturedMinor': 6000,
      'capture.refundedMinor': 0,
      'capture.reservedMinor': 0,
      'capture.refundableMinor': 6000,
      'capture.tracked': false,
      'capture.extendedDays': 0,
      'capture.extensionCount': 0,
      'capture.refundCount': 0,
      'return.reason': 'damaged',
      'return.condition': 'crushed',
      'return.stage': 'received',
      'return.valueMinor': 3000,
      'return.sharePercent': 50,
      'return.lineCount': 1,
      'return.references': ['123050'],
      'time.daysSinceCapture': 24,
      'time.daysSinceDelivery': 6,
      'time.daysToDueDate': 6,
      'time.daysToAuthorizationExpiry': 12,
      'event.type': 'return.received',
    })
  })

  it('follow what is reserved', () => {
    const settled = settle(order, back, [fired('refund', { basis: 'returned_items' })])
    expect(factsOf(settled.routed.order, back, T0, zone)).toMatchObject({
      'order.reservedMinor': 3000,
      'capture.refundableMinor': 3000,
    })
  })

  it('have no capture when there are several and the event names none', () => {
    const several = anOrder({ captures: [aCapture(), aCapture({ captureId: 'capture-2' })] })
    const names = Object.keys(factsOf(several, captured() as OrderEvent, T0, zone))
    expect(
      names.filter((name) => name.startsWith('capture.') || name === 'time.daysToDueDate'),
    ).toEqual([])
    const named = {
      ...back,
      id: 'x',
      type: 'shipment.dispatched',
      captureId: 'capture-2',
      shippingInfo: [],
    } as unknown as OrderEvent
    expect(factsOf(several, named, T0, zone)['capture.capturedMinor']).toBe(6000)
  })

  it('leave out what nobody knows', () => {
    const bare = anOrder({
      order: { paymentMethod: 'OTHER', authorizationExpiresAt: null },
      captures: [aCapture({ dueOn: null })],
    })
    const names = Object.keys(factsOf(bare, captured() as OrderEvent, T0, zone))
    expect(names).not.toEqual(expect.arrayContaining(['order.payLater']))
    expect(names.filter((name) => name.startsWith('time.') || name.startsWith('return.'))).toEqual([
      'time.daysSinceCapture',
    ])
  })

  it('let no merchant take a name of ours', () => {
    const forged = returned({ data: { type: 'forged', problem: 'forged' } } as never)
    expect(factsOf(order, forged, T0, zone)).toMatchObject({ 'event.type': 'return.received' })
    expect(factsOf(order, forged, T0, zone)['event.problem']).toBeUndefined()
  })

  it('stand in the vocabulary with their types, all of them', () => {
    const all = { ...factsOf(order, back, T0, zone), ...extensionFacts(guideOptions) }
    for (const [name, value] of Object.entries(all)) {
      const definition = FACTS.find((fact) => fact.name === name)
      if (definition === undefined) expect(isOwnFactName(name)).toBe(true)
      else
        expect({ name, isTyped: isFactValue(value, definition) }).toEqual({ name, isTyped: true })
    }
  })

  it("tell of Klarna's offers", () => {
    expect(extensionFacts(guideOptions)).toEqual({
      'extension.available': true,
      'extension.longestDays': 60,
      'extension.longestFeeMinor': 4900,
      'extension.freeDays': 2,
    })
    expect(extensionFacts({ currency: 'SEK', options: [] })).toEqual({
      'extension.available': false,
    })
  })
})
