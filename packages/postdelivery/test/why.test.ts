/** Explanations over a real twin and a real file: why, why not, what would flip it, and what support may say. */
import { type Explanation, type PostDelivery, renderTimeline, rulesFromText } from 'postdelivery'
import { describe, expect, test } from 'vitest'
import {
  approval,
  DUE_ON,
  damagedReturn,
  MORE_TIME,
  openScene,
  ruleSet,
  type Scene,
} from './setup.ts'

/** Decides a damaged return and explains it. */
async function explainReturn(
  scene: Scene,
  {
    rules = [MORE_TIME],
    dueOn = DUE_ON,
  }: { readonly rules?: readonly object[]; readonly dueOn?: string } = {},
): Promise<{ readonly postDelivery: PostDelivery; readonly why: Explanation }> {
  const postDelivery = await scene.open({
    rules: rulesFromText({ 'returns.rules.json': ruleSet(rules) }),
  })
  await postDelivery.track(scene.orderId, { dueOn })
  await (await postDelivery.submit(damagedReturn(scene))).settled
  return { postDelivery, why: await postDelivery.why(scene.orderId, 'wms-881') }
}

const SAYS =
  "When a return is received: if the return's reason is damaged, and the due date is fewer than 14 days away, then extend the due date by the longest option at a fee of at most 10.00 SEK (live, at most once per order)."

describe('an explanation', () => {
  test('of a rule that fired says why, quotes it, and says what would have kept it', async () => {
    await using scene = await openScene()
    const { postDelivery, why } = await explainReturn(scene)
    const order = await postDelivery.order(scene.orderId)

    expect(why.schemaVersion).toBe(1)
    expect(why.fired).toMatchObject([
      {
        why: "fired: the return's reason is damaged; the due date is 6 days away (wanted: fewer than 14 days away)",
        says: SAYS,
        action: { type: 'extendDueDate' },
        flips: [
          { sentence: "would not fire if the return's reason were something else" },
          { sentence: 'would not fire if the due date were 8 days further away' },
        ],
      },
    ])
    expect(why.outcomes).toMatchObject([
      {
        sentence:
          'the rule "More time" asked to extend the due date by the longest option at a fee of at most 10.00 SEK: decided, and on its way to Klarna',
        flip: null,
        limitFlip: null,
        commands: [{ phase: 'confirmed', sentence: 'Klarna has done it' }],
      },
    ])
    expect(why.customer).toEqual({
      happened: ['Your return has arrived.', 'You have 10 more days to pay your invoice.'],
      next: ['You find the new due date in your Klarna account.'],
    })
    expect(order?.commands).toMatchObject([{ ruleSays: SAYS }])
  })

  test('of a silent rule says by how much, and that it was a near miss', async () => {
    await using scene = await openScene()
    const { why } = await explainReturn(scene, { dueOn: '2026-12-28' })
    const sentence = 'would fire if the due date were 7 days nearer'

    expect(why.silent).toMatchObject([
      {
        why: 'did not fire: the due date is 20 days away, and has to be fewer than 14 days away (7 days nearer)',
        reasons: [{ fact: 'time.daysToDueDate', distance: { by: 7, flipsAt: 13 } }],
        flips: [{ changes: [{ from: 20, to: 13 }], sentence }],
      },
    ])
    expect(why.nearMisses).toMatchObject([{ rule: 'More time', flip: { sentence } }])
    expect(why.customer.happened).toEqual([
      'Your return has arrived.',
      'There is no change to your order or your invoice right now.',
    ])
  })

  test('of an action that its cap refused says the cap that would have done', async () => {
    await using scene = await openScene()
    const params = { choose: 'longest', atLeastDays: 10, maxFeeMinor: { SEK: 500 } }
    const { why } = await explainReturn(scene, {
      rules: [{ ...MORE_TIME, event: { type: 'extendDueDate', params } }],
    })

    expect(why.outcomes).toMatchObject([
      {
        outcome: 'refused',
        flip: {
          path: '/params/maxFeeMinor/SEK',
          to: 1000,
          sentence: 'would act if the fee cap were 10.00 SEK',
        },
      },
    ])
  })

  test('still quotes the rule that decided after the file was changed', async () => {
    await using scene = await openScene()
    const { postDelivery } = await explainReturn(scene)
    await postDelivery.close()
    const changed = { ...MORE_TIME, limits: { perOrder: 9 } }
    const later = await scene.open({
      rules: rulesFromText({ 'returns.rules.json': ruleSet([changed], { version: '2' }) }),
    })

    expect((await later.why(scene.orderId, 'wms-881')).fired).toMatchObject([{ says: SAYS }])
  })
})

test('who approves reads the rule in the order, in the work and in the timeline', async () => {
  await using scene = await openScene()
  const postDelivery = await scene.open({
    approval: { ...approval, refundAboveMinor: { SEK: 1_000 } },
  })
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  await (await postDelivery.submit(damagedReturn(scene, { type: 'return.inspected' }))).decision

  const says =
    "When a return is inspected: if the return's reason is damaged, then pay back the returned items (live, at most 3 times per order)."
  const why = await postDelivery.why(scene.orderId, 'wms-881')
  const [work] = await postDelivery.work({ kind: 'awaiting_approval' })
  const lines = renderTimeline(await postDelivery.timeline(scene.orderId))

  expect(work?.details).toMatchObject({ ruleSays: says })
  expect((await postDelivery.order(scene.orderId))?.commands).toMatchObject([{ ruleSays: says }])
  expect(lines.filter((line) => line.includes(`rule says: ${says}`))).toHaveLength(1)
  expect(why.outcomes).toMatchObject([
    {
      outcome: 'awaiting_approval',
      limitFlip: {
        path: '/approval/refundAboveMinor/SEK',
        to: 3000,
        sentence: 'would pass this if people had to agree only above 30.00 SEK',
      },
    },
  ])
  expect(why.customer.happened).toEqual([
    'Your return has been looked at.',
    'We are looking into your order.',
  ])
})
