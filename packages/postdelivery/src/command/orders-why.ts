/** `postdelivery orders why`: every decision about an order, with every rule that was asked. */
import { explainDecisions } from '../why.ts'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { writeExplanation } from './explanation-report.ts'
import { shown } from './parse-arguments.ts'

export const ordersWhyCommand = defineCommand({
  arguments: [
    { name: 'ORDER', summary: "Klarna's id of the order" },
    { name: 'EVENT', summary: 'only the decision on this event', count: 'optional' },
  ],
  options: {},
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['orders why 0db6b66c-2085-4ee5-bd2c-12831e943dc2', 'all decisions, the oldest first'],
    ['orders why 0db6b66c-2085-4ee5-bd2c-12831e943dc2 wms-881', 'the decision on one event'],
  ],
  async run({ arguments: [orderId = '', eventId], format, out, ...context }) {
    await using desk = await openDesk(context)
    const { order } = await desk.order(orderId)
    const all = await desk.reader.decisions(orderId)
    const decisions = all.filter((each) => eventId === undefined || each.eventId === eventId)
    if (eventId !== undefined && decisions.length === 0) {
      const message = `the order has no decision on the event \`${shown(eventId)}\``
      const hint = `see \`postdelivery orders timeline ${shown(orderId)}\``
      throw new CommandError(EXIT.findings, message, { hint })
    }
    const { vocabulary, reader, settings } = desk
    const world = { vocabulary, order, settings, now: desk.clock.now() }
    const explanations = await explainDecisions(reader, decisions, world)
    if (format === 'json') out.data({ orderId, decisions: explanations })
    else for (const explanation of explanations) writeExplanation(out, explanation)
    return EXIT.fine
  },
})
