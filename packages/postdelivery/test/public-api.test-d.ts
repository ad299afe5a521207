/** What must not compile: wrong params, wrong regions, loaders of another type, missing limits. */
import {
  createPostDelivery,
  defineFact,
  definePostDeliveryConfig,
  type EventInput,
  type OwnFacts,
  type PostDelivery,
  type PostDeliveryConfig,
  type Receipt,
  rulesFrom,
} from 'postdelivery'
import { type KlarnaClient, refundOrder } from 'postdelivery/klarna'
import { sqlite } from 'postdelivery/sqlite'
import { expectTypeOf, test } from 'vitest'
import { approval, limits } from './setup.ts'

const base = {
  klarna: {
    region: 'eu',
    live: false,
    credentials: () => ({ username: 'PK1', password: 'p' }),
  },
  store: sqlite('./orders.db'),
  rules: rulesFrom('./rules'),
  timeZone: 'Europe/Stockholm',
  limits,
  approval,
} as const satisfies PostDeliveryConfig

const weight = defineFact({ name: 'event.weightGrams', type: 'integer', sentence: 'the weight' })
const tier = defineFact({
  name: 'customer.tier',
  type: 'text',
  sentence: 'how good a customer',
  load: async () => 'gold',
})

const head = { id: 'e-1', orderId: 'o-1', at: '2026-11-24T08:00:00Z' } as const

test('a configuration names a region that exists, says live or not, and gives all limits', () => {
  expectTypeOf(definePostDeliveryConfig(base)).toExtend<PostDeliveryConfig>()
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error there is no region `us`
    klarna: { ...base.klarna, region: 'us' },
  })
  const { live: _live, ...unsaid } = base.klarna
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error live or playground is never guessed
    klarna: unsaid,
  })
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error a region and an address are one of two
    klarna: { ...base.klarna, baseUrl: 'https://klarna.example' },
  })
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error credentials are asked for, not written down
    klarna: { ...base.klarna, credentials: { username: 'PK1', password: 'p' } },
  })
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error there is no such dialect
    klarna: { ...base.klarna, dialect: 'swedish' },
  })
  const { limits: _limits, ...unlimited } = base
  // @ts-expect-error there is no "unlimited"
  definePostDeliveryConfig(unlimited)
  const { perOrder: _perOrder, ...someLimits } = limits
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error each limit is required
    limits: someLimits,
  })
  const { approval: _approval, ...unapproved } = base
  // @ts-expect-error when people must agree is required
  definePostDeliveryConfig(unapproved)
  definePostDeliveryConfig({
    ...base,
    // @ts-expect-error a misspelt key would have no effect
    timezone: 'Europe/Stockholm',
  })
})

test('a fact loads values of its own type', () => {
  defineFact({
    name: 'customer.tier',
    type: 'text',
    sentence: 'how good a customer',
    // @ts-expect-error a text is wanted
    load: () => 3,
  })
  defineFact({
    name: 'shop.openReturns',
    type: 'integer',
    sentence: 'returns that are open',
    // @ts-expect-error a whole number is wanted
    load: async () => '3',
  })
  defineFact({
    name: 'shop.season',
    // @ts-expect-error there is no such type
    type: 'string',
    sentence: 'the season',
  })
  expectTypeOf(createPostDelivery({ ...base, facts: [weight, tier] })).resolves.toExtend<
    PostDelivery<readonly [typeof weight, typeof tier]>
  >()
})

test('an event carries what its type carries', () => {
  const submit = {} as PostDelivery<readonly []>['submit']
  const lines = [{ reference: '123050', quantity: 5 }]
  expectTypeOf(
    submit({ ...head, type: 'return.received', returnId: 'R-1', lines }),
  ).resolves.toEqualTypeOf<Receipt>()
  submit({ ...head, type: 'shop.gift.wrapped', data: { colour: 'red' } })
  // @ts-expect-error there is no such type
  submit({ ...head, type: 'return.recieved', returnId: 'R-1', lines })
  // @ts-expect-error a return has an id
  submit({ ...head, type: 'return.received', lines })
  const texts = [{ reference: '1', quantity: '5' }]
  // @ts-expect-error a quantity is a number
  submit({ ...head, type: 'return.received', returnId: 'R', lines: texts })
  // @ts-expect-error there is no such problem
  submit({ ...head, type: 'customer.reported', problem: 'sad' })
  // @ts-expect-error internal events are not for backends
  submit({ ...head, type: 'command.approved', commandId: 'c', by: 'eve', hash: 'h' })
})

test('a requested action has the params of its type', () => {
  const submit = {} as PostDelivery<readonly []>['submit']
  const asked = { ...head, type: 'action.requested', by: 'anna', why: 'goodwill' } as const
  submit({ ...asked, action: { type: 'refund', params: { basis: 'amount', amountMinor: 100 } } })
  submit({ ...asked, action: { type: 'sendOut', params: {} } })
  // @ts-expect-error there is no such basis
  submit({ ...asked, action: { type: 'refund', params: { basis: 'half' } } })
  // @ts-expect-error an amount is a number
  submit({ ...asked, action: { type: 'refund', params: { basis: 'amount', amountMinor: '1' } } })
  // @ts-expect-error the cap on the fee is required
  submit({ ...asked, action: { type: 'extendDueDate', params: { days: 10 } } })
  // @ts-expect-error there is no such action
  submit({ ...asked, action: { type: 'payBack', params: {} } })
})

test('facts of an event and of a customer have their declared types', () => {
  type Declared = readonly [typeof weight, typeof tier]
  const { submit, track } = {} as PostDelivery<Declared>
  submit({ ...head, type: 'delivery.accepted', data: { weightGrams: 3, note: 'x' } })
  track('o-1', { customer: { tier: 'gold' } })
  // @ts-expect-error the weight is a whole number
  submit({ ...head, type: 'delivery.accepted', data: { weightGrams: 'heavy' } })
  // @ts-expect-error an event carries texts, numbers and flags
  submit({ ...head, type: 'delivery.accepted', data: { note: { deep: 1 } } })
  // @ts-expect-error the tier is a text
  track('o-1', { customer: { tier: 3 } })
  const undeclared = {} as PostDelivery<readonly []>
  undeclared.track('o-1', { customer: { tier: 3 } })
  const wide = {} as PostDelivery<OwnFacts>
  wide.submit({ ...head, type: 'delivery.accepted', data: { anything: 3 } })
  expectTypeOf<EventInput<Declared>>().toExtend<EventInput>()
})

test('staff say what is needed, and stops name what can be stopped', () => {
  const postDelivery = {} as PostDelivery
  // @ts-expect-error an approval is bound to a hash
  postDelivery.approve('c', { by: 'anna' })
  // @ts-expect-error a finding is one of three
  postDelivery.resolve('c', { by: 'anna', why: 'w', how: 'maybe' })
  postDelivery.stop('action:refund', { by: 'anna', why: 'w' })
  // @ts-expect-error there is no such action
  postDelivery.stop('action:refunds', { by: 'anna', why: 'w' })
  // @ts-expect-error reviews reach nobody but people
  postDelivery.stop('action:review', { by: 'anna', why: 'w' })
})

test('a write at Klarna carries a key', () => {
  const client = {} as KlarnaClient
  // @ts-expect-error the key is missing
  refundOrder(client, { orderId: 'o-1', body: { refunded_amount: 1 } })
  refundOrder(client, { orderId: 'o-1', idempotencyKey: 'k', body: { refunded_amount: 1 } })
})
