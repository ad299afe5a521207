/** Tells one story: the real engine, store, rules and client against the twin, in a world that lies, with every invariant watched. */

import { readFileSync } from 'node:fs'
import { createLocalTwin } from '@postdelivery/adapters/klarna-twin'
import {
  canonicalJson,
  decodeSnapshot,
  msToInstant,
  parseEvent,
  type ReportedEvent,
} from '@postdelivery/core'
import { createRandom } from '../random.ts'
import { createDisk } from './disk.ts'
import {
  type EndEvidence,
  type Evidence,
  newEvidence,
  noteCommit,
  readClaims,
  readDurable,
  readOrders,
} from './evidence.ts'
import { happen, type Stage } from './happen.ts'
import type { History } from './history.ts'
import { INVARIANTS } from './invariants.ts'
import { type Marks, mark, markCommit, markEvent, markTelemetry } from './marks.ts'
import { type Mortality, randomDeaths } from './mortality.ts'
import { createNetwork } from './network.ts'
import { lookAtWork } from './people.ts'
import { type Process, startProcess, submitTo } from './process.ts'
import { PASSWORD, ruleBookOf, ruleSetOf, SETTINGS_BY_NAME, seedOf } from './shop.ts'
import { createSimulatedTime } from './simulated-time.ts'

/** Something that must never be, with when and where it was seen. */
export interface Violation {
  readonly invariant: string
  readonly what: string
  /** ISO 8601, true time. */
  readonly at: string
}

export interface Told {
  readonly violations: readonly Violation[]
  readonly marks: Marks
  readonly simulatedMs: number
  readonly stepCount: number
  readonly deathCount: number
  readonly callCount: number
  /** Operations that happened at Klarna, sorted. */
  readonly effects: readonly string[]
  readonly eventCount: number
  /** Places at which a process may have died. */
  readonly placeCount: number
  /** Follows from everything that happened, in its order: two tellings of one story have the same. */
  readonly trace: string
}

export interface TellOptions {
  readonly mortality?: Mortality
  /** Hears what happens, line by line. */
  readonly onLine?: (line: string) => void
  /** Ends the story at the first violation. Default true. */
  readonly endsAtViolation?: boolean
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Senders send again what was not acknowledged. */
const RESEND_MS = 5 * MINUTE_MS
const LOOK_MS = 40 * MINUTE_MS

class StoryEnds extends Error {
  override readonly name = 'StoryEnds'
}

/** Tells a story to its end. Throws: what only a defect of the simulation itself can throw. */
export async function tellStory(history: History, options: TellOptions = {}): Promise<Told> {
  const story = new Story(history, options)
  try {
    return await story.tell()
  } finally {
    story.close()
  }
}

class Story {
  readonly #history: History
  readonly #options: TellOptions
  readonly #beginsMs: number
  readonly #random
  readonly #time
  readonly #disk = createDisk()
  readonly #twin
  readonly #network
  readonly #mortality: Mortality
  readonly #evidence: Evidence
  readonly #marks: Marks = new Map()
  readonly #violations: Violation[] = []
  #process: Process | null = null
  #clockOffsetMs = 0
  #hasRightPassword = true
  #rulesVersion = 0
  #ruleBook = ruleBookOf(0)
  #deathCount = 0
  #isCalm = false
  #trace = 0

