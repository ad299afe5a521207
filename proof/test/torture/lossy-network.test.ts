import { createKlarnaClient, createKlarnaGateway, requestHash } from '@postdelivery/adapters/klarna'
import { guideOrder, startTwin, type Twin } from '@postdelivery/adapters/klarna-twin'
import type { GatewayAnswer } from '@postdelivery/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createRandom, type Random } from '../../src/random.ts'
import { drawFate, FATE_NAMES, FATES, type Fate } from '../../src/torture/calls/fates.ts'
import { startNetwork } from '../../src/torture/calls/lossy-network.ts'

// A busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 })

/** Long enough that an answer which is not held back is in time. */
const TIMEOUT_MS = 400
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Chance in which every write meets one fate. */
const always = (fate: Fate): Random => {
  const before = FATE_NAMES.slice(0, FATE_NAMES.indexOf(fate))
  const place = before.reduce((sum, each) => sum + FATES[each].writes, 0) + 0.5
  const random: Random = {
    ...createRandom('fixed'),
    fraction: () => place / 100,
    part: () => random,
  }
  return random
}

/** Makes one refund over a network on which every write meets a fate. */
async function refundOver(fate: Fate): Promise<{
  readonly twin: Twin
  readonly answer: GatewayAnswer
  readonly lostCount: number
}> {
  const twin = await startTwin({ orders: [guideOrder({ nowMs: Date.now() })] })
  const network = await startNetwork({
    target: twin.url,
    draws: always(fate),
    timeoutMs: TIMEOUT_MS,
    onWrite: () => {},
  })
  closing.push(twin.close, network.close)
  const client = createKlarnaClient({
    baseUrl: network.url,
    credentials: () => ({ username: twin.username, password: twin.password }),
    timeoutMs: TIMEOUT_MS,
  })
  const path = `/ordermanagement/v1/orders/${twin.orders[0]?.orderId}/refunds`
  const request = { method: 'POST', path, body: '{"refunded_amount":100}' } as const
  const answer = await createKlarnaGateway(client).perform(
    { ...request, hash: requestHash(request) },
    '6d36039e-d0cb-548e-812d-5239221a4081',
  )
  await network.settled()
  expect(network.writesByFate[fate]).toBe(1)
  return { twin, answer, lostCount: network.lostCount }
}

const refundsOf = ({ twin }: { readonly twin: Twin }): number =>
  twin.books(twin.orders[0]?.orderId ?? '').refunds.length

describe('a write on the lossy network', () => {
  test.each(['passes', 'slow', 'repeated', 'echoed'] as const)(
    'that %s is done and answered',
    async (fate) => {
      const outcome = await refundOver(fate)
      expect(outcome.answer).toMatchObject({ type: 'answered', status: 201 })
      expect(refundsOf(outcome)).toBe(1)
      expect(outcome.lostCount).toBe(0)
      const wanted = fate === 'repeated' || fate === 'echoed' ? 2 : 1
      expect(outcome.twin.requests).toHaveLength(wanted)
    },
  )

  test.each(['lost_after', 'reset_after', 'cut', 'too_late', 'late_request', 'replaced'] as const)(
    'that is %s is done, and the caller does not hear of it',
    async (fate) => {
      const outcome = await refundOver(fate)
      const { answer } = outcome
      const isHeard = answer.type === 'answered' && answer.status < 300 && answer.resultId !== null
      expect(isHeard && fate !== 'cut').toBe(false)
      expect(refundsOf(outcome)).toBe(1)
      expect(outcome.lostCount).toBe(1)
    },
  )

  test('that is lost before is not done', async () => {
    const outcome = await refundOver('lost_before')
    expect(outcome.answer).toMatchObject({ type: 'no_answer', mayHaveReached: true })
    expect(refundsOf(outcome)).toBe(0)
    expect(outcome.lostCount).toBe(0)
  })

  test('that comes twice at once is done once', async () => {
    const outcome = await refundOver('at_once_twice')
    expect(refundsOf(outcome)).toBe(1)
    expect(outcome.twin.requests).toHaveLength(2)
  })
})

test('fates come as often as their shares say', () => {
  for (const kind of ['writes', 'reads'] as const) {
    const total = FATE_NAMES.reduce((sum, fate) => sum + FATES[fate][kind], 0)
    expect(total).toBe(100)
    const drawn = Array.from({ length: 5_000 }, (_, index) =>
      drawFate(createRandom(`${index}`), kind),
    )
    for (const fate of FATE_NAMES) {
      const share = drawn.filter((each) => each === fate).length / 50
      expect(Math.abs(share - FATES[fate][kind])).toBeLessThan(2.5)
    }
  }
})
