/** `postdelivery reconcile`: compares our ledger with Klarna's books, reading only. */
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import { type EngineEvent, makeInboxEvent, ORDER_WORDS } from '@postdelivery/core'
import { klarnaOptionsOf } from '../config-parts.ts'
import { type ReconciledOrder, type ReconcileSummary, reconcile } from '../reconcile.ts'
import { type CommandContext, defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { type Desk, openDesk } from './desk.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { type Output, printable } from './output.ts'
import { typeAgain } from './type-again.ts'

export const reconcileCommand = defineCommand({
  arguments: [
    { name: 'ORDER', summary: 'only this order; left out: all, one by one', count: 'optional' },
  ],
  options: {
    word: { type: 'choice', choices: ORDER_WORDS, summary: 'only orders of this state' },
    after: { type: 'text', value: 'ORDER', summary: 'begin after this order' },
    limit: {
      type: 'integer',
      value: 'N',
      min: 1,
      max: 10_000_000,
      summary: 'at most so many orders',
    },
    rate: {
      type: 'integer',
      value: 'N',
      min: 1,
      max: 50,
      summary: 'orders read in a second; default: 5',
    },
    'opens-work': {
      type: 'flag',
      summary: 'let the engine stop refunds of orders that surely differ',
    },
    execute: { type: 'flag', summary: 'with --opens-work: do it; without this it is only shown' },
  },
  formats: ['pretty', 'json', 'ndjson'],
  readsConfig: true,
  examples: [
    ['reconcile 0db6b66c-2085-4ee5-bd2c-12831e943dc2', 'one order'],
    ['reconcile --rate 10 --format ndjson', 'all orders, one line each'],
    ['reconcile --opens-work --execute', 'and let the engine open work where refunds differ'],
  ],
  notes: [
    'Klarna is read and never written to. Exit code 1: something differs; 3: some orders could not be read.',
  ],
  async run({ arguments: [orderId], options, ...context }) {
    await using desk = await openDesk(context)
    if (orderId !== undefined) await desk.order(orderId)
    const { word, after, limit, rate, execute } = options
    const opensWork = options['opens-work']
    await using door = openDoor(desk, { isOpen: opensWork && execute, signal: context.signal })
    const compared = reconcile(door.ports, {
      opensWork,
      ...(orderId === undefined ? {} : { orderId }),
      ...(word === undefined ? {} : { word }),
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit }),
      ...(rate === undefined ? {} : { ordersPerSecond: rate }),
      onProgress: ({ orderCount, agreeingCount }) =>
        context.talk.progress(`${orderCount} compared, ${agreeingCount} agree`),
    })
    const orders: ReconciledOrder[] = []
    for await (const order of compared) {
      if (context.format === 'json') orders.push(order)
      else if (context.format === 'ndjson') context.out.data(order)
      else writeOrder(context.out, order, execute)
    }
    context.talk.progress('')
    const summary = await compared.summary()
    tellSummary(context, { summary, orders, isRecorded: opensWork && execute })
    return exitOf(summary)
  },
})

/** What reads Klarna and, when it is open, asks the engine to look at orders. */
function openDoor(
  desk: Desk,
  { isOpen, signal }: { readonly isOpen: boolean; readonly signal: AbortSignal },
) {
  const { reader, clock, config, store } = desk
  const inbox = isOpen ? store.openInbox() : null
  const gateway = createKlarnaGateway(createKlarnaClient(klarnaOptionsOf(config)))
  const ports = {
    store: reader,
    gateway,
    clock,
    assertOpen: () => {
      if (signal.aborted)
        throw new CommandError(EXIT.interrupted, 'stopped before all were compared')
    },
    submit: async (event: EngineEvent) => {
      await inbox?.accept(makeInboxEvent(event, clock.now()))
    },
  }
  return { ports, [Symbol.asyncDispose]: async () => inbox?.close() }
}

function writeOrder(
  out: Output,
  { orderId, outcome, breaks, reason, isReported }: ReconciledOrder,
  isRecorded: boolean,
): void {
  if (outcome === 'agrees') return
  const word =
    outcome === 'breaks' ? out.paint('red', 'differs') : out.paint('yellow', 'unreadable')
  const told = isReported ? `; the engine ${isRecorded ? 'looks' : 'would look'} at it` : ''
  out.line(
    `${word}  ${printable(orderId)}${reason === null ? '' : ` (${printable(reason)})`}${told}`,
  )
  for (const { code, certainty, what, next } of breaks)
    out.line(
      `  ${code} (${certainty}): ${printable(what)}`,
      `  ${out.paint('dim', `next: ${next}`)}`,
    )
}

function tellSummary(
  context: Pick<CommandContext, 'format' | 'out' | 'talk' | 'program' | 'words'>,
  {
    summary,
    orders,
    isRecorded,
  }: {
    readonly summary: ReconcileSummary
    readonly orders: readonly ReconciledOrder[]
    readonly isRecorded: boolean
  },
): void {
  const { format, out, talk } = context
  if (format === 'json') out.data({ summary, orders, isRecorded })
  const { orderCount, agreeingCount, unreadableCount, reportedCount } = summary
  talk.line(`${orderCount} compared, ${agreeingCount} agree, ${unreadableCount} could not be read`)
  if (!isRecorded && reportedCount > 0)
    talk.line(
      `the engine would look at ${reportedCount}; to let it:`,
      `  ${typeAgain(context, ['--execute'])}`,
    )
}

function exitOf({ orderCount, agreeingCount, unreadableCount }: ReconcileSummary): ExitCode {
  if (agreeingCount + unreadableCount < orderCount) return EXIT.findings
  return unreadableCount > 0 ? EXIT.configuration : EXIT.fine
}
