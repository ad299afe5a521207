/** Real parts for tests: a twin over HTTP, a SQLite file in a folder of its own, rules as texts, a clock that is set. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ApprovalPolicy,
  createPostDelivery,
  type Limits,
  type PostDelivery,
  type PostDeliveryConfig,
  rulesFromText,
  type TelemetryEvent,
} from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'
import {
  type FixedClock,
  fixedClock,
  guideOrder,
  sampleOrderId,
  startTwin,
  type Twin,
} from 'postdelivery/testing'

export const START = '2026-12-08T08:00:00.000Z'
/** 6 days after `START`. */
export const DUE_ON = '2026-12-14'

export const limits: Limits = {
  perCommand: { refundMaxMinor: { SEK: 100_000 }, extensionFeeMaxMinor: { SEK: 5_000 } },
  perOrder: {
    commandMaxCount: 20,
    refundMaxMinor: { SEK: 100_000 },
    extensionFeeMaxMinor: { SEK: 100_000 },
  },
  perRuleAndDay: {
    commandMaxCount: 100,
    refundMaxMinor: { SEK: 1_000_000 },
    extensionFeeMaxMinor: { SEK: 100_000 },
  },
  perMerchantAndDay: {
    commandMaxCount: 1_000,
    refundMaxMinor: { SEK: 1_000_000 },
    extensionFeeMaxMinor: { SEK: 100_000 },
  },
}

export const approval: ApprovalPolicy = {
  refundAboveMinor: { SEK: 50_000 },
  extensionFeeAboveMinor: { SEK: 2_000 },
  approvers: 1,
  expiresAfterHours: 24,
}

export const MORE_TIME = {
  name: 'More time',
  on: ['return.received'],
  mode: 'live',
  conditions: {
    all: [
      { fact: 'return.reason', operator: 'equal', value: 'damaged' },
      { fact: 'time.daysToDueDate', operator: 'lessThan', value: 14 },
    ],
  },
  event: { type: 'extendDueDate', params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } } },
  limits: { perOrder: 1 },
} as const

export const PAY_BACK = {
  name: 'Pay back',
  on: ['return.inspected'],
  mode: 'live',
  conditions: { all: [{ fact: 'return.reason', operator: 'equal', value: 'damaged' }] },
  event: { type: 'refund', params: { basis: 'returned_items' } },
  limits: { perOrder: 3 },
} as const

/** The text of a rule set `returns` with these rules. */
export const ruleSet = (rules: readonly object[], more: object = {}): string =>
  JSON.stringify({
    name: 'returns',
    version: '1',
    publishedBy: 'ops@shop.example',
    rules,
    ...more,
  })

export interface Scene {
  readonly folder: string
  readonly twin: Twin
  readonly clock: FixedClock
  readonly events: TelemetryEvent[]
  readonly orderId: string
  readonly captureId: string
  readonly config: PostDeliveryConfig<readonly []>
  /** Another engine of the same scene; close the first one before. */
  open(changes?: Partial<PostDeliveryConfig<readonly []>>): Promise<PostDelivery<readonly []>>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** A twin with the guide's order, and a configuration for it. Nothing is opened but the twin. */
export async function openScene(): Promise<Scene> {
  const clock = fixedClock(START)
  const folder = await mkdtemp(join(tmpdir(), 'postdelivery-'))
  const twin = await startTwin({ clock, orders: [guideOrder({ nowMs: clock.nowMs() })] })
  const orderId = sampleOrderId('guide')
  const captureId = twin.books(orderId).captures[0]?.captureId ?? ''
  const events: TelemetryEvent[] = []
  const config: PostDeliveryConfig<readonly []> = {
    klarna: {
      baseUrl: twin.url,
      credentials: () => ({ username: twin.username, password: twin.password }),
    },
    store: sqlite(join(folder, 'orders.db')),
    rules: rulesFromText({ 'returns.rules.json': ruleSet([MORE_TIME, PAY_BACK]) }),
    timeZone: 'Europe/Stockholm',
    limits,
    approval,
    clock,
    telemetry: { record: (event) => void events.push(event) },
  }
  const opened: PostDelivery<readonly []>[] = []
  return {
    folder,
    twin,
    clock,
    events,
    orderId,
    captureId,
    config,
    async open(changes = {}) {
      const postDelivery = await createPostDelivery({ ...config, ...changes })
      opened.push(postDelivery)
      return postDelivery
    },
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each.close()
      await twin.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Writes a file into the scene's folder and gives its path. */
export async function writeIn(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

/** A damaged return of half of the guide's order. */
export const damagedReturn = (
  { orderId, captureId }: Pick<Scene, 'orderId' | 'captureId'>,
  more: {
    readonly id?: string
    readonly type?: 'return.received' | 'return.inspected'
    readonly returnId?: string
    readonly quantity?: number
  } = {},
) =>
  ({
    id: more.id ?? 'wms-881',
    type: more.type ?? 'return.received',
    orderId,
    captureId,
    at: START,
    returnId: more.returnId ?? 'R-881',
    reason: 'damaged',
    lines: [{ reference: '123050', quantity: more.quantity ?? 5 }],
  }) as const

/** The scene's clock, a millisecond later at every look: nothing said twice has the same time by chance. */
export const ticking = (clock: FixedClock) => ({
  now: () => {
    clock.advance(1)
    return clock.now()
  },
})
