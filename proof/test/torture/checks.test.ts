import { beforeAll, describe, expect, test, vi } from 'vitest'
import {
  checkKept,
  checkSettled,
  checkUnstopped,
  checkVerdicts,
} from '../../src/torture/checks/check-events.ts'
import { checkFile } from '../../src/torture/checks/check-file.ts'
import { checkKlarna, type KlarnaBooks } from '../../src/torture/checks/check-klarna.ts'
import type { FileBooks } from '../../src/torture/checks/file-books.ts'
import { shopRuleBook } from '../../src/torture/shop/rule-set.ts'
import { compareEffects } from '../../src/torture/torn/resume.ts'
import type { Law } from '../../src/torture/violation.ts'
import { aFolder, aRun, type RunEvidence } from './evidence.ts'

// A busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let run: RunEvidence
const folder = aFolder()
beforeAll(async () => {
  run = await aRun(folder)
})

type Orders = KlarnaBooks['orders']
type Captures = Orders[number]['captures']

/** Klarna's books with one order doctored, the first that fits. */
function klarnaWith(
  fits: (order: Orders[number]) => boolean,
  doctor: (order: Orders[number]) => Orders[number],
): KlarnaBooks {
  const found = run.klarnas.orders.find(fits)
  if (found === undefined) throw new Error('the run has no such order')
  const orders = run.klarnas.orders.map((order) => (order === found ? doctor(order) : order))
  return { ...run.klarnas, orders }
}
const withCaptures = (
  order: Orders[number],
  doctor: (capture: Captures[number]) => Captures[number],
): Orders[number] => ({ ...order, captures: order.captures.map(doctor) })
const twice = <Item>(items: readonly Item[]): readonly Item[] => [...items.slice(0, 1), ...items]
const lawsOf = (found: readonly { readonly law: Law }[]): readonly Law[] => [
  ...new Set(found.map(({ law }) => law)),
]
const klarnaLaws = (klarnas: KlarnaBooks, network: 'repeats' | 'repeats_nothing' = 'repeats') =>
  lawsOf(checkKlarna(run.ours, klarnas, network))
const hasRefund = ({ refunds }: Orders[number]): boolean => refunds.length > 0

describe('a run in which all is well', () => {
  test('breaks no law', async () => {
    expect(run.ours.orders.flatMap((order) => order.state.commands).length).toBeGreaterThan(10)
    expect(checkFile(run.ours)).toEqual([])
    expect(checkKept(run.ours, run.acknowledged)).toEqual([])
    expect(checkSettled(run.ours)).toEqual([])
    expect(checkUnstopped(run.ours)).toEqual([])
    expect(checkKlarna(run.ours, run.klarnas, 'repeats_nothing')).toEqual([])
    expect(await checkVerdicts(run.ours, shopRuleBook().inForce())).toEqual([])
  })
})

