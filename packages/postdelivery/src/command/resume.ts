/** `postdelivery resume`: ends a stop; what it held is sent, within the limits. */
import { checkScope, readBy } from '../switches.ts'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { printable } from './output.ts'
import { shown } from './parse-arguments.ts'
import { runStaffAction, STAFF_OPTIONS, type StaffAction } from './staff-action.ts'

export const resumeCommand = defineCommand({
  arguments: [{ name: 'SCOPE', summary: 'as `stop` shows it' }],
  options: { by: STAFF_OPTIONS.by, execute: STAFF_OPTIONS.execute },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [['resume everything --by anna --execute', 'what was held is sent']],
  notes: ['A paused command goes on with `work resume`.'],
  async run({ arguments: [scope = ''], options, ...context }) {
    await using desk = await openDesk(context)
    checkScope(scope)
    const { by } = readBy({ by: options.by })
    const stop = (await desk.reader.stops()).find((each) => each.scope === scope)
    if (stop === undefined)
      throw new CommandError(EXIT.findings, `\`${shown(scope)}\` is not stopped`, {
        hint: 'see `postdelivery stop`',
      })
    const at = desk.clock.now()
    const action: StaffAction = {
      lines: [
        `stop      ${printable(scope)}, since ${stop.at} by ${printable(stop.by)}: ${printable(stop.why)}`,
        `ended by  ${printable(by)}`,
      ],
      facts: { stop, by },
      async write(inbox) {
        if (await inbox.clearStop(scope, by, at)) return
        throw new CommandError(EXIT.conflict, 'somebody else has ended it meanwhile')
      },
    }
    return await runStaffAction(context, desk, { action, execute: options.execute })
  },
})
