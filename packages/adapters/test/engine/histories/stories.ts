/** The stories of which a history is kept for each released version of what is stored. */
import { instant } from '@postdelivery/core'
import {
  aCapture,
  asked,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  returned,
  SECOND_MS,
  T0,
  TOMATOES,
} from '../builders.ts'
import { staff } from '../rig.ts'
import { http, lost, vanished } from '../scripted-klarna.ts'
import type { Scene, Story } from './history.ts'

const isDamaged = { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] }

const rule = (name: string, on: string, event: object, more: object = {}) => ({
  name,
  on: [on],
  mode: 'live',
  conditions: isDamaged,
  event,
  ...more,
})

const rules = (...all: readonly object[]) => [
  { name: 'returns', version: '1', publishedBy: 'ops@shop.example', rules: all },
]

const PAY_BACK = { type: 'refund', params: { basis: 'returned_items' } }
const MORE_TIME = {
  type: 'extendDueDate',
  params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } },
}

const commandIds = async ({ rig }: Scene): Promise<readonly string[]> =>
  (await rig.commands()).map((each) => each.command.id)

const observed = (id: string, at = T0) =>
  ({ id, type: 'order.observed', orderId: ORDER_ID, at }) as const

const half = { ...TOMATOES, quantity: 5, totalMinor: 3000, totalTaxMinor: 600 }
const TWO_CAPTURES = ['capture-1', 'capture-2'].map((captureId) =>
  aCapture({ captureId, capturedMinor: 3000, lines: [half] }),
)