describe("Klarna's books", () => {
  test('show a refund that was made twice', () => {
    const klarnas = klarnaWith(hasRefund, (order) => ({ ...order, refunds: twice(order.refunds) }))
    expect(klarnaLaws(klarnas)).toEqual(['exactly_once'])
  })

  test('show a refund that was never made', () => {
    const klarnas = klarnaWith(hasRefund, (order) => ({
      ...order,
      refunds: order.refunds.slice(1),
    }))
    expect(klarnaLaws(klarnas)).toEqual(['exactly_once'])
  })

  test('show a refund that nobody decided', () => {
    const klarnas = klarnaWith(hasRefund, (order) => ({
      ...order,
      refunds: [
        ...order.refunds,
        ...order.refunds.map((each) => ({ ...each, reference: 'portal' })),
      ],
    }))
    expect(klarnaLaws(klarnas)).toEqual(['decided_before'])
  })

  test('show a refund of another amount', () => {
    const klarnas = klarnaWith(hasRefund, (order) => ({
      ...order,
      refunds: order.refunds.map((each) => ({ ...each, refundedMinor: each.refundedMinor + 1 })),
    }))
    expect(klarnaLaws(klarnas)).toEqual(['books_agree'])
  })

  test('show a sum that differs from ours', () => {
    const klarnas = klarnaWith(hasRefund, (order) => ({
      ...order,
      refundedMinor: order.refundedMinor - 1,
    }))
    expect(klarnaLaws(klarnas)).toEqual(['books_agree'])
  })

  test('show a capture that paid back more than was captured', () => {
    const klarnas = klarnaWith(hasRefund, (order) =>
      withCaptures(order, (capture) => ({ ...capture, capturedMinor: 1 })),
    )
    expect(klarnaLaws(klarnas)).toEqual(['within_captured'])
  })

  test('show an extension, a send-out and a parcel that came twice', () => {
    const extended = klarnaWith(
      ({ extensionDays }) => extensionDays > 0,
      (order) => withCaptures(order, (each) => ({ ...each, extensions: twice(each.extensions) })),
    )
    const sentOut = klarnaWith(
      ({ sendOutCount }) => sendOutCount > 0,
      (order) => withCaptures(order, (each) => ({ ...each, sendOutCount: 2 })),
    )
    const told = klarnaWith(
      ({ shippingEntryCount }) => shippingEntryCount > 0,
      (order) =>
        withCaptures(order, (each) => ({ ...each, shippingEntries: twice(each.shippingEntries) })),
    )
    for (const klarnas of [extended, sentOut, told])
      expect(klarnaLaws(klarnas)).toEqual(['exactly_once'])
  })

  test('show a release that nobody decided', () => {
    const klarnas = klarnaWith(
      ({ released }) => !released,
      (order) => ({ ...order, released: true }),
    )
    expect(klarnaLaws(klarnas)).toEqual(['decided_before'])
  })
})

describe('calls that reached Klarna', () => {
  const callsWith = (doctor: (call: KlarnaBooks['requests'][number]) => object): KlarnaBooks => {
    const written = run.klarnas.requests.find((call) => call.body !== null)
    if (written === undefined) throw new Error('the run has no call with a body')
    const changed = { ...written, ...doctor(written) }
    return { ...run.klarnas, requests: [...run.klarnas.requests, changed] }
  }

  test('carry other bytes under a known key', () => {
    expect(klarnaLaws(callsWith(({ body }) => ({ body: `${body} ` })))).toEqual(['same_bytes'])
  })

  test('carry a key that is on record nowhere', () => {
    expect(klarnaLaws(callsWith(() => ({ idempotencyKey: 'k' })))).toEqual(['decided_before'])
    expect(klarnaLaws(callsWith(() => ({ idempotencyKey: null })))).toEqual(['decided_before'])
  })

  test('are more than the attempts on record, unless the network repeats', () => {
    expect(
      klarnaLaws(
        callsWith(() => ({})),
        'repeats_nothing',
      ),
    ).toEqual(['decided_before'])
    expect(
      klarnaLaws(
        callsWith(() => ({})),
        'repeats',
      ),
    ).toEqual([])
  })

  test('come again under a key whose 20 hours are over', () => {
    const late = callsWith(({ at }) => ({
      at: new Date(Date.parse(at) + 21 * 3_600_000).toISOString(),
    }))
    expect(klarnaLaws(late)).toEqual(['same_bytes'])
  })
})

