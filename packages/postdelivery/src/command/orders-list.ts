/** `postdelivery orders list`: the orders that are registered, a page at a time. */
import { ORDER_WORDS } from '@postdelivery/core'
import { defineCommand } from './command-definition.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { writeTable } from './write-table.ts'

const DEFAULT_LIMIT = 50

export const ordersListCommand = defineCommand({
  arguments: [],
  options: {
    word: { type: 'choice', choices: ORDER_WORDS, summary: 'only orders of this state' },
    after: { type: 'text', value: 'ORDER', summary: 'begin after this order' },
    limit: {
      type: 'integer',
      value: 'N',
      min: 1,
      max: 10_000,
      summary: `at most so many; default: ${DEFAULT_LIMIT}`,
    },
  },
  formats: ['pretty', 'json', 'ndjson'],
  readsConfig: true,
  examples: [
    ['orders list', 'the first orders, in the order of their ids'],
    ['orders list --word partlyRefunded --json', 'one state, for programs'],
  ],
  async run({ options, format, out, talk, ...context }) {
    await using desk = await openDesk(context)
    const { word, after, limit = DEFAULT_LIMIT } = options
    const orders = await desk.reader.orders({
      limit,
      ...(word === undefined ? {} : { word }),
      ...(after === undefined ? {} : { after }),
    })
    const last = orders.length === limit ? orders.at(-1)?.orderId : undefined
    if (format === 'json') out.data({ orders, nextAfter: last ?? null })
    else if (format === 'ndjson') for (const order of orders) out.data(order)
    else {
      writeTable(
        out,
        ['ORDER', 'STATE', 'CURRENCY', 'ON ITS WAY'],
        orders.map((order) => [
          order.orderId,
          order.word,
          order.currency,
          order.hasOpenCommand ? 'yes' : '',
        ]),
      )
      if (orders.length === 0) talk.line('no orders')
      if (last !== undefined) talk.line(`more with \`--after ${last}\``)
    }
    return EXIT.fine
  },
})
