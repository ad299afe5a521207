/** The engine's steps over a real store, a scripted Klarna and a clock that only a story moves; plays the part of a runtime. */
import { openSqliteStore, type SqliteStore } from '@postdelivery/adapters/sqlite'
import {
  type Acceptance,
  type Advanced,
  acceptEvent,
  addMs,
  advanceOrder,
  type Command,
  type CommandState,
  commandPhase,
  decodeSnapshot,
  type EngineEvent,
  type EnginePorts,
  type FactSource,
  type IsoInstant,
  type OrderState,
  type RuleBook,
  recoverOrder,
  type Settings,
  type TelemetryEvent,
  type WorkKind,
} from '@postdelivery/core'
import { onTestFinished } from 'vitest'
import {
  asked,
  type Captured,
  captured,
  ORDER_ID,
  type RuleSpec,
  ruleBook,
  SETTINGS,
  T0,
} from './builders.ts'
import { createScriptedKlarna, type ScriptedKlarna } from './scripted-klarna.ts'

export interface RigOptions {
  readonly rules?: readonly RuleSpec[]
  readonly ruleBook?: RuleBook
  readonly settings?: Partial<Settings>
  readonly factSource?: FactSource
  /** Where the database is, for stories that look into it. Default: in memory. */
  readonly path?: string
  /** Stands between the engine and its ports, to break or to watch them. */
  readonly wrap?: (ports: EnginePorts) => EnginePorts
}

export interface Rig {
  readonly klarna: ScriptedKlarna
  readonly store: SqliteStore
  /** As the engine sees them; a story may exchange them. */
  ports: EnginePorts
  readonly records: readonly TelemetryEvent[]
  now(): IsoInstant
  /** Moves the clock; nothing is done. */
  pass(ms: number): void
  submit(event: EngineEvent, planHash?: string): Promise<Acceptance>
  /** Registers an order, at Klarna and here. */
  register(event?: Captured): Promise<void>
  /** Advances one order until it is idle, at the present instant. Throws when it does not come to rest. */
  run(orderId?: string): Promise<readonly Advanced[]>
  /** Submits an event and runs. */
  tell(event: EngineEvent): Promise<readonly Advanced[]>
  /** Plays a runtime for a time: from wake-up to wake-up. Throws when an order stays due after its pass. */
  play(ms: number): Promise<void>
  order(orderId?: string): Promise<OrderState>
  /** The commands of an order in the order decided. */
  commands(orderId?: string): Promise<readonly CommandState[]>
  /** Phases of the commands, in the order decided. */
  phases(orderId?: string): Promise<readonly string[]>
  /** The only command. */
  command(orderId?: string): Promise<Command>
  /** Kinds of open work, oldest first. */
  work(orderId?: string): Promise<readonly WorkKind[]>
  /** Messages on the channel `alarm`, their codes. */
  alarms(): Promise<readonly string[]>
  /** `unknown:timeout` and the like, of each attempt in turn. */
  attempts(orderId?: string): Promise<readonly string[]>
}

const STEPS_MAX_COUNT = 300