describe('the file', () => {
  const filed = (doctored: Partial<FileBooks>): readonly Law[] =>
    lawsOf(checkFile({ ...run.ours, ...doctored }))
  const rest = <Item>(items: readonly Item[]): readonly Item[] => items.slice(1)

  test('has everything of a step or nothing', () => {
    const { events, decisions, requests, attempts, claims, orders } = run.ours
    const half: readonly Partial<FileBooks>[] = [
      { decisions: rest(decisions) },
      { requests: rest(requests) },
      { attempts: rest(attempts) },
      { claims: rest(claims) },
      { orders: rest(orders) },
      { orders: orders.map((order) => ({ ...order, seq: order.seq + 1 })) },
      { orders: orders.map((order) => ({ ...order, isSending: !order.isSending })) },
      { orders: orders.map((order) => ({ ...order, hasOpenCommand: !order.hasOpenCommand })) },
      { orders: orders.map((order) => ({ ...order, word: 'other' })) },
      { heads: orders.map((order) => order.orderId) },
      { totals: new Map([...run.ours.totals].map(([name, total]) => [name, total + 1])) },
      { attempts: attempts.map((each) => ({ ...each, isAnswered: false })) },
      { events: events.map((each) => ({ ...each, status: 'accepted' })) },
    ]
    for (const doctored of half) expect(filed(doctored)).toContain('whole_steps')
  })

  test('keeps bytes and keys', () => {
    const { events, requests } = run.ours
    expect(filed({ events: events.map((each) => ({ ...each, body: '{}' })) })).toContain(
      'event_kept',
    )
    expect(filed({ requests: requests.map((each) => ({ ...each, body: '{}' })) })).toEqual([
      'same_bytes',
    ])
    expect(filed({ requests: requests.map((each) => ({ ...each, key: 'k' })) })).toEqual([
      'same_bytes',
    ])
  })

  test('passes the checks of SQLite', () => {
    expect(filed({ integrity: 'row 7 missing from index' })).toEqual(['file_sound'])
    expect(filed({ brokenReferenceCount: 1 })).toEqual(['file_sound'])
  })
})

describe('events', () => {
  test('are missed when they were acknowledged and are lost or changed', () => {
    const [, ...others] = run.ours.events
    const changed = run.ours.events.map((event) => ({ ...event, bodyHash: 'h' }))
    expect(lawsOf(checkKept({ ...run.ours, events: others }, run.acknowledged))).toEqual([
      'event_kept',
    ])
    expect(lawsOf(checkKept({ ...run.ours, events: changed }, run.acknowledged))).toEqual([
      'event_kept',
    ])
  })

  test('are decided in the end, or given up and work for a person', () => {
    const put = (status: string) => run.ours.events.map((event) => ({ ...event, status }))
    for (const status of ['accepted', 'parked', 'waiting', 'dead_lettered'])
      expect(lawsOf(checkSettled({ ...run.ours, events: put(status) }))).toEqual([
        'event_decided_once',
      ])
  })

  test('are decided the same again', async () => {
    const decisions = run.ours.decisions.map((each) => ({
      ...each,
      decision: { ...each.decision, facts: { ...each.decision.facts, 'order.currency': 'EUR' } },
    }))
    const found = await checkVerdicts({ ...run.ours, decisions }, shopRuleBook().inForce())
    expect(lawsOf(found)).toEqual(['same_verdicts'])
  })
})

describe('commands', () => {
  test('that are open in the end are work for a person, or a violation', () => {
    const [order] = run.ours.orders.filter(({ state }) => state.commands.length > 0)
    if (order === undefined) throw new Error('the run has no command')
    const stuck = order.state.commands.map((each) => ({
      ...each,
      chart: { ...each.chart, value: 'stuck' },
    }))
    const orders = [{ ...order, state: { ...order.state, commands: stuck } }]
    const work = stuck.map(({ command }) => ({
      orderId: order.orderId,
      kind: 'stuck_command',
      eventId: null,
      commandId: command.id,
    }))
    expect(lawsOf(checkSettled({ ...run.ours, orders }))).toEqual(['nothing_waits'])
    expect(checkSettled({ ...run.ours, orders, work })).toEqual([])
  })

  test('of an order that a defect has stopped are not taken for settled', () => {
    const work = [{ orderId: 'o', kind: 'order_stopped', eventId: null, commandId: null }]
    expect(lawsOf(checkUnstopped({ ...run.ours, work }))).toEqual(['engine_sound'])
  })
})

test('what is done once more at Klarna between two looks is named', () => {
  const before = new Map([['order', 'one refund']])
  expect(compareEffects(before, before)).toEqual([])
  expect(lawsOf(compareEffects(before, new Map([['order', 'two refunds']])))).toEqual([
    'nothing_doubled',
  ])
})
