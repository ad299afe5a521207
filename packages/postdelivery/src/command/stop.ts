/** `postdelivery stop`: lets nothing of a scope be sent from now on; or shows what is stopped. */
import type { Stop } from '@postdelivery/core'
import { didYouMean, validateRuleSets } from '@postdelivery/rules'
import { readReason } from '../staff.ts'
import { checkScope } from '../switches.ts'
import { type CommandContext, defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { type Desk, openDesk } from './desk.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { printable } from './output.ts'
import { runStaffAction, STAFF_OPTIONS, type StaffAction } from './staff-action.ts'
import { writeTable } from './write-table.ts'

export const stopCommand = defineCommand({
  arguments: [
    {
      name: 'SCOPE',
      summary: '`everything`, `action:refund`, `rule:{set}/{rule}`; left out: what is stopped now',
      count: 'optional',
      completes: [
        'everything',
        'action:refund',
        'action:extendDueDate',
        'action:releaseAuthorization',
      ],
    },
  ],
  options: {
    by: { type: 'text', value: 'NAME', summary: STAFF_OPTIONS.by.summary },
    why: { type: 'text', value: 'TEXT', summary: STAFF_OPTIONS.why.summary },
    execute: STAFF_OPTIONS.execute,
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['stop', 'what is stopped now'],
    ["stop everything --by anna --why 'wrong rule' --execute", 'nothing is sent any more'],
    ["stop 'rule:returns/Damaged goods' --by anna --why 'too generous' --execute", 'one rule'],
  ],
  notes: [
    'Repeats are held as well; reads go on. What is stopped stays queued: `resume` lets it go.',
  ],
  async run({ arguments: [scope], options, ...context }) {
    await using desk = await openDesk(context)
    if (scope === undefined) return showStops(context, await desk.reader.stops())
    checkScope(scope)
    const { by, why } = readReason(requireReason(options))
    const stop: Stop = { scope, by, why, at: desk.clock.now() }
    const replaced = (await desk.reader.stops()).find((each) => each.scope === scope)
    const action: StaffAction = {
      lines: [
        `stop      ${printable(scope)}`,
        `by        ${printable(by)}: ${printable(why)}`,
        ...(replaced === undefined ? [] : [replacedLine(replaced)]),
      ],
      facts: { stop, ...(replaced === undefined ? {} : { replaced }) },
      write: (inbox) => inbox.setStop(stop),
    }
    // Order matters: a stop is written first, whatever is wrong with the rule files.
    const code = await runStaffAction(context, desk, { action, execute: options.execute })
    for (const line of await unknownRuleLines(desk, scope)) context.talk.line(line)
    return code
  },
})

/** A rule may be stopped that the files no longer have: its commands are on their way. A misspelt one stops nothing. */
async function unknownRuleLines(
  { config, vocabulary }: Desk,
  scope: string,
): Promise<readonly string[]> {
  if (!scope.startsWith('rule:')) return []
  const read = await config.rules.read()
  if (!read.ok) return []
  const check = validateRuleSets(read.files, vocabulary)
  if (!check.ok) return []
  const known = check.ruleSets.flatMap((ruleSet) =>
    ruleSet.rules.map(({ name }) => `rule:${ruleSet.name}/${name}`),
  )
  if (known.includes(scope)) return []
  const hint = didYouMean(scope, known)
  return [
    `note: no rule of the files is \`${printable(scope)}\`${hint === undefined ? '' : `; ${hint}`}`,
  ]
}

/** Whoever ends the stop must not take the newer reason for the only one. */
const replacedLine = ({ at, by, why }: Stop): string =>
  `replaces  the stop since ${at} by ${printable(by)}: ${printable(why)}`

function requireReason({
  by,
  why,
}: {
  readonly by: string | undefined
  readonly why: string | undefined
}) {
  if (by !== undefined && why !== undefined) return { by, why }
  throw new CommandError(EXIT.usage, 'a stop is recorded with `--by` and `--why`')
}

function showStops(
  { format, out, talk }: Pick<CommandContext, 'format' | 'out' | 'talk'>,
  stops: readonly Stop[],
): ExitCode {
  if (format === 'json') out.data({ stops })
  else if (stops.length === 0) talk.line('nothing is stopped')
  else
    writeTable(
      out,
      ['STOPPED', 'SINCE', 'BY', 'WHY'],
      stops.map(({ scope, at, by, why }) => [scope, at, by, why]),
    )
  return EXIT.fine
}
