import { openSqliteInbox } from '@postdelivery/adapters/sqlite'
import { instant, makeInboxEvent } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { captured, dispatched } from './builders.ts'
import { type Rig, type RigOptions, useRigs } from './rig.ts'
import { aGateway, DONE } from './scripted-gateway.ts'

const ORDER = { orderId: 'order-1', captureId: 'capture-1' }
const AT = instant('2026-11-24T08:00:00.000Z')

const rigs = useRigs()
const started = (options: Partial<RigOptions> = {}): Promise<Rig> =>
  rigs.start({ gateway: aGateway(), ...options })

const anOrder = (number: number) => ({
  orderId: `order-${number}`,
  captureId: `capture-${number}`,
})

/** A promise with its resolver, to hold an answer back. */
function held<Value>() {
  let release: (value: Value) => void = () => {}
  const promise = new Promise<Value>((resolve) => {
    release = resolve
  })
  return { promise, release }
}

test('an event is decided, its command is sent once, and the receipt says what became of it', async () => {
  const gateway = aGateway()
  const rig = await started({ gateway })
  await rig.decide(captured(ORDER, AT))

  const receipt = await rig.engine.submit(dispatched(ORDER, AT))
  const decision = await receipt.decision
  const settled = await receipt.settled

  expect(receipt.accepted).toBe('accepted')
  expect(decision.actions.map(({ outcome }) => outcome)).toEqual(['queued'])
  expect(settled).toEqual({
    orderId: 'order-1',
    eventId: receipt.eventId,
    commands: [{ commandId: decision.actions[0]?.commandIds[0], state: 'confirmed', why: null }],
    needsPerson: false,
  })
  expect(gateway.sent).toHaveLength(1)
})

test('a decision without commands is settled at once', async () => {
  const rig = await started()

  const settled = await rig.settle(captured(ORDER, AT))

  expect(settled.commands).toEqual([])
})

test('the same event again changes nothing and gets the same decision, also from the next engine', async () => {
  const gateway = aGateway()
  const first = await started({ gateway })
  await first.decide(captured(ORDER, AT))
  const decision = await first.decide(dispatched(ORDER, AT))
  await first.engine.idle()
  const again = await first.engine.submit(dispatched(ORDER, AT))
  const settled = await again.settled
  await first.close()

  const next = await started({ gateway, path: first.path })
  const later = await next.engine.submit(dispatched(ORDER, AT))

  expect([again.accepted, later.accepted]).toEqual(['repeated', 'repeated'])
  expect([await again.decision, await later.decision]).toEqual([decision, decision])
  expect(await later.settled).toEqual(settled)
  expect(gateway.sent).toHaveLength(1)
})

test('those who submit one event while it is decided share its outcome', async () => {
  const answer = held<typeof DONE>()
  const gateway = aGateway(() => answer.promise)
  const rig = await started({ gateway })
  await rig.decide(captured(ORDER, AT))

  const receipts = await Promise.all([1, 2, 3].map(() => rig.engine.submit(dispatched(ORDER, AT))))
  await receipts[0]?.decision
  const late = await rig.engine.submit(dispatched(ORDER, AT))
  answer.release(DONE)
  const settled = await Promise.all([...receipts, late].map((each) => each.settled))

  expect(receipts.map(({ accepted }) => accepted).toSorted()).toEqual([
    'accepted',
    'repeated',
    'repeated',
  ])
  expect(new Set(settled.map((each) => each.commands[0]?.commandId)).size).toBe(1)
  expect(gateway.sent).toHaveLength(1)
})

test('an id that comes back with another body is refused, alarmed and made work', async () => {
  const gateway = aGateway()
  const rig = await started({ gateway })
  await rig.decide(captured(ORDER, AT))
  await rig.settle(dispatched(ORDER, AT, 'T-1'))

  const other = { ...dispatched(ORDER, AT, 'T-2'), id: dispatched(ORDER, AT, 'T-1').id }
  const receipt = await rig.engine.submit(other)

  expect(receipt.accepted).toBe('reused')
  await expect(receipt.decision).rejects.toMatchObject({ code: 'event_id_reused' })
  await expect(receipt.settled).rejects.toMatchObject({ code: 'event_id_reused' })
  expect(rig.alarms()).toEqual(['event_id_reused'])
  expect(await rig.store.work({ kind: 'event_id_reused' })).toHaveLength(1)
  expect(gateway.sent).toHaveLength(1)
})