/** Makes a rig; its store is closed when the test is over. */
export async function aRig(options: RigOptions = {}): Promise<Rig> {
  let now = T0
  const clock = { now: () => now }
  const klarna = createScriptedKlarna(clock)
  const store = await openSqliteStore(options.path ?? ':memory:')
  onTestFinished(() => store.close())
  const records: TelemetryEvent[] = []
  const plain: EnginePorts = {
    store,
    gateway: klarna.gateway,
    ruleBook: options.ruleBook ?? ruleBook(options.rules ?? []),
    factSource: options.factSource ?? {
      definitions: [],
      load: async () => ({ type: 'absent' }),
    },
    clock,
    telemetry: { record: (event) => void records.push(event) },
    settings: { ...SETTINGS, ...options.settings },
  }

  const rig: Rig = {
    klarna,
    store,
    ports: options.wrap?.(plain) ?? plain,
    records,
    now: () => now,
    pass(ms) {
      now = addMs(now, ms)
    },
    submit: (event, planHash) => acceptEvent(rig.ports, event, planHash),
    async register(event = captured()) {
      klarna.open(event)
      await rig.submit(event)
      await rig.run(event.orderId)
    },
    async run(orderId = ORDER_ID) {
      const steps: Advanced[] = []
      while (steps.length < STEPS_MAX_COUNT) {
        const advanced = await advanceOrder(rig.ports, orderId)
        if (advanced.type === 'idle') return steps
        steps.push(advanced)
      }
      throw new Error(`order ${orderId} does not come to rest at ${now}`)
    },
    async tell(event) {
      await rig.submit(event)
      return rig.run(event.orderId)
    },
    async play(ms) {
      const end = addMs(now, ms)
      for (;;) {
        for (const orderId of await store.dueOrders(now, 1000)) await rig.run(orderId)
        const [stillDue] = await store.dueOrders(now, 1)
        if (stillDue !== undefined) throw new Error(`order ${stillDue} stays due at ${now}`)
        const next = await store.nextDueAt()
        now = next === null || next > end ? end : next
        if (next === null || next > end) return
      }
    },
    async order(orderId = ORDER_ID) {
      const stored = await store.order(orderId)
      if (stored === undefined) throw new Error(`no order ${orderId}`)
      return decodeSnapshot(stored.snapshot)
    },
    commands: async (orderId) => (await rig.order(orderId)).commands,
    phases: async (orderId) => (await rig.commands(orderId)).map(commandPhase),
    async command(orderId) {
      const [only, second] = await rig.commands(orderId)
      if (only === undefined || second !== undefined) throw new Error('not exactly one command')
      return only.command
    },
    work: async (orderId) =>
      (await store.work(orderId === undefined ? {} : { orderId })).map((each) => each.kind),
    alarms: async () =>
      (await store.undeliveredNotices(1000))
        .filter((notice) => notice.channel === 'alarm')
        .map((notice) => notice.message.split(':')[0] ?? ''),
    attempts: async (orderId = ORDER_ID) =>
      (await store.attempts(orderId)).map(({ outcome }) =>
        outcome === null
          ? 'open'
          : 'reason' in outcome
            ? `${outcome.type}:${outcome.reason}`
            : outcome.type === 'refused'
              ? `refused:${outcome.code}`
              : outcome.type,
      ),
  }
  return rig
}

/** A rig with the guide's order registered. */
export async function aRegistered(options: RigOptions = {}, event?: Captured): Promise<Rig> {
  const rig = await aRig(options)
  await rig.register(event)
  return rig
}

/** A rig in which a person has asked for one action, decided and not sent. */
export async function aDecided(
  action: RuleSpec['action'],
  options: RigOptions = {},
  event?: Captured,
): Promise<Rig> {
  const rig = await aRegistered(options, event)
  await rig.submit(asked(action.type, action.params))
  await advanceOrder(rig.ports, ORDER_ID)
  return rig
}

/** Recovers what a dead process left behind, as a runtime does at its start. */
export async function recoverAll(rig: Rig): Promise<void> {
  for (const orderId of await rig.store.sendingOrders()) await recoverOrder(rig.ports, orderId)
}

/** What staff do to a command. */
export function staff(
  rig: Rig,
  commandId: string,
  event:
    | { readonly type: 'command.approved'; readonly by: string; readonly hash: string }
    | { readonly type: 'command.rejected'; readonly by: string; readonly why: string }
    | {
        readonly type: 'command.resolved'
        readonly how: 'happened' | 'did_not_happen' | 'try_as_new'
      }
    | { readonly type: 'command.resumed' },
  orderId = ORDER_ID,
): EngineEvent {
  const id = `resolve:${commandId}:${event.type}:${rig.records.length}`
  const head = { id, orderId, at: rig.now(), commandId }
  return event.type === 'command.resolved'
    ? { ...head, ...event, by: 'lead@shop.example', why: 'seen in the portal' }
    : event.type === 'command.resumed'
      ? { ...head, ...event, by: 'lead@shop.example' }
      : { ...head, ...event }
}
