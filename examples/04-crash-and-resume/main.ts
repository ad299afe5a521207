/**
 * Crash and resume: the process is killed between the call to Klarna and its answer; another one finishes the order.
 *
 * Klarna has paid the refund back, but nobody heard it. The next process finds the attempt on record, takes its outcome for
 * unknown, waits as Klarna asks, looks at the order, and finds the refund by its reference.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isPlainRecord } from '@postdelivery/core'
import { guideOrder, startTwin } from 'postdelivery/testing'

/** Runs the story and prints it. Returns whether Klarna's books show one refund. */
export async function main(print: (line: string) => void): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'postdelivery-crash-'))
  const startedAt = new Date()
  await using twin = await startTwin({ orders: [guideOrder({ nowMs: startedAt.getTime() })] })
  const orderId = twin.orders[0]?.orderId ?? ''
  const start = (): ChildProcess =>
    fork(
      new URL('engine.ts', import.meta.url),
      [
        join(folder, 'orders.db'),
        twin.url,
        twin.username,
        twin.password,
        orderId,
        startedAt.toISOString(),
      ],
      { execArgv: ['--disable-warning=ExperimentalWarning'] },
    )
  const refunded = () => twin.books(orderId).refunds.length

  try {
    // Klarna does the work and never answers.
    twin.setFaults([{ kind: 'hang', operation: 'refundOrder', hangMs: null }])
    const first = start()
    const accepted = await nextMessage(first)
    print(`first process: the event is ${accepted['accepted']}`)
    while (refunded() === 0) await wait(20)
    print(
      `Klarna: ${refunded()} refund of ${twin.books(orderId).refundedMinor} minor units is made, the answer never leaves`,
    )
    await kill(first)
    print('first process: killed with SIGKILL, mid-call')

    const second = start()
    const again = await nextMessage(second)
    print(`second process: the event comes again, it is ${again['accepted']}`)
    const settled = await nextMessage(second)
    print(`second process: the refund is ${String(settled['settled'])}`)
    await ended(second)

    const books = twin.books(orderId)
    const keys = new Set(
      twin.requests
        .filter((each) => each.operation === 'refundOrder')
        .map((each) => each.idempotencyKey),
    )
    print(
      `Klarna: ${books.refunds.length} refund, ${books.refundedMinor} of ${books.capturedMinor} minor units, under ${keys.size} key`,
    )
    return books.refunds.length === 1 && books.refundedMinor === 3000
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The next thing that an engine process says; its end without a word is an error. */
function nextMessage(child: ChildProcess): Promise<Record<string, unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
  const onExit = (code: number | null) => reject(new Error(`the engine process ended with ${code}`))
  child.once('exit', onExit)
  child.once('message', (message) => {
    child.off('exit', onExit)
    resolve(isPlainRecord(message) ? message : {})
  })
  return promise
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = ended(child)
  child.kill('SIGKILL')
  await gone
}

function ended(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (child.exitCode !== null || child.signalCode !== null) resolve()
  else child.once('exit', () => resolve())
  return promise
}

if (import.meta.main) {
  const isOnce = await main((line) => console.log(line))
  if (!isOnce) process.exitCode = 1
}