export const STORIES: readonly Story[] = [
  {
    name: 'refunds',
    says: 'a return grows over its stages, on two captures, until all is paid back and the order closes',
    ruleSets: rules(
      rule('Pay what came', 'return.received', PAY_BACK),
      rule('Pay what was accepted', 'return.inspected', PAY_BACK),
    ),
    orders: [captured({ captures: TWO_CAPTURES })],
    async tells(scene) {
      await scene.tell(captured({ captures: TWO_CAPTURES }))
      const back = (id: string, quantity: number, type: 'received' | 'inspected' = 'received') =>
        scene.tell({
          ...returned({ id, lines: [{ reference: '123050', quantity }] }),
          type: `return.${type}`,
        } as never)
      await back('wms-1', 2)
      await back('wms-2', 2)
      await back('wms-3', 4, 'inspected')
      await back('wms-4', 9)
      await scene.tell(
        asked('refund', { basis: 'percent', percent: 20 }, { captureId: 'capture-2' }),
      )
      await scene.tell(asked('refund', { basis: 'remaining' }, { id: 'ask-all' }))
      await scene.tell(asked('refund', { basis: 'amount', amountMinor: 1 }, { id: 'ask-more' }))
      await scene.tell(asked('releaseAuthorization'))
      await scene.tell({ id: 'ok', type: 'delivery.accepted', orderId: ORDER_ID, at: T0 })
      await scene.play(DAY_MS)
    },
  },
  {
    name: 'doubt',
    says: 'answers are lost, three repeats, a read finds one refund and a person drops the other',
    ruleSets: rules(rule('Pay what came', 'return.received', PAY_BACK)),
    orders: [captured()],
    async tells(scene) {
      const { rig } = scene
      await scene.tell(captured())
      rig.klarna.script(lost)
      await scene.tell(returned())
      await scene.play(HOUR_MS)
      rig.klarna.script(vanished, vanished, vanished, vanished)
      await scene.tell(returned({ id: 'wms-2', returnId: 'R-2' }))
      await scene.play(3 * DAY_MS)
      const [, second = ''] = await commandIds(scene)
      await scene.tell(staff(rig, second, { type: 'command.resolved', how: 'try_as_new' }))
      await scene.play(HOUR_MS)
    },
  },
  {
    name: 'approvals',
    says: 'one refund is approved by two people, one is rejected, one expires',
    ruleSets: rules(rule('Pay what came', 'return.received', PAY_BACK, { mode: 'approval' })),
    settings: {
      approval: {
        refundAboveMinor: { SEK: 50_000 },
        extensionFeeAboveMinor: { SEK: 5_000 },
        approvers: 2,
        expiresAfterHours: 24,
      },
    },
    orders: [captured()],
    async tells(scene) {
      const { rig } = scene
      await scene.tell(captured())
      for (const returnId of ['R-1', 'R-2', 'R-3']) {
        const lines = [{ reference: '123050', quantity: 2 }]
        await scene.tell(returned({ id: `wms-${returnId}`, returnId, lines }))
      }
      const [first, second] = await rig.commands()
      const hash = first?.approvalHash ?? ''
      for (const [index, by] of ['ops@shop.example', 'kim', 'Kim', 'lee'].entries()) {
        const id = first?.command.id ?? ''
        const event = staff(rig, id, { type: 'command.approved', by, hash })
        await scene.tell({ ...event, id: `resolve:approve-${index}` })
      }
      const dropped = second?.command.id ?? ''
      await scene.tell(staff(rig, dropped, { type: 'command.rejected', by: 'kim', why: 'worn' }))
      await scene.play(2 * DAY_MS)
    },
  },
  {
    name: 'extension',
    says: 'more time to pay, parcels, an invoice sent again before the due date, and a refused second extension',
    ruleSets: rules(rule('More time', 'return.received', MORE_TIME), {
      name: 'Remind',
      on: ['deadline.approaching'],
      mode: 'live',
      conditions: { all: [{ fact: 'order.payLater', operator: 'equal', value: true }] },
      event: { type: 'sendOut', params: {} },
    }),
    orders: [captured({ captures: [aCapture({ dueOn: '2026-12-14' as never })] })],
    async tells(scene) {
      await scene.tell(
        captured({
          captures: [aCapture({ dueOn: '2026-12-14' as never })],
          order: { authorizationExpiresAt: instant('2026-12-20T08:00:00Z') },
        }),
      )
      await scene.tell(returned())
      await scene.tell(returned({ id: 'wms-2' }))
      const parcel = { shippingCompany: 'PostNord', trackingNumber: 'PN-1' }
      await scene.tell(asked('addShippingInfo', { shippingInfo: [parcel] }))
      await scene.play(20 * DAY_MS)
    },
  },
  {
    name: 'portal-refund',
    says: 'a person refunds in the portal; refunds stop, the books are confirmed, refunds go on',
    ruleSets: rules(rule('Pay what came', 'return.received', PAY_BACK)),
    orders: [captured()],
    async tells(scene) {
      const { rig } = scene
      await scene.tell(captured())
      rig.klarna.refundInPortal(ORDER_ID, 1000)
      await scene.tell(returned({ lines: [{ reference: '123050', quantity: 2 }] }))
      await scene.tell(returned({ id: 'wms-2', returnId: 'R-2' }))
      await scene.tell({
        id: 'resolve:books',
        type: 'books.confirmed',
        orderId: ORDER_ID,
        at: rig.now(),
        by: 'lead@shop.example',
        why: 'compared with the portal',
        refundedMinor: 1000,
      })
      const [stuck = ''] = await commandIds(scene)
      await scene.tell(staff(rig, stuck, { type: 'command.resolved', how: 'did_not_happen' }))
      await scene.tell(returned({ id: 'wms-3', returnId: 'R-2' }))
      await scene.tell(observed('push-1'))
      await scene.play(HOUR_MS)
    },
  },
  {
    name: 'parked-events',
    says: 'returns come before their order is known, and are decided once it is',
    ruleSets: rules(rule('Pay what came', 'return.received', PAY_BACK)),
    orders: [captured()],
    async tells(scene) {
      await scene.tell(returned())
      await scene.tell(returned({ id: 'wms-2', returnId: 'R-2' }))
      await scene.play(5 * MINUTE_MS)
      await scene.tell(captured())
      await scene.tell(returned({ id: 'wms-2', returnId: 'R-2' }))
      await scene.tell(returned({ id: 'wms-3', returnId: 'R-3' }))
      await scene.play(HOUR_MS)
    },
  },
  {
    name: 'bad-answers',
    says: 'a full quota, wrong credentials, a refusal, and a refusal after an attempt in doubt that had worked',
    ruleSets: rules(rule('Pay what came', 'return.received', PAY_BACK)),
    orders: [captured()],
    async tells(scene) {
      const { rig } = scene
      await scene.tell(captured())
      const back = (index: number) =>
        scene.tell(
          returned({
            id: `wms-${index}`,
            returnId: `R-${index}`,
            lines: [{ reference: '123050', quantity: 2 }],
          }),
        )
      rig.klarna.script({ answer: http(429) }, { answer: http(401) })
      await back(1)
      await scene.play(10 * SECOND_MS)
      const [paused = ''] = await commandIds(scene)
      await scene.tell(staff(rig, paused, { type: 'command.resumed' }))
      rig.klarna.script({ answer: http(403, 'REFUND_NOT_ALLOWED') })
      await back(2)
      rig.klarna.script(
        { answer: http(500), does: true },
        { answer: http(403, 'REFUND_NOT_ALLOWED') },
      )
      await back(3)
      await scene.play(2 * DAY_MS)
    },
  },
]
