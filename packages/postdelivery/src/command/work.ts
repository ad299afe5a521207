/** `postdelivery work`: what needs a person, the oldest first. */
import { WORK_KINDS, type WorkKind } from '@postdelivery/core'
import { defineCommand } from './command-definition.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { printable } from './output.ts'

// Object.keys gives texts; these are the keys of a record by kind.
const KINDS = Object.keys(WORK_KINDS) as readonly WorkKind[]

export const workCommand = defineCommand({
  arguments: [],
  options: {
    order: { type: 'text', value: 'ORDER', summary: 'only of this order' },
    kind: { type: 'choice', choices: KINDS, summary: 'only of this kind' },
  },
  formats: ['pretty', 'json', 'ndjson'],
  readsConfig: true,
  examples: [
    ['work', 'everything that waits for a person, with the next step'],
    ['work --kind awaiting_approval --json', 'approvals, for programs'],
  ],
  async run({ options, format, out, talk, ...context }) {
    await using desk = await openDesk(context)
    const { order, kind } = options
    const work = await desk.work({
      ...(order === undefined ? {} : { orderId: order }),
      ...(kind === undefined ? {} : { kind }),
    })
    if (format === 'json') out.data({ work })
    else if (format === 'ndjson') for (const each of work) out.data(each)
    else {
      for (const { id, kind, orderId, openedAt, what, next, until } of work) {
        const end = until === undefined ? '' : `, until ${until}`
        out.line(
          `${out.paint('bold', printable(id))}  ${kind}  order ${printable(orderId)}  since ${openedAt}${end}`,
          `  ${printable(what)}`,
          `  ${out.paint('dim', `next: ${next}`)}`,
        )
      }
      talk.line(work.length === 0 ? 'nothing waits for a person' : `${work.length} in all`)
    }
    return EXIT.fine
  },
})
