/** `postdelivery explain`: why and why not, of an order, or of rules and facts without any order. */
import { ACTION_TYPES } from '@postdelivery/core'
import { customerNote } from '@postdelivery/rules'
import { type Explanation, explainDecisions } from '../why.ts'
import { type CommandContext, defineCommand, type OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { openDesk } from './desk.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { explainRules } from './explain-rules.ts'
import { narrowExplanation, writeCustomerNote, writeExplanation } from './explanation-report.ts'
import { shown } from './parse-arguments.ts'

const OPTIONS = {
  event: { type: 'text', value: 'ID', summary: 'only the decision on this event' },
  rule: { type: 'text', value: 'NAME', summary: 'only this rule: its name, or `set/name`' },
  action: { type: 'choice', choices: ACTION_TYPES, summary: 'only rules that ask for this' },
  for: {
    type: 'choice',
    choices: ['ops', 'customer'],
    summary: 'whom it is for; `customer`: what support may say, and nothing of rules',
  },
  rules: {
    type: 'text',
    value: 'PATH',
    summary: 'explain the rules of this file or folder, without an order',
  },
  facts: {
    type: 'text',
    value: 'FILE',
    summary: 'with --rules: facts by name as JSON; `-` reads standard input',
  },
  on: { type: 'text', value: 'EVENT', summary: 'with --facts: the type of the event' },
} as const satisfies OptionTable

type ExplainContext = CommandContext<typeof OPTIONS>

export const explainCommand = defineCommand({
  arguments: [{ name: 'ORDER', summary: "Klarna's id of the order", count: 'optional' }],
  options: OPTIONS,
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['explain 0db6b66c-2085-4ee5-bd2c-12831e943dc2', 'why it was acted upon, or not'],
    ['explain 0db6b66c-2085-4ee5-bd2c-12831e943dc2 --action refund', 'why it was not refunded'],
    ['explain 0db6b66c-2085-4ee5-bd2c-12831e943dc2 --for customer', 'what support may say'],
    ['explain --rules rules', 'every rule in one sentence'],
    ['explain --rules rules --facts facts.json --on return.registered', 'what rules say to facts'],
  ],
  notes: [
    'Reads the database beside a running engine. Rules are quoted as they stood when they decided.',
    'What would have to be different changes the fewest facts, each as little as possible.',
  ],
  async run(context) {
    const { arguments: names, options } = context
    const [orderId] = names
    if (options.rules !== undefined) {
      refuse(context, ['event', 'for'], 'goes with an order, not with `--rules`')
      if (orderId !== undefined) throw usage('say an order or `--rules`, not both')
      return explainRules(context, { ...options, path: options.rules })
    }
    refuse(context, ['facts', 'on'], 'goes with `--rules`')
    if (orderId === undefined) throw usage('say which order, or `--rules PATH`')
    return explainOrder(context, orderId)
  },
})

const usage = (message: string): CommandError =>
  new CommandError(EXIT.usage, message, { hint: 'see `postdelivery explain --help`' })

function refuse(
  { options }: ExplainContext,
  names: readonly (keyof typeof OPTIONS)[],
  why: string,
): void {
  const given = names.find((name) => options[name] !== undefined)
  if (given !== undefined) throw usage(`\`--${given}\` ${why}`)
}

async function explainOrder(context: ExplainContext, orderId: string): Promise<ExitCode> {
  const { options, format, out } = context
  await using desk = await openDesk(context)
  const { order } = await desk.order(orderId)
  const all = await desk.reader.decisions(orderId)
  const decisions = all.filter(({ eventId }) => eventId === (options.event ?? eventId))
  const { vocabulary, reader, settings } = desk
  const world = { vocabulary, order, settings, now: desk.clock.now() }
  const explained = await explainDecisions(reader, decisions, world)
  const explanations = explained.flatMap((each) => narrowExplanation(each, options) ?? [])
  if (explanations.length === 0) throw nothingFound(orderId, options)
  if (options.for === 'customer') {
    const notes = customerNotes(explanations)
    if (format === 'json') out.data({ orderId, notes })
    else for (const note of notes) writeCustomerNote(out, note)
  } else if (format === 'json') out.data({ orderId, decisions: explanations })
  else for (const explanation of explanations) writeExplanation(out, explanation)
  return EXIT.fine
}

/**
 * What the customer noticed: what people and the engine said to one another is not told, nor that nothing happened beside
 * what did.
 */
function customerNotes(explanations: readonly Explanation[]) {
  const nothing = customerNote('', []).happened[0]
  const noticed = explanations.filter(
    ({ eventType, customer }) =>
      !eventType.startsWith('command.') &&
      eventType !== 'books.confirmed' &&
      customer.happened[0] !== nothing,
  )
  const told = noticed.length > 0 ? noticed : explanations.slice(-1)
  return told.map(({ eventId, decidedAt, customer }) => ({ eventId, decidedAt, ...customer }))
}

function nothingFound(orderId: string, { event, rule, action }: ExplainContext['options']) {
  const about = [
    ...(event === undefined ? [] : [`the event \`${shown(event)}\``]),
    ...(rule === undefined ? [] : [`a rule \`${shown(rule)}\``]),
    ...(action === undefined ? [] : [`the action \`${action}\``]),
  ]
  const with_ = about.length === 0 ? '' : ` that names ${about.join(' and ')}`
  return new CommandError(EXIT.findings, `the order has no decision${with_}`, {
    hint: `see \`postdelivery orders timeline ${shown(orderId)}\``,
  })
}
