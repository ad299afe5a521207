import type { Fault, OperationId, PortalAction } from '@postdelivery/adapters/klarna-twin'
import { type Operation, orderBooks } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { ACTIONS, DAY_MS, HOUR_MS, MINUTE_MS, type RuleSpec } from './builders.ts'
import { aTwinRig, effectCount, type TwinRig } from './twin-rig.ts'

interface Asked {
  readonly action: RuleSpec['action']
  readonly operation: Operation & OperationId
  /** `looked`: looked up before every attempt; `read`: read back after the last; `traceless`: never found. */
  readonly kind: 'looked' | 'read' | 'traceless'
  readonly refusal: string
}

const NOT_ALLOWED = 'NOT_ALLOWED'
const ASKED: readonly Asked[] = [
  {
    action: ACTIONS.refund,
    operation: 'refundOrder',
    kind: 'looked',
    refusal: 'REFUND_NOT_ALLOWED',
  },
  {
    action: ACTIONS.release,
    operation: 'releaseRemainingAuthorization',
    kind: 'looked',
    refusal: NOT_ALLOWED,
  },
  {
    action: ACTIONS.ship,
    operation: 'appendShippingInfo',
    kind: 'read',
    refusal: 'NO_SUCH_CAPTURE',
  },
  {
    action: ACTIONS.extend,
    operation: 'extendDueDate',
    kind: 'traceless',
    refusal: NOT_ALLOWED,
  },
  { action: ACTIONS.sendOut, operation: 'triggerSendOut', kind: 'traceless', refusal: NOT_ALLOWED },
  {
    action: ACTIONS.extendAuthorization,
    operation: 'extendAuthorizationTime',
    kind: 'traceless',
    refusal: NOT_ALLOWED,
  },
]

/** What became of a command: its phase, what happened at Klarna how often, how often it was sent, the work that is open. */
type End = readonly [phase: string, effectCount: number, sentCount: number, ...work: string[]]

async function endOf(twinRig: TwinRig, { operation }: Asked): Promise<End> {
  const { rig, twin, orderId } = twinRig
  const sent = twin.requests.filter(({ method }) => method !== 'GET')
  const [phase = 'none'] = await rig.phases(orderId)
  const keys = new Set(sent.map((each) => `${each.idempotencyKey} ${each.body}`))
  expect(keys.size).toBeLessThanOrEqual(1)
  return [phase, effectCount(twinRig, operation), sent.length, ...(await rig.work())]
}

/** Plays two days of one command under faults. */
async function play(asked: Asked, faults: readonly Omit<Fault, 'operation'>[]): Promise<End> {
  const twinRig = await aTwinRig()
  twinRig.twin.setFaults(faults.map((fault) => ({ ...fault, operation: asked.operation })))
  await twinRig.ask(asked.action)
  await twinRig.rig.play(2 * DAY_MS)
  return endOf(twinRig, asked)
}

const UNCLEAR: readonly [string, Omit<Fault, 'operation'>][] = [
  ['no answer', { kind: 'answer_lost' }],
  ['a bare 403', { kind: 'bare_403' }],
  ['409', { kind: 'error', status: 409, code: 'CONFLICT' }],
  ['408', { kind: 'error', status: 408, code: 'REQUEST_TIMEOUT' }],
  ['a page in HTML under 502', { kind: 'html' }],
  ['a page in HTML under 403', { kind: 'html', status: 403 }],
  ['a page in HTML under 200', { kind: 'html', status: 200 }],
  ['a redirect', { kind: 'redirect' }],
  ['500', { kind: 'server_error' }],
  ['503', { kind: 'server_error', status: 503 }],
]

const CONFIRMED_AT_ONCE: End = ['confirmed', 1, 1]
const CONFIRMED_AT_TWO: End = ['confirmed', 1, 2]
const nowhere = (effects: number, sentCount: number): End => [
  'stuck',
  effects,
  sentCount,
  'stuck_command',
]

