/** `postdelivery work dismiss`: closes work that nothing else closes. */
import { readReason } from '../staff.ts'
import { isSelfClosing } from '../switches.ts'
import { defineCommand } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { openDesk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { findWork } from './find-work.ts'
import { printable } from './output.ts'
import { runStaffAction, STAFF_OPTIONS, type StaffAction } from './staff-action.ts'

export const workDismissCommand = defineCommand({
  arguments: [{ name: 'ID', summary: 'as `work` shows it' }],
  options: STAFF_OPTIONS,
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    [
      "work dismiss review:wms-881:0 --by anna --why 'it is not broken' --execute",
      'a question that a rule asked',
    ],
  ],
  notes: ['Work that ends with its cause, such as a stuck command, cannot be dismissed.'],
  async run({ arguments: [id = ''], options, ...context }) {
    await using desk = await openDesk(context)
    const { by, why } = readReason({ by: options.by, why: options.why })
    const work = await findWork(desk, id)
    if (isSelfClosing(work.kind)) {
      const message = `work of the kind \`${work.kind}\` ends with its cause and cannot be dismissed`
      throw new CommandError(EXIT.conflict, message, { hint: work.next })
    }
    const at = desk.clock.now()
    const action: StaffAction = {
      lines: [
        `work      ${printable(work.id)} (${work.kind})`,
        `what      ${printable(work.what)}`,
        `closed by ${printable(by)}: ${printable(why)}`,
      ],
      facts: { work, by, why },
      async write(inbox) {
        if (await inbox.closeWork(work.id, by, why, at)) return
        throw new CommandError(EXIT.conflict, 'somebody else has closed it meanwhile')
      },
    }
    return await runStaffAction(context, desk, { action, execute: options.execute })
  },
})
