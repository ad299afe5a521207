/** A shop on disk for the command: a twin over HTTP, a folder with a configuration, rules and a database. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createPostDelivery,
  definePostDeliveryConfig,
  type PostDelivery,
  rulesFrom,
} from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'
import { type Fault, guideOrder, sampleOrderId, startTwin, type Twin } from 'postdelivery/testing'
import { approval, damagedReturn, limits, PAY_BACK, ruleSet } from '../setup.ts'
import { type Ran, runProcess } from './cli.ts'

export interface Shop {
  readonly folder: string
  readonly twin: Twin
  readonly orderId: string
  readonly captureId: string
  /** Starts the engine in this process, over the folder's own configuration. */
  start(): Promise<PostDelivery>
  /** Runs the command in the folder. */
  run(...args: readonly string[]): Promise<Ran>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export interface ShopOptions {
  readonly rules?: readonly object[]
  /** Refunds above wait for a person; default 10.00 SEK. */
  readonly refundAboveMinor?: number
  /** What goes wrong at Klarna. */
  readonly faults?: readonly Fault[]
  /** Other than the twin's. */
  readonly password?: string
}

/** Opens a shop; its refunds above 10.00 SEK wait for one person. */
export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const { rules = [PAY_BACK], refundAboveMinor = 1_000, faults = [], password } = options
  const folder = await mkdtemp(join(tmpdir(), 'postdelivery-shop-'))
  const twin = await startTwin({ orders: [guideOrder({ nowMs: Date.now() })] })
  twin.setFaults(faults)
  const orderId = sampleOrderId('guide')
  const captureId = twin.books(orderId).captures[0]?.captureId ?? ''
  const config = {
    timeZone: 'Europe/Stockholm',
    limits,
    approval: { ...approval, refundAboveMinor: { SEK: refundAboveMinor } },
  }
  await mkdir(join(folder, 'rules'))
  await writeFile(join(folder, 'rules/returns.rules.json'), ruleSet(rules))
  const path = join(folder, 'postdelivery.config.ts')
  await writeFile(
    path,
    `import { definePostDeliveryConfig, rulesFrom } from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'

export default definePostDeliveryConfig({
  klarna: {
    baseUrl: '${twin.url}',
    credentials: () => ({ username: '${twin.username}', password: '${password ?? twin.password}' }),
  },
  store: sqlite('./orders.db'),
  rules: rulesFrom('./rules'),
  ...${JSON.stringify(config)},
})
`,
  )
  const opened: PostDelivery[] = []
  return {
    folder,
    twin,
    orderId,
    captureId,
    async start() {
      const engine = await createPostDelivery(
        definePostDeliveryConfig({
          klarna: {
            baseUrl: twin.url,
            credentials: () => ({ username: twin.username, password: twin.password }),
          },
          store: sqlite(join(folder, 'orders.db')),
          rules: rulesFrom(join(folder, 'rules')),
          ...config,
        }),
      )
      opened.push(engine)
      return engine
    },
    run: (...args) => runProcess(args, { cwd: folder }),
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each.close()
      await twin.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** An engine with a refund of 30.00 SEK that waits for one person. */
export async function openWaiting(options: ShopOptions = {}) {
  const shop = await openShop(options)
  const engine = await shop.start()
  await engine.track(shop.orderId, { dueOn: '2030-01-14' })
  await submitReturn(shop, engine)
  const [command] = (await engine.order(shop.orderId))?.commands ?? []
  return { shop, engine, commandId: command?.commandId ?? '', hash: command?.approvalHash ?? '' }
}

async function submitReturn(shop: Shop, engine: PostDelivery): Promise<void> {
  const returned = damagedReturn(shop, { type: 'return.inspected' })
  await (await engine.submit({ ...returned, at: new Date().toISOString() })).decision
}

/** What a person says who agrees. */
export const anna = ['--by', 'anna', '--why', 'seen the pictures']
