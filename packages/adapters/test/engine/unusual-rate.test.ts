import { describe, expect, test } from 'vitest'
import { ACTIONS, captured, DAY_MS, told } from './builders.ts'
import { aRig, type Rig, type RigOptions } from './rig.ts'

const RULE = 'stories/shop.again: sendOut'
const unusualRate = { factor: 2, minCount: 4 }

/** A rig whose rule sends an invoice again, each time on an order of its own. */
async function aShop(options: RigOptions = {}) {
  const rig = await aRig({
    rules: [{ on: 'shop.again', action: ACTIONS.sendOut }],
    settings: { unusualRate },
    ...options,
  })
  let orderCount = 0
  const fire = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      orderCount += 1
      const orderId = `order-${orderCount}`
      await rig.register(captured({ orderId }))
      await rig.tell(told('again', { orderId }))
    }
  }
  return { rig, fire }
}

/** Three days on which the rule fires twice. */
async function threeDays({ rig, fire }: Awaited<ReturnType<typeof aShop>>): Promise<void> {
  for (let day = 0; day < 3; day += 1) {
    await fire(2)
    rig.pass(DAY_MS)
  }
}

const alarmsOf = (rig: Rig) =>
  rig.records.filter(({ attributes }) => attributes?.['code'] === 'rule_rate_unusual').length

describe('a rule that fires far more often than it is used to', () => {
  test('is told of once a day, as work, as a message and to telemetry', async () => {
    const shop = await aShop()
    await threeDays(shop)
    const { rig, fire } = shop

    await fire(4)
    const before = await rig.work()
    await fire(3)

    expect(before).toEqual([])
    const [work, ...others] = await rig.store.work({ kind: 'rule_rate_unusual' })
    expect(others).toEqual([])
    expect(work).toMatchObject({
      id: `rate:${RULE}:2026-12-11`,
      details: { rule: RULE, day: '2026-12-11', firedCount: 5, usualCount: 2 },
      what: expect.stringContaining(
        `${RULE} fired 5 times on 2026-12-11, on other days about 2 times`,
      ) as unknown,
    })
    expect(await rig.alarms()).toEqual(['rule_rate_unusual'])
    expect(alarmsOf(rig)).toBe(1)
    expect(new Set(await rig.phases('order-13'))).toEqual(new Set(['confirmed']))
  })

  test('is not told of again the same day once a person has closed the work', async () => {
    const shop = await aShop()
    await threeDays(shop)
    const { rig, fire } = shop
    await fire(5)
    const [work] = await rig.store.work()

    await rig.store.closeWork(work?.id ?? '', 'anna', 'a campaign', rig.now())
    await fire(3)

    expect(await rig.work()).toEqual([])
    rig.pass(DAY_MS)
    // The mean is 3.5 now.
    await fire(7)
    expect(await rig.work()).toEqual([])
    await fire(1)
    expect(await rig.work()).toEqual(['rule_rate_unusual'])
  })

  test('counts days in the merchant’s zone', async () => {
    const shop = await aShop()
    await threeDays(shop)
    const { rig, fire } = shop
    await fire(3)
    // From nine in the morning to five past midnight in Stockholm.
    rig.pass(15 * 3_600_000 + 5 * 60_000)

    await fire(4)

    expect(await rig.work()).toEqual([])
  })

  test('says nothing of drafts, of its first days, and below the least count', async () => {
    const draft = await aShop({
      rules: [{ on: 'shop.again', action: ACTIONS.sendOut, mode: 'draft' }],
    })
    await threeDays(draft)
    await draft.fire(9)
    const young = await aShop()
    await young.fire(9)
    const small = await aShop({ settings: { unusualRate: { factor: 2, minCount: 10 } } })
    await threeDays(small)
    await small.fire(9)

    expect(await draft.rig.work()).toEqual([])
    expect(await young.rig.work()).toEqual([])
    expect(await small.rig.work()).toEqual([])
  })

  test('is told of in observe mode as well', async () => {
    const shop = await aShop({ settings: { unusualRate, observe: true } })
    await threeDays(shop)

    await shop.fire(5)

    expect(await shop.rig.work()).toEqual(['rule_rate_unusual'])
    expect(shop.rig.klarna.sent).toEqual([])
  })
})
