/** An engine on a real SQLite file with a gateway that the test chooses; everything is closed when the test is over. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmbeddedEngine, type EmbeddedEngineOptions } from '@postdelivery/adapters/embedded'
import { openSqliteStore, type SqliteStore } from '@postdelivery/adapters/sqlite'
import {
  type Decision,
  decodeSnapshot,
  type EngineEvent,
  type Notice,
  type OrderState,
  type TelemetryEvent,
} from '@postdelivery/core'
import { afterEach } from 'vitest'
import type { EmbeddedEngine, Settlement } from '../../src/embedded/index.ts'
import { aRuleBook, REFUND_RETURNED, SETTINGS, TELL_PARCELS } from './builders.ts'
import { systemClock } from './system-clock.ts'

export interface Rig {
  readonly path: string
  readonly store: SqliteStore
  readonly engine: EmbeddedEngine
  /** What telemetry heard. */
  readonly records: readonly TelemetryEvent[]
  /** What the notifier delivered. */
  readonly notices: readonly Notice[]
  /** Codes of the alarms so far. */
  alarms(): readonly unknown[]
  /** Submits an event and waits until it is decided. */
  decide(event: EngineEvent): Promise<Decision>
  /** Submits an event and waits until its commands have come to rest. */
  settle(event: EngineEvent): Promise<Settlement>
  order(orderId: string): Promise<OrderState>
  /** Stops the engine and closes the store. */
  close(): Promise<void>
}

export type RigOptions = Partial<EmbeddedEngineOptions> &
  Pick<EmbeddedEngineOptions, 'gateway'> & {
    /** Default: a new file. */
    readonly path?: string
    /** Stands between the engine and its store, to break it. */
    readonly wrapStore?: (store: SqliteStore) => SqliteStore
  }

export interface Rigs {
  /** Makes an engine that is not started yet. */
  make(options: RigOptions): Promise<Rig>
  start(options: RigOptions): Promise<Rig>
}

/** Engines of one test file: all are closed and their files deleted after each test. */
export function useRigs(): Rigs {
  const rigs: Rig[] = []
  const folders: string[] = []
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close()
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  })

  const newPath = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'postdelivery-'))
    folders.push(folder)
    return join(folder, 'orders.db')
  }
  const make = async (options: RigOptions): Promise<Rig> => {
    const rig = await aRig({ ...options, path: options.path ?? newPath() })
    rigs.push(rig)
    return rig
  }
  return {
    make,
    async start(options) {
      const rig = await make(options)
      await rig.engine.start()
      return rig
    },
  }
}

async function aRig(options: RigOptions & { readonly path: string }): Promise<Rig> {
  const store = await openSqliteStore(options.path)
  const records: TelemetryEvent[] = []
  const notices: Notice[] = []
  const engine = createEmbeddedEngine({
    ruleBook: aRuleBook([REFUND_RETURNED, TELL_PARCELS]),
    factSource: { definitions: [], load: async () => ({ type: 'absent' }) },
    clock: systemClock,
    telemetry: { record: (event) => records.push(event) },
    notifier: {
      notify: async (notice) => {
        notices.push(notice)
      },
    },
    settings: SETTINGS,
    ...options,
    store: options.wrapStore?.(store) ?? store,
  })
  let closed: Promise<void> | undefined
  return {
    path: options.path,
    store,
    engine,
    records,
    notices,
    alarms: () =>
      records.flatMap(({ name, attributes }) => (name === 'alarm' ? [attributes?.['code']] : [])),
    decide: async (event) => (await engine.submit(event)).decision,
    settle: async (event) => (await engine.submit(event)).settled,
    async order(orderId) {
      const stored = await store.order(orderId)
      if (stored === undefined) throw new Error(`no order ${orderId}`)
      return decodeSnapshot(stored.snapshot)
    },
    close() {
      closed ??= engine.stop({ graceMs: 1_000 }).then(() => store.close())
      return closed
    },
  }
}
