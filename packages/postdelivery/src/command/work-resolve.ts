/** `postdelivery work resolve`: a person has found out what became of a stuck or paused command. */
import { makeResolution } from '../staff.ts'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { commandFactLines } from './command-facts.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { eventAction, runStaffAction, STAFF_OPTIONS } from './staff-action.ts'
import { findCommandFacts, ID_ARGUMENT, ORDER_OPTION, staffPortsOf } from './staff-ports.ts'

const HOW = {
  happened: { how: 'happened', says: 'it counts as done; nothing is sent' },
  'did-not-happen': { how: 'did_not_happen', says: 'it is dropped; nothing is sent' },
  'try-as-new': {
    how: 'try_as_new',
    says: 'it is sent again under a new key: money moves twice if it did happen',
  },
} as const

export const workResolveCommand = defineCommand({
  arguments: [ID_ARGUMENT],
  options: {
    outcome: {
      type: 'choice',
      choices: ['happened', 'did-not-happen', 'try-as-new'],
      isRequired: true,
      summary: 'what you found at Klarna',
    },
    ...STAFF_OPTIONS,
    generation: {
      type: 'integer',
      value: 'N',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      summary: 'the generation of the command as you have seen it; needed with --execute',
    },
    ...ORDER_OPTION,
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      "work resolve stuck:7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11 --outcome happened --by anna --why 'refund is in the portal'",
      'show what is resolved; nothing is recorded',
    ],
    [
      "work resolve stuck:7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11 --outcome happened --by anna --why 'refund is in the portal' --generation 0 --execute",
      'after looking it up at Klarna',
    ],
  ],
  notes: [
    '`try-as-new` is for what surely did not happen: it makes a new key, which Klarna takes for a new request.',
    'Each new key is a generation, counted from 0. What was found out about one counts for no other (exit code 4).',
  ],
  async run({ arguments: [id = ''], options, ...context }) {
    await using desk = await openDesk(context)
    const { by, why, execute, outcome } = options
    const { name, facts } = await findCommandFacts(desk, id, options.order)
    const { how, says } = HOW[outcome]
    const { generation, attemptCount } = facts.command
    requireGeneration(options, generation)
    const resolution = { by, why, how, generation }
    const event = await makeResolution(staffPortsOf(desk), name, resolution)
    const lines = [
      ...commandFactLines(facts),
      `sent      generation ${generation}, attempts: ${attemptCount}`,
      `outcome   ${outcome}: ${says}`,
    ]
    const mustSay = options.generation === undefined ? ['--generation', `${generation}`] : []
    const action = eventAction(desk, event, { lines, facts: { ...facts, outcome }, mustSay })
    return await runStaffAction(context, desk, { action, execute })
  },
})

/** What was found out about one key says nothing of a later one. */
function requireGeneration(
  {
    generation: said,
    execute,
  }: { readonly generation: number | undefined; readonly execute: boolean },
  generation: number,
): void {
  if (said === undefined && execute) {
    throw new CommandError(EXIT.usage, 'say what you have looked at with `--generation`', {
      hint: 'leave `--execute` out to see the command and its generation',
    })
  }
  if (said === undefined || said === generation) return
  const message = `the command is of generation ${generation} now, not of the one that you say`
  throw new CommandError(EXIT.conflict, message, {
    hint: 'look at it again, without `--generation` and `--execute`',
  })
}
