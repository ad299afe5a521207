/** Finds open work by its id, or by that of its command. */
import type { Work } from '@postdelivery/core'
import { CommandError } from './command-error.ts'
import type { Desk } from './desk.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

/** Throws: `CommandError` when nothing of this id waits. */
export async function findWork(desk: Desk, id: string): Promise<Work> {
  const work = await desk.work()
  const found = work.find((each) => each.id === id) ?? work.find((each) => each.commandId === id)
  if (found !== undefined) return found
  throw new CommandError(EXIT.findings, `nothing of the id \`${shown(id)}\` waits for a person`, {
    hint: 'see `postdelivery work`',
  })
}
