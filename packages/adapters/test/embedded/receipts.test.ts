import type { Decision, OrderState } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { EngineFailure, isEngineFailure } from '../../src/embedded/failures.ts'
import { createReceipts } from '../../src/embedded/receipts.ts'
import { settle } from './simulated-time.ts'

const aDecision = (eventId: string, ...commandIds: readonly string[]): Decision =>
  ({ orderId: 'order-1', eventId, actions: [{ commandIds }] }) as unknown as Decision
const anOrder = (value: string): OrderState =>
  ({
    orderId: 'order-1',
    booksDiffer: null,
    commands: [
      { command: { id: 'a', body: { operation: 'refundOrder' } }, chart: { value, context: {} } },
    ],
  }) as unknown as OrderState

const stopped = new EngineFailure('engine_stopped', 'the engine was stopped')

test('the decision comes first, the settlement when the commands rest', async () => {
  const receipts = createReceipts()
  const { decision, settled } = receipts.open('order-1', 'event-1')
  const heard: string[] = []
  void settled.then(() => heard.push('settled'))

  receipts.decided(aDecision('event-1', 'a'), anOrder('doubtful'))
  await decision
  await settle()
  const before = [...heard]
  receipts.progressed(anOrder('confirmed'))
  await settled

  expect(before).toEqual([])
})

test('what concerns another event or nobody changes nothing', async () => {
  const receipts = createReceipts()
  const { decision } = receipts.open('order-1', 'event-1')
  const heard: string[] = []
  void decision.then(() => heard.push('decided'))

  receipts.decided(aDecision('event-2'), null)
  receipts.gaveUp('order-1', 'event-2', stopped)
  receipts.release('order-1', 'event-2')
  receipts.progressed(anOrder('confirmed'))
  await settle()

  expect(heard).toEqual([])
})

test('a wait that one of two has ended goes on for the other', async () => {
  const receipts = createReceipts()
  receipts.open('order-1', 'event-1')
  const second = receipts.open('order-1', 'event-1')

  receipts.release('order-1', 'event-1')
  receipts.decided(aDecision('event-1'), null)

  await expect(second.decision).resolves.toMatchObject({ eventId: 'event-1' })
})

test('a wait that all have ended is forgotten', async () => {
  const receipts = createReceipts()
  const first = receipts.open('order-1', 'event-1')
  receipts.release('order-1', 'event-1')

  const second = receipts.open('order-1', 'event-1')
  receipts.decided(aDecision('event-1'), null)

  await second.decision
  expect(second.decision).not.toBe(first.decision)
})

test('after the end nobody waits any more', async () => {
  const receipts = createReceipts()
  receipts.close(stopped)

  const { decision, settled } = receipts.open('order-1', 'event-1')

  await expect(decision).rejects.toBe(stopped)
  await expect(settled).rejects.toBe(stopped)
})

test('a failure is known by its class or its name, and says what to do', () => {
  const fromAnotherCopy = Object.assign(new Error('x'), { name: 'EngineFailure' })

  expect(isEngineFailure(stopped)).toBe(true)
  expect(isEngineFailure(fromAnotherCopy)).toBe(true)
  expect(isEngineFailure(new Error('x'))).toBe(false)
  expect(stopped.hint).toContain('starts again')
})
