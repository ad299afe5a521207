/** Finds the command that a person means, and gives the makers of staff events what they need of a desk. */
import type { CommandName, StaffPorts } from '../staff.ts'
import type { OptionTable } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { type CommandFacts, readCommandFacts } from './command-facts.ts'
import type { Desk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

/** Names a command that no open work names. */
export const ORDER_OPTION = {
  order: {
    type: 'text',
    value: 'ORDER',
    summary: 'the order of the command, when no open work names it',
  },
} as const satisfies OptionTable

export const ID_ARGUMENT = {
  name: 'ID',
  summary: 'of the work, as `work` shows it, or of its command',
}

export const staffPortsOf = (desk: Desk): StaffPorts => ({
  store: desk.reader,
  clock: desk.clock,
  work: () => desk.work(),
})

/** Finds a command by the id of its work or its own. Throws: `CommandError` when nothing of this id waits. */
export async function findCommandFacts(
  desk: Desk,
  id: string,
  orderId: string | undefined,
): Promise<{ readonly name: Exclude<CommandName, string>; readonly facts: CommandFacts }> {
  const work = orderId === undefined ? await desk.work() : []
  const found = work.find(
    (each) => each.commandId !== undefined && (each.id === id || each.commandId === id),
  )
  const name =
    orderId === undefined
      ? found && { orderId: found.orderId, commandId: found.commandId ?? '' }
      : { orderId, commandId: id }
  const facts =
    name === undefined ? null : await readCommandFacts(desk, name.orderId, name.commandId)
  if (name !== undefined && facts !== null) return { name, facts }
  const message = `no command of the id \`${shown(id)}\` waits for a person`
  throw new CommandError(EXIT.findings, message, {
    hint: 'see `postdelivery work`; a command that nobody waits for is named with `--order`',
  })
}
