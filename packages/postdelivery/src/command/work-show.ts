/** `postdelivery work show`: one thing that waits for a person, with everything that is known of it. */

import { defineCommand } from './command-definition.ts'
import { commandFactLines, readCommandFacts } from './command-facts.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { findWork } from './find-work.ts'
import { printable } from './output.ts'

export const workShowCommand = defineCommand({
  arguments: [{ name: 'ID', summary: 'as `work` shows it' }],
  options: {},
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['work show stuck:7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11', 'what to know before resolving it'],
  ],
  async run({ arguments: [id = ''], format, out, ...context }) {
    await using desk = await openDesk(context)
    const work = await findWork(desk, id)
    const { commandId, orderId, details = null } = work
    const facts = commandId === undefined ? null : await readCommandFacts(desk, orderId, commandId)
    if (format === 'json') out.data({ work, command: facts })
    else {
      const until = work.until === undefined ? [] : [`until     ${work.until}`]
      const event = work.eventId === undefined ? [] : [`event     ${printable(work.eventId)}`]
      out.line(
        `${out.paint('bold', printable(work.id))}  ${work.kind}`,
        `what      ${printable(work.what)}`,
        `next      ${work.next}`,
        `since     ${work.openedAt}`,
        ...until,
        ...event,
        ...(details === null ? [] : [`details   ${printable(JSON.stringify(details))}`]),
        ...(facts === null ? [`order     ${printable(orderId)}`] : commandFactLines(facts)),
      )
    }
    return EXIT.fine
  },
})
