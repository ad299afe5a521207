/** `postdelivery work resume`: the merchant's set-up works again, so a paused command goes on. */
import { makeResumption } from '../staff.ts'
import { defineCommand } from './command-definition.ts'
import { commandFactLines } from './command-facts.ts'
import { openDesk } from './desk.ts'
import { eventAction, runStaffAction, STAFF_OPTIONS } from './staff-action.ts'
import { findCommandFacts, ID_ARGUMENT, ORDER_OPTION, staffPortsOf } from './staff-ports.ts'

export const workResumeCommand = defineCommand({
  arguments: [ID_ARGUMENT],
  options: { ...STAFF_OPTIONS, ...ORDER_OPTION },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      "work resume paused:7d0f2a7e-2f5a-5d0c-9d3e-0b6a4f3d1c11 --by anna --why 'new credentials are in' --execute",
      'after the credentials or the merchant id were mended',
    ],
  ],
  async run({ arguments: [id = ''], options, ...context }) {
    await using desk = await openDesk(context)
    const { by, why, execute } = options
    const { name, facts } = await findCommandFacts(desk, id, options.order)
    const event = await makeResumption(staffPortsOf(desk), name, { by, why })
    const action = eventAction(desk, event, { lines: commandFactLines(facts), facts: { ...facts } })
    return await runStaffAction(context, desk, { action, execute })
  },
})
