import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  asked,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type RuleSpec,
  SECOND_MS,
  told,
} from './builders.ts'
import { aRegistered, type Rig, staff } from './rig.ts'
import { type Fault, http, notConnected, vanished } from './scripted-klarna.ts'

const rulesFor = (...actions: readonly RuleSpec['action'][]): readonly RuleSpec[] =>
  actions.map((action) => ({ on: 'shop.go', action }))

const sent = (rig: Rig) => rig.klarna.sent.map((each) => each.operation)

/** Three commands in this order; the first call meets the fault. */
const story = async (fault: Fault): Promise<Rig> => {
  const rig = await aRegistered({ rules: rulesFor(ACTIONS.extend, ACTIONS.sendOut, ACTIONS.ship) })
  rig.klarna.script(fault)
  await rig.tell(told('go'))
  return rig
}

describe('behind a command that', () => {
  const waits = [
    ['finds the quota full', { answer: http(429, null, { rateLimitResetMs: 30 * SECOND_MS }) }],
    ['cannot reach Klarna', { answer: notConnected }],
  ] as const
  for (const [name, fault] of waits) {
    test(`${name}, all others wait: the letter must not go out before the new date`, async () => {
      const rig = await story(fault)
      expect(sent(rig)).toEqual(['extendDueDate'])

      await rig.play(HOUR_MS)

      expect(sent(rig)).toEqual([
        'extendDueDate',
        'extendDueDate',
        'triggerSendOut',
        'appendShippingInfo',
      ])
    })
  }

  test('is in doubt, other operations pass and the same one waits', async () => {
    const rig = await aRegistered({ rules: rulesFor(ACTIONS.ship, ACTIONS.sendOut) })
    rig.klarna.script(vanished)
    await rig.tell(told('go'))

    await rig.tell(
      asked('addShippingInfo', { shippingInfo: [{ trackingNumber: 'PN-2' }] }, { id: 'ask-2' }),
    )
    expect(await rig.phases()).toEqual(['doubtful', 'confirmed', 'requested'])
    await rig.play(MINUTE_MS)

    expect(await rig.phases()).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(sent(rig)).toEqual([
      'appendShippingInfo',
      'triggerSendOut',
      'appendShippingInfo',
      'appendShippingInfo',
    ])
  })

  test('is stuck, all others pass, the same operation too', async () => {
    const rig = await aRegistered({ rules: rulesFor(ACTIONS.refund, ACTIONS.sendOut) })
    rig.klarna.script({ answer: http(422, 'X') })
    await rig.tell(told('go'))

    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 200 }))

    expect(await rig.phases()).toEqual(['stuck', 'confirmed', 'confirmed'])
  })

  test('is paused, all others wait, deadlines and decisions go on', async () => {
    const rig = await story({ answer: http(401) })
    await rig.tell(asked('refund', { basis: 'amount', amountMinor: 200 }))
    await rig.play(2 * DAY_MS)

    expect(sent(rig)).toEqual(['extendDueDate'])
    expect(await rig.phases()).toEqual(['paused', 'requested', 'requested', 'requested'])
  })

  test('waits for approval, all others pass', async () => {
    const rig = await aRegistered({
      rules: [
        { on: 'shop.go', action: ACTIONS.refund, mode: 'approval' },
        ...rulesFor(ACTIONS.sendOut),
      ],
    })

    await rig.tell(told('go'))

    expect(await rig.phases()).toEqual(['awaitingApproval', 'confirmed'])
  })

  test('was refused, all others pass', async () => {
    const rig = await story({ answer: http(403, 'NOT_ALLOWED') })

    expect(await rig.phases()).toEqual(['refused', 'confirmed', 'confirmed'])
  })
})

test('a later decision waits behind an earlier one', async () => {
  const rig = await story({ answer: http(429, null, { rateLimitResetMs: 30 * SECOND_MS }) })

  await rig.tell(asked('refund', { basis: 'amount', amountMinor: 200 }))
  await rig.play(HOUR_MS)

  expect(sent(rig).at(-1)).toBe('refundOrder')
})

test('no two calls of one order are under way at once', async () => {
  let underWay = 0
  const rig = await aRegistered({
    rules: rulesFor(ACTIONS.refund, ACTIONS.extend, ACTIONS.sendOut, ACTIONS.release),
    wrap: (ports) => ({
      ...ports,
      gateway: {
        ...ports.gateway,
        perform: async (request, key) => {
          underWay += 1
          expect(underWay).toBe(1)
          const answer = await ports.gateway.perform(request, key)
          underWay -= 1
          return answer
        },
      },
    }),
  })

  await rig.tell(told('go'))

  expect(rig.klarna.done).toHaveLength(4)
})

describe('a person', () => {
  test('who drops a command that waits lets the next one pass', async () => {
    const rig = await story({ answer: notConnected })
    const [first] = await rig.commands()

    await rig.tell(
      staff(rig, first?.command.id ?? '', {
        type: 'command.rejected',
        by: 'lead@shop.example',
        why: 'no longer wanted',
      }),
    )

    expect(await rig.phases()).toEqual(['rejected', 'confirmed', 'confirmed'])
    expect((await rig.order()).captures[0]?.chart.context.extendedDays).toBe(0)
  })

  test('cannot drop a command that is in doubt', async () => {
    const rig = await story(vanished)
    const [first] = await rig.commands()
    const id = first?.command.id ?? ''

    await rig.tell(staff(rig, id, { type: 'command.rejected', by: 'lead', why: 'no' }))

    expect((await rig.store.decisions('order-1')).at(-1)?.refusal?.code).toBe('command_under_way')
    expect((await rig.phases())[0]).toBe('doubtful')
  })
})
