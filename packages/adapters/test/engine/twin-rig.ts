/** The engine's steps against a twin of Klarna, through the real client and over HTTP, on one clock. */
import { guideOrder, startTwin, type Twin } from '@postdelivery/adapters/klarna-twin'
import { instantToMs, type Operation } from '@postdelivery/core'
import { expect, onTestFinished } from 'vitest'
import { twinGateway } from '../embedded/twin-gateway.ts'
import { aCapture, asked, captured, type RuleSpec, T0 } from './builders.ts'
import { aRig, type Rig } from './rig.ts'

export interface TwinRig {
  readonly rig: Rig
  readonly twin: Twin
  readonly orderId: string
  readonly captureId: string
  /** When the authorization ends, as it was registered. */
  readonly expiresAt: string | null
  ask(action: RuleSpec['action'], id?: string): Promise<void>
}

/** The guide's order at a twin on the rig's clock, registered here. */
export async function aTwinRig(): Promise<TwinRig> {
  const time = { now: () => T0 }
  const twin = await startTwin({
    clock: { now: () => time.now() },
    orders: [guideOrder({ nowMs: instantToMs(T0) })],
  })
  onTestFinished(async () => {
    expect(twin.violations).toEqual([])
    await twin.close()
  })
  const gateway = twinGateway(twin, { timeoutMs: 150 })
  const rig = await aRig({ wrap: (ports) => ({ ...ports, gateway }) })
  time.now = rig.now
  const [order] = twin.orders
  const [captureId = ''] = order?.captureIds ?? []
  const orderId = order?.orderId ?? ''
  const { expiresAt } = twin.books(orderId)
  await rig.tell(
    captured({
      orderId,
      captures: [aCapture({ captureId })],
      order: { authorizationExpiresAt: expiresAt as typeof T0 },
    }),
  )
  return {
    rig,
    twin,
    orderId,
    captureId,
    expiresAt,
    ask: async (action, id = `ask-${action.type}`) => {
      await rig.tell(asked(action.type, action.params, { orderId, captureId, id }))
    },
  }
}

/** How often the twin did what an operation does. */
export function effectCount({ twin, orderId, expiresAt }: TwinRig, operation: Operation): number {
  const books = twin.books(orderId)
  const [capture] = books.captures
  switch (operation) {
    case 'refundOrder':
      return books.refunds.filter((each) => each.by === 'api').length
    case 'releaseRemainingAuthorization':
      return books.released ? 1 : 0
    case 'extendDueDate':
      return capture?.extensions.length ?? 0
    case 'appendShippingInfo':
      return capture?.shippingEntries.length ?? 0
    case 'triggerSendOut':
      return capture?.sendOutCount ?? 0
    // Extending twice on one day is extending once.
    case 'extendAuthorizationTime':
      return books.expiresAt === expiresAt ? 0 : 1
  }
}
