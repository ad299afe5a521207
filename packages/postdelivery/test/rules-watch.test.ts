/** Rules while the engine runs: good changes come into force, bad ones never do. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PostDelivery, type RulesSource, rulesFrom } from 'postdelivery'
import { describe, expect, test, vi } from 'vitest'
import {
  DUE_ON,
  damagedReturn,
  MORE_TIME,
  openScene,
  PAY_BACK,
  ruleSet,
  type Scene,
} from './setup.ts'

async function openWatching(scene: Scene) {
  const folder = join(scene.folder, 'rules')
  await mkdir(folder)
  const file = join(folder, 'returns.rules.json')
  await writeFile(file, ruleSet([MORE_TIME]))
  const rules = rulesFrom(folder, { watch: true, watchMs: 20 })
  return { folder, file, postDelivery: await scene.open({ rules }) }
}

const versionsOf = async (postDelivery: PostDelivery): Promise<readonly string[]> =>
  (await postDelivery.health()).ruleSets.map(({ version }) => version)

const refusedCodes = async (postDelivery: PostDelivery): Promise<readonly string[]> =>
  ((await postDelivery.health()).rulesRefused?.issues ?? []).map(({ code }) => code)

describe('a changed file', () => {
  test('comes into force when it is good, and decides what comes after it', async () => {
    await using scene = await openScene()
    const { file, postDelivery } = await openWatching(scene)
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })
    const inspected = damagedReturn(scene, { id: 'i-1', type: 'return.inspected' })
    const before = await (await postDelivery.submit(inspected)).decision

    await writeFile(file, ruleSet([MORE_TIME, PAY_BACK], { version: '2' }))
    await vi.waitFor(async () => expect(await versionsOf(postDelivery)).toEqual(['2']))
    const after = damagedReturn(scene, { id: 'i-2', type: 'return.inspected', returnId: 'R-882' })
    const decision = await (await postDelivery.submit(after)).decision

    expect(before.actions).toEqual([])
    expect(decision).toMatchObject({ ruleSets: [{ version: '2' }], actions: [{ type: 'refund' }] })
    expect(scene.events.filter(({ name }) => name === 'rules_loaded')).toMatchObject([
      { attributes: { ruleSet: 'returns', version: '1' } },
      { attributes: { ruleSet: 'returns', version: '2' } },
    ])
  })

  test('is refused when it is bad, the last good set decides on, and telemetry names the issues', async () => {
    await using scene = await openScene()
    const { file, postDelivery } = await openWatching(scene)
    await postDelivery.track(scene.orderId, { dueOn: DUE_ON })

    const bad = {
      ...MORE_TIME,
      conditions: { all: [{ fact: 'return.raeson', operator: 'equal', value: 'x' }] },
    }
    await writeFile(file, ruleSet([bad], { version: '2' }))
    await vi.waitFor(async () => expect(await refusedCodes(postDelivery)).toEqual(['unknown_fact']))
    const decision = await (await postDelivery.submit(damagedReturn(scene))).decision

    expect(await versionsOf(postDelivery)).toEqual(['1'])
    expect(decision).toMatchObject({
      ruleSets: [{ version: '1' }],
      actions: [{ outcome: 'queued' }],
    })
    const refused = scene.events.find(({ name }) => name === 'rules_refused')
    expect(refused).toMatchObject({
      level: 'error',
      attributes: {
        issueCount: 1,
        code: 'unknown_fact',
        file: 'returns.rules.json',
        path: '/rules/0/conditions/all/0/fact',
      },
    })
    expect(refused?.attributes?.['issues']).toContain(
      'returns.rules.json#/rules/0/conditions/all/0/fact unknown_fact',
    )
  })

  test('is refused under a version that stands for another content, and taken under a new one', async () => {
    await using scene = await openScene()
    const { file, postDelivery } = await openWatching(scene)

    await writeFile(file, ruleSet([PAY_BACK]))
    await vi.waitFor(async () =>
      expect(await refusedCodes(postDelivery)).toEqual(['version_reused']),
    )
    const held = await versionsOf(postDelivery)
    await writeFile(file, ruleSet([PAY_BACK], { version: '2' }))
    await vi.waitFor(async () => expect(await versionsOf(postDelivery)).toEqual(['2']))

    expect(held).toEqual(['1'])
    expect((await postDelivery.health()).rulesRefused).toBe(null)
  })

  test('that goes away, or a folder that does, leaves the last good set in force', async () => {
    await using scene = await openScene()
    const { folder, file, postDelivery } = await openWatching(scene)

    await rm(file)
    await vi.waitFor(async () => expect(await refusedCodes(postDelivery)).toEqual(['no_files']))
    await rm(folder, { recursive: true })
    await vi.waitFor(async () => expect(await refusedCodes(postDelivery)).toEqual(['unreadable']))
    // A deploy puts another folder in its place.
    await mkdir(`${folder}.next`)
    await writeFile(
      join(`${folder}.next`, 'returns.rules.json'),
      ruleSet([PAY_BACK], { version: '3' }),
    )
    const held = await versionsOf(postDelivery)
    await rename(`${folder}.next`, folder)
    await vi.waitFor(async () => expect(await versionsOf(postDelivery)).toEqual(['3']))

    expect(held).toEqual(['1'])
  })

  test('is not looked at any more after `close`', async () => {
    await using scene = await openScene()
    const { file, postDelivery } = await openWatching(scene)
    await postDelivery.close()
    const heard = scene.events.length

    await writeFile(file, ruleSet([PAY_BACK], { version: '2' }))
    await new Promise((resolve) => setTimeout(resolve, 120))

    expect(scene.events).toHaveLength(heard)
    expect(await versionsOf(postDelivery)).toEqual(['1'])
  })

  test('says what is worth a look in the rules in force, and no more after they changed', async () => {
    await using scene = await openScene()
    const { file, postDelivery } = await openWatching(scene)
    const { limits: _, ...unlimited } = PAY_BACK
    await writeFile(file, ruleSet([unlimited], { version: '2' }))
    await vi.waitFor(async () => expect(await versionsOf(postDelivery)).toEqual(['2']))
    const { rulesWarnings } = await postDelivery.health()
    await writeFile(file, ruleSet([PAY_BACK], { version: '3' }))
    await vi.waitFor(async () => expect(await versionsOf(postDelivery)).toEqual(['3']))

    expect(rulesWarnings).toMatchObject([
      { file: 'returns.rules.json', code: 'no_limits', path: '/rules/0/limits' },
    ])
    expect((await postDelivery.health()).rulesWarnings).toEqual([])
  })
})

describe('a source that says how it changes', () => {
  const text = ruleSet([MORE_TIME])
  const files = [{ file: 'returns.rules.json', text }]

  test('is read when it has stopped changing, and once', async () => {
    await using scene = await openScene()
    const looks: number[] = []
    const readsAfter: number[] = []
    const rules: RulesSource = {
      watchMs: 20,
      look: async () => {
        looks.push(looks.length)
        // Changes with each of the first five looks.
        return String(Math.min(looks.length, 5))
      },
      read: async () => {
        readsAfter.push(looks.length)
        return { ok: true, files }
      },
    }
    await scene.open({ rules })

    await vi.waitFor(() => expect(looks.length).toBeGreaterThan(8))

    // The first is the start's.
    expect(readsAfter).toEqual([0, 6])
  })

  test('is not looked at again when it is closed during a look, and `close` waits for that look', async () => {
    await using scene = await openScene()
    let lookCount = 0
    let answer = (_: string): void => {}
    const rules: RulesSource = {
      watchMs: 20,
      look: () => {
        lookCount += 1
        return new Promise((resolve) => {
          answer = resolve
        })
      },
      read: async () => ({ ok: true, files }),
    }
    const postDelivery = await scene.open({ rules })
    await vi.waitFor(() => expect(lookCount).toBe(1))

    let isClosed = false
    const closing = postDelivery.close().then(() => {
      isClosed = true
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    const wasClosed = isClosed
    answer('x')
    await closing
    await new Promise((resolve) => setTimeout(resolve, 80))

    expect(wasClosed).toBe(false)
    expect(lookCount).toBe(1)
  })

  test('that fails to be kept is tried again, and telemetry hears of it', async () => {
    await using scene = await openScene()
    let version = 1
    let isFailing = false
    const { store } = scene.config
    const rules: RulesSource = {
      watchMs: 20,
      look: async () => String(version),
      read: async () => ({
        ok: true,
        files: [{ file: 'a.rules.json', text: ruleSet([MORE_TIME], { version: String(version) }) }],
      }),
    }
    const failing = {
      open: async () => {
        const opened = await store.open()
        const saveRuleSet: typeof opened.saveRuleSet = (...given) =>
          isFailing ? Promise.reject(new RangeError('no disk')) : opened.saveRuleSet(...given)
        return { ...opened, saveRuleSet }
      },
    }
    const postDelivery = await scene.open({ rules, store: failing })
    isFailing = true
    version = 2
    const alarm = { name: 'alarm', attributes: { code: 'rules_not_reloaded', error: 'RangeError' } }
    await vi.waitFor(() => expect(scene.events).toContainEqual(expect.objectContaining(alarm)))
    const held = await versionsOf(postDelivery)

    isFailing = false
    await vi.waitFor(async () => expect(await versionsOf(postDelivery)).toEqual(['2']))

    expect(held).toEqual(['1'])
  })
})