  constructor(history: History, options: TellOptions) {
    this.#history = history
    this.#options = options
    this.#beginsMs = Date.parse(history.beginsAt)
    this.#random = createRandom(history.seed).part('story')
    this.#time = createSimulatedTime(this.#beginsMs, this.#random.part('time'))
    this.#mortality =
      options.mortality ?? randomDeaths(this.#random.part('death'), history.deathRate)
    this.#twin = createLocalTwin({
      orders: history.orders.map((plan) => seedOf(plan, this.#beginsMs)),
      clock: { now: () => this.#time.nowMs },
      password: PASSWORD,
      settings: { replaysErrors: history.replaysErrors, rateLimitPerSecond: null },
    })
    this.#evidence = newEvidence(history, SETTINGS_BY_NAME[history.settings], this.#twin)
    this.#network = createNetwork({
      twin: this.#twin,
      time: this.#time,
      random: this.#random.part('network'),
      faults: history.faults,
      onFault: (name) => mark(this.#marks, `fault ${name}`),
      onSend: (call) => this.#check('onSend', (each) => each.onSend?.(call, this.#evidence)),
      onArrival: (arrival) => {
        this.#evidence.arrivals.push(arrival)
        if (arrival.isEffect) mark(this.#marks, `effect ${arrival.operation}`)
        this.#say(
          `arrives ${arrival.operation} ${arrival.orderId.slice(-2)} ${arrival.key.slice(0, 8)}${arrival.isEffect ? ': done' : ''}`,
        )
        this.#check('onArrival', (each) => each.onArrival?.(arrival, this.#evidence))
      },
    })
  }

  async tell(): Promise<Told> {
    const { stormMs, calmMs, steps, clockDrift, peopleAnswer } = this.#history
    for (const [index, step] of steps.entries())
      this.#time.timers.set(step.atMs, () => {
        this.#say(`step ${JSON.stringify(step).slice(0, 200)}`)
        this.#go(happen(this.#stage(), step, index))
      })
    if (clockDrift !== 0) mark(this.#marks, 'clock drifts')
    if (this.#history.isFair) mark(this.#marks, 'fair weather')
    this.#time.timers.set(stormMs, () => this.#go(this.#calm()))
    if (peopleAnswer) this.#letPeopleLook()
    this.#go(this.#begin())

    const endMs = this.#beginsMs + stormMs + calmMs
    try {
      await this.#time.settle()
      await this.#time.runUntil(endMs, () => this.#throwIfOver())
      await this.#end()
    } catch (error) {
      if (!(error instanceof StoryEnds)) throw error
    }
    return {
      violations: this.#violations,
      marks: this.#marks,
      simulatedMs: this.#time.nowMs - this.#beginsMs,
      stepCount: this.#time.stepCount,
      deathCount: this.#deathCount,
      callCount: this.#network.callCount,
      effects: this.#evidence.arrivals
        .filter((each) => each.isEffect)
        .map((each) => `${each.operation} ${each.orderId} ${each.captureId ?? ''} ${each.key}`)
        .toSorted(),
      eventCount: this.#evidence.acknowledged.size,
      placeCount: this.#mortality.placeCount,
      trace: (this.#trace >>> 0).toString(16).padStart(8, '0'),
    }
  }

  close(): void {
    // A life that goes on in nobody's memory must hold no file open.
    void this.#process?.store.close().catch(() => {})
    this.#disk.close()
  }

  /** Begins a life of the process, and again after each death. */
  async #begin(): Promise<void> {
    const history = this.#history
    this.#ruleBook = ruleBookOf(this.#rulesVersion)
    const process = await startProcess({
      time: this.#time,
      twin: this.#twin,
      network: this.#network,
      disk: this.#disk,
      mortality: this.#mortality,
      settings: this.#evidence.settings,
      ruleBook: this.#ruleBook,
      clockMs: () =>
        this.#time.nowMs +
        this.#clockOffsetMs +
        history.clockDrift * (this.#time.nowMs - this.#beginsMs),
      hasRightPassword: () => this.#hasRightPassword,
      onDeath: (where) => this.#die(where),
      onCommit: (change) => {
        noteCommit(this.#evidence, change)
        markEvent(this.#marks, change)
        if (change.order === null) return
        const order = decodeSnapshot(change.order.snapshot)
        this.#evidence.latest.set(change.orderId, order)
        markCommit(this.#marks, change, order)
        this.#say(
          `commits ${change.event.type} ${change.event.eventId.slice(0, 24)} of ${change.orderId.slice(-2)}`,
        )
        this.#check('onCommit', (each) => each.onCommit?.(change, order, this.#evidence))
      },
      onTelemetry: (event) => {
        this.#evidence.telemetry.push(event)
        markTelemetry(this.#marks, event)
      },
      onNotice: (notice) => {
        this.#evidence.notices.push(notice)
        mark(this.#marks, `notice ${notice.channel}`)
      },
    })
    await readDurable(this.#evidence, process.store)
    this.#process = process
    this.#say('the process begins')
    const started = process.engine.start()
    started.catch(() => {})
    await Promise.race([started, process.died]).catch((error: unknown) => {
      // A disk that fails at the start ends the process; whoever runs it starts it again.
      if (process.isAlive)
        process.kill(`at its start: ${error instanceof Error ? error.name : 'unknown'}`)
    })
  }

  #die(where: string): void {
    this.#deathCount += 1
    mark(this.#marks, `death ${where.startsWith('at its start') ? 'at its start' : where}`)
    this.#say(`the process dies ${where}`)
    const downMs = this.#random.pick(`down ${this.#deathCount}`, [
      1_000,
      10_000,
      5 * MINUTE_MS,
      HOUR_MS,
    ])
    this.#time.timers.set(this.#isCalm ? 1_000 : downMs, () => this.#go(this.#begin()))
  }

  /** What the steps of the story may touch. */
  #stage(): Stage {
    return {
      history: this.#history,
      beginsMs: this.#beginsMs,
      time: this.#time,
      twin: this.#twin,
      network: this.#network,
      disk: this.#disk,
      evidence: this.#evidence,
      marks: this.#marks,
      deliver: (event) => this.#deliver(event),
      whenAlive: (work) => this.#whenAlive(work),
      unstop: (process, scope) => this.#unstop(process, scope),
      kill: (where) => this.#process?.kill(where),
      restart: () => this.#restart(),
      setClock: (jumpMs) => {
        this.#clockOffsetMs += jumpMs
      },
      setRules: (version) => {
        this.#rulesVersion = version
        this.#ruleBook.replace([ruleSetOf(version)])
      },
      isCalm: () => this.#isCalm,
      setPassword: (isRight) => {
        this.#hasRightPassword = isRight
      },
    }
  }

  /** Sends an event until it is acknowledged, as a sender does whose request was not answered. */
  async #deliver(given: ReportedEvent): Promise<void> {
    const parsed = parseEvent(given)
    if (!parsed.ok) throw new Error(`the story reports nonsense: ${JSON.stringify(parsed.error)}`)
    const event = parsed.value
    for (;;) {
      const process = this.#process
      const accepted = process?.isAlive === true ? await submitTo(process, event) : 'failed'
      if (accepted === 'accepted' || accepted === 'repeated')
        this.#evidence.acknowledged.set(`${event.orderId}/${event.id}`, canonicalJson(event))
      mark(this.#marks, `submit ${accepted}`)
      if (accepted !== 'failed') return
      await this.#time.sleep(RESEND_MS)
    }
  }

  async #whenAlive(work: (process: Process) => Promise<void>): Promise<void> {
    while (this.#process?.isAlive !== true) await this.#time.sleep(MINUTE_MS)
    await work(this.#process)
  }

  async #unstop(process: Process, scope: string): Promise<void> {
    for (const stop of this.#evidence.stops)
      if (stop.scope === scope && stop.toMs === Number.POSITIVE_INFINITY)
        stop.toMs = this.#time.nowMs
    await this.#time.busy(() => process.store.clearStop(scope, 'lead@shop.example', process.now()))
  }

  async #restart(): Promise<void> {
    const process = this.#process
    if (process?.isAlive !== true) return
    await process.end()
    // It may have died on its way out, and then another life begins by itself.
    if (process.hasEnded) await this.#begin()
  }

  #letPeopleLook(): void {
    this.#time.timers.set(LOOK_MS, () => {
      this.#go(this.#look())
      this.#letPeopleLook()
    })
  }

  async #look(): Promise<void> {
    const process = this.#process
    if (process?.isAlive !== true) return
    const random = this.#random.part('people')
    const mood = this.#isCalm ? 'thorough' : 'careless'
    await lookAtWork(process, { evidence: this.#evidence, random, mood })
  }

  /** Every accident ends; what was begun has time to settle. */
  async #calm(): Promise<void> {
    this.#say('the storm is over')
    this.#isCalm = true
    this.#network.calm()
    this.#mortality.end()
    this.#disk.failWith(null)
    this.#hasRightPassword = true
    if (!this.#history.peopleAnswer) this.#letPeopleLook()
    await this.#whenAlive(async (process) => {
      for (const { scope } of this.#evidence.stops) await this.#unstop(process, scope)
    })
  }

  async #end(): Promise<void> {
    const process = this.#process
    if (process?.isAlive !== true)
      return this.#find('D1', 'the process does not stay alive in the calm')
    const orders = await readOrders(this.#history, process.store)
    const { telemetry, notices } = this.#evidence
    const traces = [
      Buffer.from(JSON.stringify([telemetry, notices, orders.map((each) => each.work)])),
      ...this.#disk.files().map((path) => readFileSync(path)),
    ]
    const claims = readClaims(this.#disk.files()[0] ?? '')
    const evidence: EndEvidence = { ...this.#evidence, ...claims, orders, traces }
    this.#check('atEnd', (each) => each.atEnd?.(evidence))
    this.#say(JSON.stringify(orders.map(({ orderId, state }) => [orderId, state])))
  }

  #check(
    when: 'onSend' | 'onArrival' | 'onCommit' | 'atEnd',
    findingsOf: (invariant: (typeof INVARIANTS)[number]) => readonly string[] | undefined,
  ): void {
    for (const invariant of INVARIANTS)
      if (invariant[when] !== undefined)
        for (const what of findingsOf(invariant) ?? []) this.#find(invariant.id, what)
  }

  #find(invariant: string, what: string): void {
    const violation = { invariant, what, at: msToInstant(this.#time.nowMs) }
    this.#violations.push(violation)
    this.#say(`VIOLATION ${invariant}: ${what}`)
  }

  #throwIfOver(): void {
    if (this.#violations.length > 0 && this.#options.endsAtViolation !== false)
      throw new StoryEnds()
  }

  /** Lets something go on beside the rest; an error of it is a finding. */
  #go(work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.#find(
        'D1',
        `the simulation met ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
      ),
    )
  }

  #say(line: string): void {
    for (let index = 0; index < line.length; index += 1)
      this.#trace = Math.imul(this.#trace ^ line.charCodeAt(index), 0x0100_0193)
    this.#options.onLine?.(`${msToInstant(this.#time.nowMs)} ${line}`)
  }
}