test('an event of an unknown order is decided once the order is registered', async () => {
  const rig = await started()
  const early = await rig.engine.submit(dispatched(ORDER, AT))
  await rig.engine.idle()
  const status = (await rig.store.event('order-1', early.eventId))?.status

  await rig.decide(captured(ORDER, AT))
  const settled = await early.settled

  expect(status).toBe('parked')
  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
})

test('orders run at once, as many as allowed and no more', async () => {
  let running = 0
  let runningMax = 0
  const gateway = aGateway(async () => {
    running += 1
    runningMax = Math.max(runningMax, running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running -= 1
    return DONE
  })
  const rig = await started({ gateway, concurrency: 8 })
  const orders = Array.from({ length: 40 }, (_, index) => anOrder(index))
  await Promise.all(orders.map((order) => rig.decide(captured(order, AT))))

  await Promise.all(orders.map((order) => rig.settle(dispatched(order, AT))))

  expect(gateway.sent).toHaveLength(40)
  expect(runningMax).toBe(8)
})

test('events of one order are decided in their order of arrival, one call at a time', async () => {
  let running = 0
  let overlapped = false
  const gateway = aGateway(async () => {
    running += 1
    overlapped ||= running > 1
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    return DONE
  })
  const rig = await started({ gateway })
  await rig.decide(captured(ORDER, AT))

  const numbers = Array.from({ length: 20 }, (_, index) => `T-${index}`)
  await Promise.all(numbers.map((number) => rig.settle(dispatched(ORDER, AT, number))))

  const decided = (await rig.store.decisions('order-1')).map(({ eventId }) => eventId)
  expect(decided.slice(1)).toEqual(numbers.map((number) => `dispatched-${number}`))
  expect(overlapped).toBe(false)
  expect(gateway.sent).toHaveLength(20)
})

test('what another process puts into the inbox is found without being told', async () => {
  const gateway = aGateway()
  const rig = await started({ gateway, pollMs: 20 })
  await rig.decide(captured(ORDER, AT))
  await rig.engine.idle()
  const inbox = openSqliteInbox(rig.path)

  await inbox.accept(
    makeInboxEvent(
      {
        id: 'staff-1',
        type: 'action.requested',
        orderId: 'order-1',
        captureId: 'capture-1',
        at: AT,
        by: 'anna',
        why: 'the invoice got lost',
        action: { type: 'sendOut' },
      },
      AT,
    ),
  )
  await inbox.close()

  await expect.poll(() => gateway.sent.length).toBe(1)
})

test('more orders than a page are all done after a start', async () => {
  const first = await rigs.make({ gateway: aGateway() })
  const orders = Array.from({ length: 700 }, (_, index) => anOrder(index))
  await Promise.all(
    orders.map((order) => first.store.accept(makeInboxEvent(captured(order, AT), AT))),
  )
  await first.close()

  const next = await started({ path: first.path, pollMs: 60_000 })
  await next.engine.idle()

  expect(await next.store.orders({ limit: 1000 })).toHaveLength(700)
})

test('telemetry that throws stops nothing', async () => {
  const rig = await started({
    telemetry: {
      record: () => {
        throw new Error('the collector is gone')
      },
    },
  })

  await rig.decide(captured(ORDER, AT))
  const settled = await rig.settle(dispatched(ORDER, AT))

  expect(settled.commands.map(({ state }) => state)).toEqual(['confirmed'])
})

test('a second engine on the same file is refused at once, the next one after its end is not', async () => {
  const rig = await started()

  const second = rigs.make({ gateway: aGateway(), path: rig.path })
  await expect(second).rejects.toMatchObject({ code: 'store_locked' })
  await rig.close()

  await expect(started({ path: rig.path })).resolves.toBeDefined()
})

test('says so when it is used before its start, twice started, or after its end', async () => {
  const rig = await rigs.make({ gateway: aGateway() })
  const { engine } = rig
  const event = captured(ORDER, AT)

  await expect(engine.submit(event)).rejects.toMatchObject({ code: 'engine_not_running' })
  await expect(engine.idle()).rejects.toMatchObject({ code: 'engine_not_running' })
  await engine.start()
  await expect(engine.start()).rejects.toMatchObject({ code: 'engine_not_running' })
  await engine.stop()
  await expect(engine.submit(event)).rejects.toMatchObject({ code: 'engine_stopped' })
  await expect(engine.start()).rejects.toMatchObject({ code: 'engine_stopped' })
  await expect(engine.idle()).rejects.toMatchObject({ code: 'engine_stopped' })
})