/** How each kind of operation ends, by how often the answer was unclear and whether the work was done all the same. */
const ENDS: readonly [
  string,
  Pick<Fault, 'work' | 'times'>,
  Readonly<Record<Asked['kind'], End>>,
][] = [
  [
    'once, and nothing was done',
    { work: 'not_done', times: 1 },
    { looked: CONFIRMED_AT_TWO, read: CONFIRMED_AT_TWO, traceless: CONFIRMED_AT_TWO },
  ],
  [
    'once, and the work was done',
    { work: 'done', times: 1 },
    { looked: CONFIRMED_AT_ONCE, read: CONFIRMED_AT_TWO, traceless: CONFIRMED_AT_TWO },
  ],
  [
    'always under its key, and nothing was done',
    { work: 'not_done', times: null },
    { looked: nowhere(0, 4), read: nowhere(0, 4), traceless: nowhere(0, 4) },
  ],
  [
    'always under its key, and the work was done',
    { work: 'done', times: null },
    { looked: CONFIRMED_AT_ONCE, read: ['confirmed', 1, 4], traceless: nowhere(1, 4) },
  ],
]

for (const [answer, fault] of UNCLEAR) {
  describe(`${answer} is neither a success nor a refusal`, () => {
    for (const [name, times, ends] of ENDS) {
      test.each(ASKED)(`${name}: $operation`, async (asked) => {
        expect(await play(asked, [{ ...fault, ...times }])).toEqual(ends[asked.kind])
      })
    }
  })
}

describe('a refusal with a documented code', () => {
  const refusalOf = ({ refusal }: Asked, times: number | null = null) =>
    ({
      kind: 'error',
      status: refusal === 'NO_SUCH_CAPTURE' ? 404 : 403,
      code: refusal,
      times,
    }) as const

  test.each(ASKED)('ends the command, and nobody has work: $operation', async (asked) => {
    expect(await play(asked, [refusalOf(asked)])).toEqual(['refused', 0, 1])
  })

  const afterLost: Readonly<Record<Asked['kind'], End>> = {
    looked: CONFIRMED_AT_ONCE,
    read: CONFIRMED_AT_TWO,
    traceless: nowhere(1, 2),
  }
  test.each(ASKED)('after an attempt that worked is not believed: $operation', async (asked) => {
    const end = await play(asked, [{ kind: 'answer_lost', work: 'done' }, refusalOf(asked)])

    expect(end).toEqual(afterLost[asked.kind])
  })

  test.each(ASKED)('after an attempt that vanished asks a person: $operation', async (asked) => {
    const end = await play(asked, [{ kind: 'dropped' }, refusalOf(asked)])

    expect(end).toEqual(nowhere(0, 2))
  })

  test.each(ASKED.filter(({ kind }) => kind === 'looked'))(
    'after an attempt that worked and a look too early for it: $operation',
    async (asked) => {
      const twinRig = await aTwinRig()
      const { operation } = asked
      twinRig.twin.setSettings({ staleReadMs: 5 * MINUTE_MS })
      twinRig.twin.setFaults([
        { kind: 'answer_lost', operation },
        { ...refusalOf(asked), operation },
      ])
      await twinRig.ask(asked.action)
      await twinRig.rig.play(2 * DAY_MS)

      expect(await endOf(twinRig, asked)).toEqual(CONFIRMED_AT_TWO)
    },
  )
})

describe('a key that gives its first error again', () => {
  const cases = [
    ['refundOrder', { refundMaxCount: 0 }, { refundMaxCount: null }],
    ['appendShippingInfo', { shippingEntryMaxCount: 0 }, { shippingEntryMaxCount: null }],
  ] as const
  test.each(cases)('%s: is stuck although it would be allowed now', async (operation, no, yes) => {
    const asked = ASKED.find((each) => each.operation === operation)
    if (asked === undefined) throw new Error(operation)
    const twinRig = await aTwinRig()
    twinRig.twin.setSettings(no)
    twinRig.twin.setFaults([{ kind: 'answer_lost', operation }])
    await twinRig.ask(asked.action)
    twinRig.twin.setSettings(yes)

    await twinRig.rig.play(2 * DAY_MS)

    expect(await endOf(twinRig, asked)).toEqual(nowhere(0, 2))
    expect(
      twinRig.twin.requests.filter(({ method }) => method !== 'GET').map(({ status }) => status),
    ).toEqual([null, 403])
  })
})

