/** `postdelivery approve`: one person agrees to exactly what they have seen. */
import { makeApproval } from '../staff.ts'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { commandFactLines } from './command-facts.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { eventAction, runStaffAction, STAFF_OPTIONS } from './staff-action.ts'
import { findCommandFacts, ID_ARGUMENT, ORDER_OPTION, staffPortsOf } from './staff-ports.ts'

/** A shorter beginning of a hash could be met by chance. */
const HASH_MIN_LENGTH = 12

export const approveCommand = defineCommand({
  arguments: [ID_ARGUMENT],
  options: {
    ...STAFF_OPTIONS,
    hash: {
      type: 'text',
      value: 'HASH',
      summary: `the hash of what you have seen, or its first ${HASH_MIN_LENGTH} characters or more; needed with --execute`,
    },
    ...ORDER_OPTION,
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      "approve 7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11 --by anna --why 'seen the pictures'",
      'show amount, fee, rule and request; nothing is recorded',
    ],
    [
      "approve 7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11 --by anna --why 'seen the pictures' --hash 3fa9c1d2e4b5 --execute",
      'agree to exactly that',
    ],
  ],
  notes: [
    'Who asked for the command and who published its rule cannot agree to it; then it is refused (exit code 4).',
    'When the engine runs, its answer is waited for; else it counts as soon as the engine starts.',
  ],
  async run({ arguments: [id = ''], options, ...context }) {
    await using desk = await openDesk(context)
    const { by, why, execute } = options
    const { name, facts } = await findCommandFacts(desk, id, options.order)
    const hash = facts.command.approvalHash
    if (execute) requireHash(options.hash, hash)
    const event = await makeApproval(staffPortsOf(desk), name, { by, why, hash })
    const said = options.hash === undefined ? ['--hash', hash.slice(0, HASH_MIN_LENGTH)] : []
    const shown = { lines: commandFactLines(facts), facts: { ...facts }, mustSay: said }
    const action = eventAction(desk, event, shown)
    return await runStaffAction(context, desk, { action, execute })
  },
})

/** Nobody agrees to what they have not seen. */
function requireHash(said: string | undefined, hash: string): void {
  if (said === undefined) {
    throw new CommandError(EXIT.usage, 'say to what you agree with `--hash`', {
      hint: 'leave `--execute` out to see the command and its hash',
    })
  }
  if (said.length < HASH_MIN_LENGTH)
    throw new CommandError(EXIT.usage, `\`--hash\` is at least ${HASH_MIN_LENGTH} characters`)
  if (hash.startsWith(said)) return
  throw new CommandError(EXIT.conflict, 'the command has another hash than the one that you say', {
    hint: 'look at it again without `--execute`',
  })
}
