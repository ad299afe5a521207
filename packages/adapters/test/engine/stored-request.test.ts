import { prepareRequest, requestHash } from '@postdelivery/adapters/klarna'
import type { EnginePorts, StoredRequest } from '@postdelivery/core'
import { expect, test } from 'vitest'
import { ACTIONS, SECOND_MS } from './builders.ts'
import { aDecided, recoverAll } from './rig.ts'
import { vanished } from './scripted-klarna.ts'

/** A store whose requests are, from `swap` on, other ones that match their own hash: only who decided can tell. */
function swapping(): { swap(): void; wrap(ports: EnginePorts): EnginePorts } {
  let isSwapped = false
  const swapped = (request: StoredRequest): StoredRequest => {
    const body = JSON.stringify({ refunded_amount: 6000 })
    return { ...request, body, hash: requestHash({ ...request, body }) }
  }
  return {
    swap: () => {
      isSwapped = true
    },
    wrap: (ports) => ({
      ...ports,
      store: {
        ...ports.store,
        request: async (commandId, generation) => {
          const request = await ports.store.request(commandId, generation)
          return request !== undefined && isSwapped ? swapped(request) : request
        },
      },
    }),
  }
}

test('the bytes that were decided are stored and sent', async () => {
  const rig = await aDecided(ACTIONS.refund)
  const { body } = prepareRequest(await rig.command(), 'reference')

  await rig.run()

  expect(rig.klarna.sent.map((call) => call.body)).toEqual([body])
})

test('other bytes than were decided are not sent', async () => {
  const { swap, wrap } = swapping()
  const rig = await aDecided(ACTIONS.refund, { wrap })
  swap()

  await expect(rig.run()).rejects.toThrow('sends the bytes that were decided')

  expect(rig.klarna.sent).toEqual([])
})

test('other bytes than were sent first are not sent under the same key', async () => {
  const { swap, wrap } = swapping()
  const rig = await aDecided(ACTIONS.refund, { wrap })
  rig.klarna.script(vanished)
  await rig.run()
  swap()
  rig.pass(10 * SECOND_MS)

  await expect(rig.run()).rejects.toThrow('sends the bytes that were decided')
  await recoverAll(rig)

  expect(rig.klarna.sent).toHaveLength(1)
  expect(await rig.attempts()).toEqual(['unknown:timeout', 'unknown:process_died'])
})
