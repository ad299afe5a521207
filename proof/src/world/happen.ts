/** Makes one step of a story happen: something is reported, Klarna or the process is shaken, somebody does something. */
import type { LocalTwin } from '@postdelivery/adapters/klarna-twin'
import { msToInstant, type ReportedEvent } from '@postdelivery/core'
import type { Disk } from './disk.ts'
import type { Evidence } from './evidence.ts'
import type { History, Report, Step } from './history.ts'
import { type Marks, mark } from './marks.ts'
import type { Network } from './network.ts'
import type { Process } from './process.ts'
import { capturedEvent, orderIdOf } from './shop.ts'
import type { SimulatedTime } from './simulated-time.ts'

/** What a step may touch. */
export interface Stage {
  readonly history: History
  readonly beginsMs: number
  readonly time: SimulatedTime
  readonly twin: LocalTwin
  readonly network: Network
  readonly disk: Disk
  readonly evidence: Evidence
  readonly marks: Marks
  /** Sends an event until it is acknowledged. */
  deliver(event: ReportedEvent): Promise<void>
  whenAlive(work: (process: Process) => Promise<void>): Promise<void>
  unstop(process: Process, scope: string): Promise<void>
  kill(where: string): void
  restart(): Promise<void>
  setClock(jumpMs: number): void
  setRules(version: number): void
  setPassword(isRight: boolean): void
  /** Whether the storm is over. */
  isCalm(): boolean
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Lets a step happen; `index` is its place in the story. */
export async function happen(stage: Stage, step: Step, index: number): Promise<void> {
  const { time, network } = stage
  mark(stage.marks, `step ${step.type}`)
  switch (step.type) {
    case 'capture': {
      const at = msToInstant(time.nowMs)
      // The shop's own event, whole as it is sent.
      return stage.deliver(
        capturedEvent(planOf(stage, step.order), at, stage.beginsMs) as ReportedEvent,
      )
    }
    case 'report':
      return stage.deliver(eventOf(stage, step.report, step.order))
    case 'forge': {
      const at = msToInstant(stage.beginsMs - index)
      return stage.deliver({ ...eventOf(stage, step.report, step.order), at })
    }
    case 'portal':
    case 'offers':
      return happenAtKlarna(stage, step)
    case 'stop':
      return stage.whenAlive((process) => stop(stage, process, step.scope))
    case 'unstop':
      return stage.whenAlive((process) => stage.unstop(process, step.scope))
    case 'kill':
      return stage.kill('by hand')
    case 'restart':
      return stage.restart()
    case 'outage':
      network.setOutage(step.fault)
      mark(stage.marks, `outage ${step.spanMs >= 20 * HOUR_MS ? 'of a day' : 'of hours'}`)
      time.timers.set(step.spanMs, () => network.setOutage(null))
      return
    case 'clock':
      mark(stage.marks, step.jumpMs > 0 ? 'clock set forward' : 'clock set back')
      return stage.setClock(step.jumpMs)
    case 'rules':
      return stage.setRules(step.version)
    case 'credentials':
      return stage.setPassword(step.isRight)
    case 'disk':
      return failDisk(stage, step)
    case 'unregistered':
      return
  }
}

function happenAtKlarna(
  { twin, evidence, marks, time, ...stage }: Stage,
  step: Extract<Step, { readonly type: 'portal' | 'offers' }>,
): void {
  const orderId = orderIdOf(planOf(stage, step.order))
  if (step.type === 'portal') {
    const { status } = twin.actInPortal(orderId, step.action)
    if (status < 400) mark(marks, `portal ${step.action.action}`)
    return
  }
  const { offersChangedMs } = evidence
  offersChangedMs.set(orderId, [...(offersChangedMs.get(orderId) ?? []), time.nowMs])
  const options = step.feeMinor === null ? [] : [{ number_of_days: 10, amount: step.feeMinor }]
  twin.offerExtensions(orderId, options)
}

async function stop(stage: Stage, process: Process, scope: string): Promise<void> {
  // Whoever wanted it has waited for the process until the storm was over.
  if (stage.isCalm()) return
  const { time, evidence } = stage
  const at = process.now()
  await time.busy(() => process.store.setStop({ scope, by: 'lead@shop.example', why: 'odd', at }))
  evidence.stops.push({ scope, fromMs: time.nowMs, toMs: Number.POSITIVE_INFINITY })
}

function failDisk(
  { disk, time, kill }: Stage,
  { failure, spanMs }: Extract<Step, { readonly type: 'disk' }>,
): void {
  disk.failWith(failure)
  time.timers.set(spanMs, () => disk.failWith(null))
  // Whoever runs the process starts it again when its disk has failed for good.
  if (failure === 'written_but_failed')
    time.timers.set(spanMs + MINUTE_MS, () => kill('after its disk failed'))
}

function eventOf(stage: Stage, report: Report, orderIndex: number): ReportedEvent {
  const orderId = orderIdOf(planOf(stage, orderIndex))
  const first = stage.history.steps.find(
    (step) => step.type === 'report' && step.report.id === report.id,
  )
  // A sender says when it happened, however often and late it says so.
  return {
    ...report,
    orderId,
    at: msToInstant(stage.beginsMs + (first?.atMs ?? 0)),
  } as ReportedEvent
}

function planOf({ history }: Pick<Stage, 'history'>, index: number) {
  const plan = history.orders.find((each) => each.index === index)
  if (plan === undefined) throw new Error(`the story has no order ${index}`)
  return plan
}
