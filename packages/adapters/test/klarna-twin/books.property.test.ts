import type { OrderBooks, Twin } from '@postdelivery/adapters/klarna-twin'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answered, aTwin, call, captureId, DAY_MS, GUIDE, line, SEVERAL } from './a-twin.ts'

/** One call of a random history. */
interface Move {
  readonly kind:
    | 'refund'
    | 'capture'
    | 'release'
    | 'extend'
    | 'ship'
    | 'sendOut'
    | 'prolong'
    | 'portal'
    | 'wait'
  readonly orderId: string
  readonly captureIndex: number
  readonly amount: number
  readonly days: number
  readonly withLines: boolean
  /** Few keys, so that they are met again. */
  readonly key: string | undefined
}

const moves = fc.array(
  fc.record<Move>({
    kind: fc.constantFrom(
      'refund',
      'capture',
      'release',
      'extend',
      'ship',
      'sendOut',
      'prolong',
      'portal',
      'wait',
    ),
    orderId: fc.constantFrom(GUIDE, SEVERAL),
    captureIndex: fc.nat(3),
    amount: fc.oneof(fc.nat(2500), fc.nat(9000)),
    days: fc.constantFrom(2, 10, 30, 60, 11),
    withLines: fc.boolean(),
    key: fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined }),
  }),
  { maxLength: 30 },
)

const REFERENCES = ['123050', 'LAMP-1', 'SHADE-1', 'BULB-6']

const play = (twin: Twin, move: Move): Promise<Answered> => {
  const { orderId, amount, captureIndex } = move
  const capture = `captures/${captureId(twin, orderId, captureIndex)}`
  const key = move.key === undefined ? {} : { key: move.key }
  const post = (rest: string, body?: unknown) =>
    call(twin, `POST ${orderId}`, { rest, body, ...key })
  switch (move.kind) {
    case 'refund': {
      const lines = [line(REFERENCES[captureIndex] ?? '', amount)]
      return post('/refunds', {
        refunded_amount: amount,
        ...(move.withLines ? { order_lines: lines } : {}),
      })
    }
    case 'capture':
      return post('/captures', { captured_amount: amount })
    case 'release':
      return post('/release-remaining-authorization')
    case 'extend':
      return post(`/${capture.replace('captures', 'capture')}/extend-due-date`, {
        number_of_days: move.days,
      })
    case 'ship':
      return post(`/${capture}/shipping-info`, {
        shipping_info: [{ tracking_number: String(amount) }],
      })
    case 'sendOut':
      return post(`/${capture}/trigger-send-out`)
    case 'prolong':
      return post('/extend-authorization-time')
    case 'portal':
      twin.actInPortal(orderId, {
        action: 'refund',
        amountMinor: amount,
        captureId: captureId(twin, orderId, captureIndex),
      })
      return call(twin, `GET ${orderId}`)
    case 'wait':
      twin.advance(amount * 60_000)
      return call(twin, `GET ${orderId}`)
  }
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, each) => total + each, 0)

/** What holds of every order at every moment. */
function expectSoundBooks(books: OrderBooks): void {
  expect(books.refundedMinor).toBeLessThanOrEqual(books.capturedMinor)
  expect(books.capturedMinor).toBe(sum(books.captures.map(({ capturedMinor }) => capturedMinor)))
  expect(books.refundedMinor).toBe(sum(books.refunds.map(({ refundedMinor }) => refundedMinor)))
  expect(books.capturedMinor + books.remainingAuthorizedMinor).toBeLessThanOrEqual(books.orderMinor)
  expect(books.remainingAuthorizedMinor).toBeGreaterThanOrEqual(0)
  expect(books.unallocatedMinor).toBeGreaterThanOrEqual(0)
  for (const capture of books.captures) {
    const own = books.refunds.filter(({ captureId: id }) => id === capture.captureId)
    expect(capture.refundedMinor).toBeLessThanOrEqual(capture.capturedMinor)
    expect(capture.refundedMinor).toBe(sum(own.map(({ refundedMinor }) => refundedMinor)))
  }
  const free = books.captures
    .flatMap(({ extensions }) => extensions)
    .filter(({ feeMinor }) => feeMinor === 0)
  expect(free.length).toBeLessThanOrEqual(1)
}

const booksOfAll = (twin: Twin) => [GUIDE, SEVERAL].map((orderId) => twin.books(orderId))

describe('for any history of calls', () => {
  it('the books are sound, reads agree with them and the contract is kept', async () => {
    await using twin = await aTwin()
    await fc.assert(
      fc.asyncProperty(moves, async (history) => {
        twin.reset()
        for (const move of history) {
          const before = JSON.stringify(booksOfAll(twin))
          const { status } = await play(twin, move)
          if (status >= 400) expect(JSON.stringify(booksOfAll(twin))).toBe(before)
          for (const books of booksOfAll(twin)) expectSoundBooks(books)
        }
        for (const books of booksOfAll(twin)) {
          const { json } = await call(twin, `GET ${books.orderId}`)
          expect(json).toMatchObject({
            captured_amount: books.capturedMinor,
            refunded_amount: books.refundedMinor,
            remaining_authorized_amount: books.remainingAuthorizedMinor,
            status: books.status,
          })
        }
        expect(twin.violations).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('a key that is repeated changes nothing and gives the same answer', async () => {
    await using twin = await aTwin()
    await fc.assert(
      fc.asyncProperty(moves, async (history) => {
        twin.reset()
        const keyed = history.filter(({ kind }) => kind !== 'wait' && kind !== 'portal')
        for (const [index, move] of keyed.entries()) {
          const once = { ...move, key: `once-${index}` }
          const first = await play(twin, once)
          const before = JSON.stringify(booksOfAll(twin))
          const again = await play(twin, once)
          expect([again.status, again.headers.get('location')]).toEqual([
            first.status,
            first.headers.get('location'),
          ])
          expect(JSON.stringify(booksOfAll(twin))).toBe(before)
        }
        twin.advance(DAY_MS)
      }),
      { numRuns: 40 },
    )
  })

  it('the same history gives the same books', async () => {
    await using first = await aTwin()
    await using second = await aTwin()
    await fc.assert(
      fc.asyncProperty(moves, async (history) => {
        const still = history.filter(({ kind }) => kind !== 'wait')
        for (const twin of [first, second]) {
          twin.reset()
          for (const move of still) await play(twin, move)
        }
        expect(booksOfAll(first)).toEqual(booksOfAll(second))
      }),
      { numRuns: 25 },
    )
  })
})
