import { orderBooks } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  aCapture,
  asked,
  captured,
  HOUR_MS,
  ORDER_ID,
  SETTINGS,
  told,
} from './builders.ts'
import { aRegistered, type Rig, type RigOptions, staff } from './rig.ts'
import { GUIDE_OPTIONS } from './scripted-klarna.ts'

const ANNA = 'anna@shop.example'
const BEN = 'ben@shop.example'
const PUBLISHER = 'ops@shop.example'
const ASKER = 'agent@shop.example'

const policy = (changes: Partial<typeof SETTINGS.approval> = {}): RigOptions => ({
  rules: [{ on: 'shop.go', action: ACTIONS.refund }],
  settings: { approval: { ...SETTINGS.approval, refundAboveMinor: { SEK: 999 }, ...changes } },
})

/** A refund of 10.00 that a rule asks for and people must agree to. */
const waiting = async (changes?: Partial<typeof SETTINGS.approval>): Promise<Rig> => {
  const rig = await aRegistered(policy(changes))
  await rig.tell(told('go'))
  return rig
}

const approve = async (rig: Rig, by: string, hash?: string): Promise<string | undefined> => {
  const [command] = await rig.commands()
  await rig.tell(
    staff(rig, command?.command.id ?? '', {
      type: 'command.approved',
      by,
      hash: hash ?? command?.approvalHash ?? '',
    }),
  )
  return (await rig.store.decisions(ORDER_ID)).at(-1)?.refusal?.code
}