describe('what a person does in the portal while a refund is in doubt', () => {
  const refund = { action: 'refund', amountMinor: 1000 } as const
  const acts: readonly [string, PortalAction, number][] = [
    ['the same refund', refund, 1000],
    ['another refund', { ...refund, amountMinor: 700 }, 700],
  ]
  test.each(acts)('%s: nothing is paid on top of it', async (_, act, paidMinor) => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.setFaults([{ kind: 'dropped', operation: 'refundOrder' }])
    await ask(ACTIONS.refund)
    twin.actInPortal(orderId, act)

    await rig.play(2 * DAY_MS)

    expect(twin.books(orderId).refundedMinor).toBe(paidMinor)
    expect(await rig.phases(orderId)).toEqual(['stuck'])
    expect((await rig.work()).toSorted()).toEqual(['books_differ', 'stuck_command'])
  })

  test('a release changes nothing of the refund', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.setFaults([{ kind: 'answer_lost', operation: 'refundOrder' }])
    await ask(ACTIONS.refund)
    twin.actInPortal(orderId, { action: 'release' })

    await rig.play(DAY_MS)

    expect(await rig.phases(orderId)).toEqual(['confirmed'])
    expect(twin.books(orderId).refundedMinor).toBe(1000)
  })

  test('a refund that they made after ours had arrived stops the next one of ours', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    await ask(ACTIONS.refund)
    twin.actInPortal(orderId, refund)

    await ask({ type: 'refund', params: { basis: 'amount', amountMinor: 500 } }, 'ask-2')
    await rig.play(DAY_MS)

    expect(twin.books(orderId).refundedMinor).toBe(2000)
    expect(await rig.phases(orderId)).toEqual(['confirmed', 'stuck'])
    expect(orderBooks(await rig.order(orderId)).refundedMinor).toBe(1000)
  })
})

describe('what a person does in the portal with the rest', () => {
  test('an order that they close has nothing left to release: confirmed without a call', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.actInPortal(orderId, { action: 'close' })

    await ask(ACTIONS.release)
    await rig.play(DAY_MS)

    expect(await rig.phases(orderId)).toEqual(['confirmed'])
    expect(twin.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('an extension that they make takes ours off the list: it is refused, and nothing is charged twice', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.setFaults([{ kind: 'error', operation: 'extendDueDate', status: 429, code: 'TOO_MANY' }])
    await ask(ACTIONS.extend)
    twin.offerExtensions(orderId, [])

    await rig.play(DAY_MS)

    expect(await rig.phases(orderId)).toEqual(['refused'])
    expect(twin.books(orderId).captures[0]?.extensions).toEqual([])
  })

  test('an extension in doubt whose offer is gone is the work of a person: perhaps we took it', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    twin.setFaults([{ kind: 'answer_lost', operation: 'extendDueDate' }])
    await ask(ACTIONS.extend)
    twin.offerExtensions(orderId, [])

    await rig.play(DAY_MS)

    expect(await rig.phases(orderId)).toEqual(['stuck'])
    expect(twin.books(orderId).captures[0]?.extensions).toHaveLength(1)
    expect(await rig.work()).toEqual(['stuck_command'])
  })

  test('a longer authorization is taken over from the next read', async () => {
    const { twin, rig, ask, orderId } = await aTwinRig()
    const before = (await rig.order(orderId)).authorizationExpiresAt
    rig.pass(5 * DAY_MS)
    await ask(ACTIONS.extendAuthorization)
    await rig.tell({ id: 'push', type: 'order.observed', orderId, at: rig.now() })

    const { authorizationExpiresAt } = await rig.order(orderId)
    expect(authorizationExpiresAt).not.toBe(before)
    expect(authorizationExpiresAt).toBe(twin.books(orderId).expiresAt)
  })
})

test('a refund in a quota that stays full is sent once it opens, and never in doubt', async () => {
  const twinRig = await aTwinRig()
  const [refund] = ASKED
  if (refund === undefined) throw new Error('no refund')
  twinRig.twin.setFaults([{ kind: 'rate_limited', operation: refund.operation, times: 20 }])
  await twinRig.ask(refund.action)
  await twinRig.rig.play(12 * HOUR_MS)

  expect(await endOf(twinRig, refund)).toEqual(['confirmed', 1, 21])
})
