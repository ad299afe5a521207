/** `postdelivery orders show`: one order as the engine knows it. */
import { formatMinor } from '@postdelivery/core'
import { type BooksView, type OrderView, viewOrder } from '../order-view.ts'
import { readRuleSentences } from '../stored-rules.ts'
import { defineCommand } from './command-definition.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { type Output, printable } from './output.ts'
import { writeTable } from './write-table.ts'

export const ordersShowCommand = defineCommand({
  arguments: [{ name: 'ORDER', summary: "Klarna's id of the order" }],
  options: {},
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [['orders show 0db6b66c-2085-4ee5-bd2c-12831e943dc2', 'its books, captures, commands']],
  async run({ arguments: [orderId = ''], format, out, ...context }) {
    await using desk = await openDesk(context)
    const { order } = await desk.order(orderId)
    const says = await readRuleSentences(desk.reader, order, desk.vocabulary)
    const view = viewOrder(order, says)
    if (format === 'json') out.data({ order: view })
    else writeOrder(out, view)
    return EXIT.fine
  },
})

function writeOrder(out: Output, view: OrderView): void {
  const { currency, booksDiffer } = view
  const money = (minor: number): string => formatMinor(minor, currency)
  out.line(
    `${out.paint('bold', `order ${printable(view.orderId)}`)}: ${view.word}`,
    `  ${booksOf(view, currency)}`,
    `  still authorized ${money(view.remainingAuthorizedMinor)}, at Klarna ${view.klarnaStatus ?? 'unknown'}`,
  )
  if (booksDiffer !== null) {
    const { oursMinor, klarnasMinor } = booksDiffer
    const text = `refunds stand still: we count ${money(oursMinor)}, Klarna ${money(klarnasMinor)}`
    out.line(`  ${out.paint('yellow', text)}`)
  }
  for (const capture of view.captures) {
    const { captureId, dueOn, extendedDays, feesMinor } = capture
    const extended = extendedDays === 0 ? '' : ` (+${extendedDays} days for ${money(feesMinor)})`
    out.line(
      '',
      `${out.paint('bold', `capture ${printable(captureId)}`)}`,
      `  ${booksOf(capture, currency)}`,
      `  due ${dueOn ?? 'unknown'}${extended}, ${capture.isTracked ? 'tracked' : 'not tracked'}, delivered ${capture.deliveredAt ?? 'unknown'}`,
    )
  }
  if (view.commands.length > 0) out.line('')
  writeTable(
    out,
    ['COMMAND', 'PHASE', 'WHAT', 'BY', 'WHY'],
    view.commands.map((command) => [
      command.commandId,
      command.phase,
      command.what,
      command.rule ?? command.requestedBy ?? '',
      command.why ?? '',
    ]),
  )
}

const booksOf = (books: BooksView, currency: string): string =>
  [
    ['captured', books.capturedMinor] as const,
    ['refunded', books.refundedMinor] as const,
    ['reserved', books.reservedMinor] as const,
    ['refundable', books.refundableMinor] as const,
  ]
    .map(([word, minor]) => `${word} ${formatMinor(minor, currency)}`)
    .join(', ')