describe('a command above the threshold', () => {
  test('waits, its money stays reserved and people are asked', async () => {
    const rig = await waiting()

    expect(await rig.phases()).toEqual(['awaitingApproval'])
    expect(rig.klarna.sent).toEqual([])
    expect(await rig.work()).toEqual(['awaiting_approval'])
    expect(orderBooks(await rig.order())).toMatchObject({
      reservedMinor: 1000,
      refundableMinor: 5000,
    })
    const [, decision] = await rig.store.decisions(ORDER_ID)
    expect(decision?.actions[0]).toMatchObject({ outcome: 'awaiting_approval' })
    expect(decision?.summary).toContain('the amount is above the one from which people must agree')
  })

  test('is done once a person agrees, and the work is closed', async () => {
    const rig = await waiting()

    expect(await approve(rig, ANNA)).toBe(undefined)

    expect(await rig.phases()).toEqual(['confirmed'])
    expect(await rig.work()).toEqual([])
    expect(rig.klarna.done).toHaveLength(1)
  })

  test('at the threshold does not wait', async () => {
    const rig = await aRegistered(policy({ refundAboveMinor: { SEK: 1000 } }))

    await rig.tell(told('go'))

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('in a currency without a threshold waits', async () => {
    const rig = await aRegistered(policy({ refundAboveMinor: { EUR: 100_000 } }))

    await rig.tell(told('go'))

    expect(await rig.phases()).toEqual(['awaitingApproval'])
  })

  test('that is rejected frees the money and closes the work', async () => {
    const rig = await waiting()
    const { id } = await rig.command()

    await rig.tell(staff(rig, id, { type: 'command.rejected', by: ANNA, why: 'too much' }))

    expect(await rig.phases()).toEqual(['rejected'])
    expect(await rig.work()).toEqual([])
    expect(orderBooks(await rig.order()).reservedMinor).toBe(0)
    expect(await approve(rig, BEN)).toBe('not_awaiting_approval')
    expect(rig.klarna.sent).toEqual([])
  })

  test('that nobody approves in time frees the money and becomes other work', async () => {
    const rig = await waiting()

    await rig.play(24 * HOUR_MS - 1)
    expect(await rig.phases()).toEqual(['awaitingApproval'])
    await rig.play(1)

    expect(await rig.phases()).toEqual(['rejected'])
    expect(await rig.work()).toEqual(['approval_expired'])
    expect(orderBooks(await rig.order()).reservedMinor).toBe(0)
  })
})

describe('an approval', () => {
  const refused: readonly [string, string, string | undefined, string][] = [
    ['of other bytes', ANNA, 'another hash', 'approval_not_bound'],
    ['by who published the rules', PUBLISHER, undefined, 'approver_not_allowed'],
  ]
  for (const [name, by, hash, code] of refused) {
    test(`${name} is refused as ${code}`, async () => {
      const rig = await waiting()

      expect(await approve(rig, by, hash)).toBe(code)
      expect(await rig.phases()).toEqual(['awaitingApproval'])
      expect(rig.klarna.sent).toEqual([])
    })
  }

  test('by who asked for the action is refused', async () => {
    const rig = await aRegistered(policy())
    await rig.tell(asked('refund', ACTIONS.refund.params))

    expect(await approve(rig, ASKER)).toBe('approver_not_allowed')
    expect(await approve(rig, PUBLISHER)).toBe(undefined)
    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('that comes after its time is refused, also when nothing ran meanwhile', async () => {
    const rig = await waiting()
    rig.pass(24 * HOUR_MS + 1)

    expect(await approve(rig, ANNA)).toBe('approval_expired')

    expect(await rig.phases()).toEqual(['rejected'])
    expect(rig.klarna.sent).toEqual([])
  })

  test('that was given in time counts, although an event before it waits for a source', async () => {
    const rig = await aRegistered({
      ...policy(),
      rules: [
        { on: 'shop.go', action: ACTIONS.refund },
        { on: 'shop.slow', action: ACTIONS.sendOut, needs: ['customer.score'] },
      ],
      factSource: {
        definitions: [
          {
            name: 'customer.score',
            type: 'integer',
            sentence: 'a score',
            source: 'on_demand',
          } as never,
        ],
        load: async () => ({ type: 'failed', reason: 'down' }),
      },
    })
    await rig.tell(told('go'))
    await rig.play(23 * HOUR_MS)
    await rig.tell(told('slow'))
    expect((await rig.store.firstOpenEvent(ORDER_ID))?.status).toBe('waiting')

    await approve(rig, ANNA)

    expect((await rig.store.firstOpenEvent(ORDER_ID))?.status).toBe('waiting')

    expect(await rig.phases()).toEqual(['confirmed'])
  })

  test('of an extension is bound to the quote, which its bytes do not say', async () => {
    const rules = [{ on: 'shop.go', action: ACTIONS.extend, mode: 'approval' as const }]
    const hashes = new Set<string>()
    for (const feeMinor of [900, 1000]) {
      const rig = await aRegistered({ rules }, captured({ captures: [aCapture()] }))
      rig.klarna.offer({ ...GUIDE_OPTIONS, options: [{ numberOfDays: 10, feeMinor }] })
      await rig.tell(told('go'))
      const [command] = await rig.commands()
      hashes.add(command?.approvalHash ?? '')
    }

    expect(hashes.size).toBe(2)
  })

  test('of an extension whose offer rose meanwhile sends nothing', async () => {
    const rules = [{ on: 'shop.go', action: ACTIONS.extend, mode: 'approval' as const }]
    const rig = await aRegistered({ rules })
    rig.klarna.offer({ ...GUIDE_OPTIONS, options: [{ numberOfDays: 10, feeMinor: 900 }] })
    await rig.tell(told('go'))
    rig.klarna.offer(GUIDE_OPTIONS)

    await approve(rig, ANNA)

    expect(rig.klarna.sent).toEqual([])
    expect(await rig.phases()).toEqual(['refused'])
  })
})

describe('two approvers', () => {
  test('are two different people', async () => {
    const rig = await waiting({ approvers: 2 })

    expect(await approve(rig, ANNA)).toBe(undefined)
    expect(await rig.phases()).toEqual(['awaitingApproval'])
    expect(await approve(rig, ANNA)).toBe('approver_not_allowed')
    expect(await rig.phases()).toEqual(['awaitingApproval'])
    expect(await approve(rig, BEN)).toBe(undefined)

    expect(await rig.phases()).toEqual(['confirmed'])
    const [command] = await rig.commands()
    expect(command?.chart.context.approvedBy).toEqual([ANNA, BEN])
  })

  test('are not one person in two spellings', async () => {
    const rig = await waiting({ approvers: 2 })
    await approve(rig, ANNA)

    await approve(rig, ' Anna@Shop.Example')

    expect(await rig.phases()).toEqual(['awaitingApproval'])
  })

  test('of whom one agreed: the approval still expires', async () => {
    const rig = await waiting({ approvers: 2 })
    await approve(rig, ANNA)

    await rig.play(25 * HOUR_MS)

    expect(await rig.phases()).toEqual(['rejected'])
  })
})

test('what was approved is looked up and gated like anything else', async () => {
  const rig = await waiting()
  rig.klarna.refundInPortal(ORDER_ID, 1000)

  await approve(rig, ANNA)

  expect(rig.klarna.sent).toEqual([])
  expect((await rig.order()).booksDiffer).not.toBe(null)
})
