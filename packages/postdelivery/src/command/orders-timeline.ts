/** `postdelivery orders timeline`: everything that happened to an order, with calls, keys and answers. */
import { decodeSnapshot } from '@postdelivery/core'
import { renderTimeline } from '../render-timeline.ts'
import { readTimeline } from '../timeline.ts'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

export const ordersTimelineCommand = defineCommand({
  arguments: [{ name: 'ORDER', summary: "Klarna's id of the order" }],
  options: {},
  formats: ['pretty', 'json', 'ndjson'],
  readsConfig: true,
  examples: [
    ['orders timeline 0db6b66c-2085-4ee5-bd2c-12831e943dc2', 'events, decisions, calls, answers'],
  ],
  notes: ['An order that is not registered yet shows the events that wait for it.'],
  async run({ arguments: [orderId = ''], format, out, ...context }) {
    await using desk = await openDesk(context)
    const stored = await desk.reader.order(orderId)
    const order = stored === undefined ? null : decodeSnapshot(stored.snapshot)
    const entries = await readTimeline(desk.reader, orderId, {
      order,
      vocabulary: desk.vocabulary,
    })
    if (entries.length === 0) {
      const message = `nothing is known of an order \`${shown(orderId)}\``
      throw new CommandError(EXIT.findings, message, { hint: 'see `postdelivery orders list`' })
    }
    if (format === 'json') out.data({ orderId, entries })
    else if (format === 'ndjson') for (const entry of entries) out.data(entry)
    else out.line(...renderTimeline(entries))
    return EXIT.fine
  },
})
