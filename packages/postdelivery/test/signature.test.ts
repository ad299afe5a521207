/** Signatures: the same as anybody else computes, and a parser that nothing surprises. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { signEvent } from 'postdelivery'
import { expect, test } from 'vitest'
import { isSigned, parseSignature } from '../src/signature.ts'

const SECRET = 'a-secret-of-the-warehouse-0123456789abcdef'
const at = new Date('2026-11-24T08:00:00Z')
const bytes = (text: string) => new TextEncoder().encode(text)

test('is the HMAC-SHA256 of time, dot and body, as a sender in any language computes it', () => {
  const expected = createHmac('sha256', SECRET).update('1795507200.{"å":1}', 'utf8').digest('hex')

  expect(signEvent('{"å":1}', SECRET, at)).toBe(`t=1795507200,v1=${expected}`)
  expect(signEvent(bytes('{"å":1}'), SECRET, '2026-11-24T08:00:00.999Z')).toBe(
    `t=1795507200,v1=${expected}`,
  )
  expect(() => signEvent('{}', SECRET, 'yesterday')).toThrow(TypeError)
})

test('what was signed is known, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ minLength: 32 }),
      fc.integer({ min: -300, max: 300 }),
      (body, secret, driftSeconds) => {
        const header = signEvent(body, secret, new Date(at.getTime() + driftSeconds * 1000))
        const [flipped] = bytes(body)
        return (
          isSigned(bytes(body), header, ['x'.repeat(32), secret], at.getTime()) &&
          !isSigned(bytes(`${body}!`), header, [secret], at.getTime()) &&
          !isSigned(bytes(body), header, [`${secret}!`], at.getTime()) &&
          !isSigned(bytes(body), header, [], at.getTime()) &&
          (flipped === undefined ||
            !isSigned(bytes(body).with(0, flipped ^ 1), header, [secret], at.getTime()))
        )
      },
    ),
  )
})

test('no header makes the parser throw, and what it takes is well formed', () => {
  const parts = fc.constantFrom('t=', 'v1=', ',', '1', 'f'.repeat(64), ' ', '=', 't=1', 'v1')
  const header = fc.oneof(
    fc.string(),
    fc.array(parts).map((each) => each.join('')),
  )
  fc.assert(
    fc.property(header, (text) => {
      const signature = parseSignature(text)
      return (
        signature === null ||
        (Number.isSafeInteger(signature.seconds) &&
          signature.macs.length > 0 &&
          signature.macs.every((mac) => mac.length === 32))
      )
    }),
  )
  expect(parseSignature(null)).toBe(null)
})
