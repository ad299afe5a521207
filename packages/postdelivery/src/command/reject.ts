/** `postdelivery reject`: one person says no; nothing is sent and the money is free again. */
import { makeRejection } from '../staff.ts'
import { defineCommand } from './command-definition.ts'
import { commandFactLines } from './command-facts.ts'
import { openDesk } from './desk.ts'
import { eventAction, runStaffAction, STAFF_OPTIONS } from './staff-action.ts'
import { findCommandFacts, ID_ARGUMENT, ORDER_OPTION, staffPortsOf } from './staff-ports.ts'

export const rejectCommand = defineCommand({
  arguments: [ID_ARGUMENT],
  options: { ...STAFF_OPTIONS, ...ORDER_OPTION },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      "reject 7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11 --by anna --why 'not our goods' --execute",
      'a command that waits for approval',
    ],
  ],
  notes: ['A command that was sent already is not called back; then it is refused (exit code 4).'],
  async run({ arguments: [id = ''], options, ...context }) {
    await using desk = await openDesk(context)
    const { by, why, execute } = options
    const { name, facts } = await findCommandFacts(desk, id, options.order)
    const event = await makeRejection(staffPortsOf(desk), name, { by, why })
    const action = eventAction(desk, event, { lines: commandFactLines(facts), facts: { ...facts } })
    return await runStaffAction(context, desk, { action, execute })
  },
})
