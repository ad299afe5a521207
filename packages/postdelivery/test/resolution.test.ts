/** What people find out is bound to the key that they looked at: nobody's old finding sends a third time. */
import type { Decision, PostDelivery, Resolution } from 'postdelivery'
import { describe, expect, test } from 'vitest'
import { DUE_ON, damagedReturn, openScene, type Scene } from './setup.ts'

/** Klarna answers extensions with a code that nobody documented. */
const STRANGE = {
  kind: 'error',
  operation: 'extendDueDate',
  status: 403,
  code: 'SOMETHING_NEW',
} as const

/** An engine with a due-date extension that is stuck, and how people speak about it. */
async function openStuck(scene: Scene) {
  const postDelivery = await scene.open()
  await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
  scene.twin.setFaults([STRANGE])
  await (await postDelivery.submit(damagedReturn(scene))).settled
  const { commandId } = await look(postDelivery, scene)
  const name = { orderId: scene.orderId, commandId }
  const say = async (resolution: Resolution) => {
    const { accepted, decision } = await postDelivery.resolve(name, resolution)
    return { accepted, code: codeOf(await decision) }
  }
  return { postDelivery, say }
}

const codeOf = ({ refusal }: Decision): string => refusal?.code ?? 'counted'

async function look(postDelivery: PostDelivery, scene: Scene) {
  const [command] = (await postDelivery.order(scene.orderId))?.commands ?? []
  if (command === undefined) throw new Error('no command')
  return command
}

const keysOf = ({ twin }: Scene) =>
  new Set(
    twin.requests
      .filter(({ method, path }) => method !== 'GET' && path.includes('due-date'))
      .map(({ idempotencyKey }) => idempotencyKey),
  )

const anna = { by: 'anna', why: 'not in the portal', how: 'try_as_new' } as const
const ben = { ...anna, by: 'ben' }

describe('two people who look at the same stuck command', () => {
  test('have it sent anew once: what the second saw says nothing of the new key', async () => {
    await using scene = await openScene()
    const { postDelivery, say } = await openStuck(scene)
    const { generation } = await look(postDelivery, scene)

    scene.twin.setFaults([STRANGE])
    const first = await say({ ...anna, generation })
    await postDelivery.idle()
    const between = await look(postDelivery, scene)
    const second = await say({ ...ben, generation })
    await postDelivery.idle()

    expect(generation).toBe(0)
    expect(first).toEqual({ accepted: 'accepted', code: 'counted' })
    expect(between).toMatchObject({ phase: 'stuck', generation: 1 })
    expect(second).toEqual({ accepted: 'accepted', code: 'resolution_not_bound' })
    expect(await look(postDelivery, scene)).toMatchObject({ phase: 'stuck', generation: 1 })
    expect(keysOf(scene).size).toBe(2)
  })

  test('who looked again is heard, with the same words as before', async () => {
    await using scene = await openScene()
    const { postDelivery, say } = await openStuck(scene)

    scene.twin.setFaults([STRANGE])
    const first = await say({ ...anna, generation: 0 })
    await postDelivery.idle()
    const repeated = await say({ ...anna, generation: 0 })
    const early = await say({ ...ben, generation: 2 })
    const again = await say({ ...anna, generation: 1 })
    await postDelivery.idle()

    expect([first, repeated, early, again]).toEqual([
      { accepted: 'accepted', code: 'counted' },
      { accepted: 'repeated', code: 'counted' },
      { accepted: 'accepted', code: 'resolution_not_bound' },
      { accepted: 'accepted', code: 'counted' },
    ])
    expect(await look(postDelivery, scene)).toMatchObject({ phase: 'confirmed', generation: 2 })
    expect(keysOf(scene).size).toBe(3)
  })

  test('who spoke too early is heard when the command is stuck after all', async () => {
    await using scene = await openScene()
    const { postDelivery, say } = await openStuck(scene)

    scene.twin.setFaults([STRANGE])
    const early = await say({ ...ben, generation: 1 })
    await say({ ...anna, generation: 0 })
    await postDelivery.idle()
    const inTime = await say({ ...ben, generation: 1 })

    expect([early.code, inTime.code]).toEqual(['resolution_not_bound', 'counted'])
  })

  test('who names no generation is heard as before', async () => {
    await using scene = await openScene()
    const { say } = await openStuck(scene)

    expect(await say(anna)).toEqual({ accepted: 'accepted', code: 'counted' })
  })

  test('a generation is a whole number from 0', async () => {
    await using scene = await openScene()
    const { say } = await openStuck(scene)

    for (const generation of [-1, 0.5])
      await expect(say({ ...anna, generation })).rejects.toMatchObject({ code: 'input_invalid' })
  })
})
