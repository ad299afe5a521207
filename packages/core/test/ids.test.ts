import {
  answerEventId,
  canonicalJson,
  commandIdOf,
  idempotencyKeyOf,
  isInternalEventId,
  POSTDELIVERY_NAMESPACE,
  sha256Hex,
  uuidV5,
} from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const command = {
  orderId: 'order-1',
  eventId: 'wms-881',
  commandIndex: 0,
  operation: 'refundOrder',
  captureId: 'capture-1',
}

// Not inside its test: this lists every code point first, which on a busy machine takes longer than a test may.
const anyJson = fc.jsonValue({ stringUnit: 'binary' })

// Golden vectors, made with Python's uuid.uuid5 and hashlib: a changed one would repeat every refund under a new key.
describe('ids', () => {
  it('follow RFC 9562 for UUID version 5', () => {
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    )
    expect(uuidV5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:postdelivery')).toBe(
      POSTDELIVERY_NAMESPACE,
    )
  })

  it('stay the same for ever', () => {
    expect(commandIdOf(command)).toBe('9303ec0f-08b7-59f7-97d3-d830c072af81')
    expect(idempotencyKeyOf(commandIdOf(command), 0)).toBe('c420a4ac-88c7-5d2d-8f4f-961dc7cffa9e')
    expect(idempotencyKeyOf(commandIdOf(command), 1)).toBe('2899e51d-039d-5b48-a1f8-e6fae05054f8')
    expect(
      commandIdOf({
        orderId: 'bå',
        eventId: 'e"\\1',
        commandIndex: 2,
        operation: 'releaseRemainingAuthorization',
        captureId: '',
      }),
    ).toBe('6a901698-ddef-5587-88f0-f81c4f1d6e49')
    expect(answerEventId('c', 1, 2)).toBe('answer:c:1:2')
    expect(sha256Hex('åäö')).toBe(
      '5d0d31f63d1712b2ea533b0c4946c2f1014faf152f0c0e5ee5b81c85e8799953',
    )
  })

  it('differ in every part', () => {
    const others = [
      { ...command, orderId: 'order-2' },
      { ...command, eventId: 'wms-882' },
      { ...command, commandIndex: 1 },
      { ...command, operation: 'triggerSendOut' },
      { ...command, captureId: '' },
    ]
    expect(new Set([command, ...others].map(commandIdOf)).size).toBe(6)
  })

  it('refuse a namespace that is no UUID', () => {
    expect(() => uuidV5('nonsense', 'x')).toThrow('namespace')
  })

  it.each(['answer:x', 'start:x', 'due:x', 'approval:x', 'expiry:x', 'resolve:x', 'track:x'])(
    'keep %s for the engine',
    (id) => {
      expect(isInternalEventId(id)).toBe(true)
    },
  )

  it('leave other ids to the merchant', () => {
    expect(isInternalEventId('wms-881')).toBe(false)
  })
})

describe('canonicalJson', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: 1e21 }, '{"b":1e+21}'],
    [{ '€': 1, '\r': 2, '1': 3, '\u0080': 4 }, '{"\\r":2,"1":3,"\u0080":4,"€":1}'],
    [-0, '0'],
  ])('writes %j as RFC 8785 does', (value, want) => {
    expect(canonicalJson(value)).toBe(want)
  })

  it('says the same as JSON and nothing by order of keys', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [() => 1], [1n], ['\ud800']])(
    'refuses what JSON cannot say',
    (value) => {
      expect(() => canonicalJson(value)).toThrow('JSON')
    },
  )
})
