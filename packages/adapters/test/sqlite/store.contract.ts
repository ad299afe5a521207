/** What every store promises to the engine. Each kind of store runs it from a test file of its own. */
import type { RuntimeStore, StoreReader } from '@postdelivery/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anEvent } from './builders.ts'
import { describeCommands } from './store.commands.ts'
import { describeCommits } from './store.commits.ts'
import { describeDue } from './store.due.ts'
import { describeInbox } from './store.inbox.ts'
import { describePeople } from './store.people.ts'

export type AnyStore = RuntimeStore & StoreReader

/** Runs the contract for one kind of store; `create` opens an empty one, the suite closes it. */
export function describeStore(name: string, create: () => Promise<AnyStore>): void {
  describe(name, () => {
    let store: AnyStore
    const opened = (): AnyStore => store
    beforeEach(async () => {
      store = await create()
    })
    afterEach(() => store.close())

    describe('the inbox', () => describeInbox(opened))
    describe('what is due', () => describeDue(opened))
    describe('a commit', () => describeCommits(opened))
    describe('commands and claims', () => describeCommands(opened))
    describe('work, notices, stops and rule sets', () => describePeople(opened))

    it('writes what is queued before it closes, refuses everything afterwards, and closes twice', async () => {
      const queued = store.accept(anEvent())
      await store.close()

      expect(await queued).toEqual({ type: 'accepted' })
      await expect(store.accept(anEvent())).rejects.toMatchObject({ code: 'store_closed' })
      await expect(store.order('order-1')).rejects.toMatchObject({ code: 'store_closed' })
      await store.close()
    })
  })
}
