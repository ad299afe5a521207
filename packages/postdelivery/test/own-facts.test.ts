/** Facts of the merchant's own: loaded when a rule names them; a source that is down holds the event, and says no more. */
import { defineFact, type OwnFact, rulesFromText } from 'postdelivery'
import { expect, test } from 'vitest'
import { createFactSource } from '../src/own-facts.ts'
import { DUE_ON, damagedReturn, openScene, PAY_BACK, ruleSet } from './setup.ts'

const subject = { orderId: 'o-1', captureId: null, eventId: 'e-1' }
const tierOf = (load: OwnFact<'text'>['load']) =>
  createFactSource(
    [
      {
        ...defineFact({ name: 'customer.tier', type: 'text', sentence: 'tier' }),
        ...(load && { load }),
      },
    ],
    20,
  )

test('tells what was loaded, what is absent, and what failed', async () => {
  const never = () => new Promise<string>(() => {})
  const rude = () => {
    throw Object.assign(new Error('jane@private.example'), { name: 'jane@private.example' })
  }

  expect(await tierOf(async () => 'gold').load('customer.tier', subject, {})).toEqual({
    type: 'loaded',
    value: 'gold',
  })
  expect(await tierOf(() => null).load('customer.tier', subject, {})).toEqual({ type: 'absent' })
  expect(await tierOf(undefined).load('customer.tier', subject, {})).toEqual({ type: 'absent' })
  expect(await tierOf(() => null).load('customer.other', subject, {})).toEqual({ type: 'absent' })
  expect(await tierOf(never).load('customer.tier', subject, {})).toEqual({
    type: 'failed',
    reason: 'timeout',
  })
  expect(await tierOf(rude).load('customer.tier', subject, {})).toEqual({
    type: 'failed',
    reason: 'unknown',
  })
  const down = tierOf(() => Promise.reject(new TypeError('jane@private.example')))
  expect(await down.load('customer.tier', subject, {})).toEqual({
    type: 'failed',
    reason: 'TypeError',
  })
})

test('leaves no timer behind when the loader was in time', async () => {
  const timerCount = () =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const before = timerCount()

  await createFactSource([
    defineFact({ name: 'shop.x', type: 'text', sentence: 'x', load: async () => 'x' }),
  ]).load('shop.x', subject, {})

  expect(timerCount()).toBe(before)
})

test('a rule acts on a loaded fact, and waits while its source is down', async () => {
  await using scene = await openScene()
  let isDown = true
  const asked: string[] = []
  const tier = defineFact({
    name: 'customer.tier',
    type: 'text',
    sentence: 'how good a customer they are',
    load: async ({ orderId, eventId }) => {
      asked.push(`${orderId} ${eventId}`)
      if (isDown) throw new Error('crm is down')
      return 'gold'
    },
  })
  const rule = {
    ...PAY_BACK,
    conditions: { all: [{ fact: 'customer.tier', operator: 'equal', value: 'gold' }] },
  }
  const rules = rulesFromText({ 'returns.rules.json': ruleSet([rule]) })
  const postDelivery = await scene.open({ rules, facts: [tier] } as never)
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  const receipt = await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))
  await postDelivery.idle()
  const waiting = (await postDelivery.timeline(scene.orderId)).find(
    (entry) => entry.kind === 'event' && entry.eventId === 'wms-881',
  )

  isDown = false
  scene.clock.advance(3_600_000)
  await receipt.settled

  expect(waiting).toMatchObject({ status: 'waiting', reason: 'fact customer.tier: Error' })
  expect(asked[0]).toBe(`${scene.orderId} wms-881`)
  expect(scene.twin.books(scene.orderId).refundedMinor).toBe(3000)
})
