import { expect, test } from 'vitest'
import { ALLOWED_ATTRIBUTES, allowedAttributes, allowedIds } from '../../src/telemetry/allowed.ts'
import { anEvent, CANARIES } from './builders.ts'

test('codes, counts, amounts and versions pass', () => {
  const attributes = {
    operation: 'refundOrder',
    reason: 'http_403:REFUND_NOT_ALLOWED',
    attempt: 2,
    feeMinor: -1000,
    hash: 'a'.repeat(64),
  }

  const passed = allowedAttributes(anEvent('alarm', { attributes }))

  expect(passed).toEqual(attributes)
})

test('a name that is not listed does not pass, whatever it holds', () => {
  const attributes = { email: 'x', iban: 1, __proto__: 'x', constructor: 'x', isKnown: true }

  const passed = allowedAttributes(anEvent('alarm', { attributes }))

  expect(passed).toEqual({})
})

const strangers: readonly (string | number | boolean)[] = [
  ...CANARIES,
  '',
  'x'.repeat(101),
  1.5,
  Number.NaN,
  2 ** 60,
  true,
]
for (const name of Object.keys(ALLOWED_ATTRIBUTES)) {
  test(`\`${name}\` holds nothing but its kind`, () => {
    const passed = strangers.map((value) =>
      allowedAttributes(anEvent('alarm', { attributes: { [name]: value } })),
    )

    expect(passed).toEqual(strangers.map(() => ({})))
  })
}

test('ids pass without control characters and cut to 200', () => {
  const ids = allowedIds(anEvent('alarm', { orderId: `a\u001b[31m${'b'.repeat(300)}` }))

  expect(ids).toEqual({ orderId: `a[31m${'b'.repeat(195)}` })
})
