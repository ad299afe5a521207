/** Starting: everything wrong is said at once, and nothing stays open when something is wrong. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import {
  type ConfigError,
  createPostDelivery,
  defineFact,
  isConfigError,
  type PostDeliveryConfig,
  rulesFrom,
  rulesFromText,
} from 'postdelivery'
import { openSqliteReader, sqlite } from 'postdelivery/sqlite'
import { describe, expect, test } from 'vitest'
import {
  DUE_ON,
  damagedReturn,
  limits,
  MORE_TIME,
  openScene,
  PAY_BACK,
  ruleSet,
  writeIn,
} from './setup.ts'

const failureOf = async (config: object): Promise<ConfigError> => {
  const error = await createPostDelivery(config as PostDeliveryConfig<readonly []>).then(
    async (postDelivery) => {
      await postDelivery.close()
      return 'started'
    },
    (caught: unknown) => caught,
  )
  expect(isConfigError(error), String(error)).toBe(true)
  return error as ConfigError
}

const credentials = () => ({ username: 'PK1', password: 'p' })

const pathsOf = (error: ConfigError): readonly string[] => error.problems.map(({ path }) => path)

describe('a wrong configuration', () => {
  test('lists everything at once: hosts, credentials, zone, limits, approval, facts, rules, secrets', async () => {
    await using scene = await openScene()
    const { perOrder: _, ...someLimits } = limits
    const error = await failureOf({
      klarna: { region: 'us', live: 'no', credentials: { username: 'PK1', password: 'p' } },
      store: sqlite(join(scene.folder, 'never.db')),
      rules: rulesFromText({
        'a.rules.json': ruleSet([{ ...MORE_TIME, on: ['return.recieved'] }]),
      }),
      timeZone: 'Mars/Phobos',
      limits: { ...someLimits, perCommand: { ...limits.perCommand, refundMaxMinor: { SEK: 1.5 } } },
      approval: { approvers: 3 },
      facts: [{ name: 'order.mine', type: 'text', sentence: '', nullable: true, source: 'static' }],
      observe: 'yes',
      events: { secrets: ['short'] },
      concurrency: 0,
      retries: 3,
    })

    expect(pathsOf(error)).toEqual([
      '/approval/approvers',
      '/approval/expiresAfterHours',
      '/approval/extensionFeeAboveMinor',
      '/approval/refundAboveMinor',
      '/concurrency',
      '/events/secrets/0',
      '/facts/0/name',
      '/facts/0/sentence',
      '/klarna/credentials',
      '/klarna/live',
      '/klarna/region',
      '/limits/perCommand/refundMaxMinor/SEK',
      '/limits/perOrder',
      '/observe',
      '/retries',
      '/timeZone',
      '/rules/a.rules.json#/rules/0/on/0',
    ])
    expect(error.message.split('\n')).toHaveLength(1 + error.problems.length)
    expect(error.message).toContain(
      '- /timeZone: this runtime knows no such time zone (name an IANA zone',
    )
    await expect(access(join(scene.folder, 'never.db'))).rejects.toThrow('ENOENT')
  })

  test('says what is missing of an empty one', async () => {
    const error = await failureOf({})

    expect(pathsOf(error)).toEqual([
      '/approval',
      '/klarna',
      '/limits',
      '/rules',
      '/store',
      '/timeZone',
    ])
    expect(error.problems.find(({ path }) => path === '/limits')?.hint).toBe(
      'all are required: `perCommand`, `perMerchantAndDay`, `perOrder`, `perRuleAndDay`',
    )
  })

  test.for([
    ['no object', null, ['']],
    [
      'ports without their functions',
      { telemetry: {}, notifier: 1, clock: {} },
      ['/clock', '/notifier', '/telemetry'],
    ],
    [
      'a fetch in the wrong place',
      { klarna: { baseUrl: 'https://k.example', credentials, fetch: 1 } },
      ['/klarna/fetch'],
    ],
    ['a fetch that is none', { fetch: 'x' }, ['/fetch']],
    [
      'both a region and an address',
      {
        klarna: {
          region: 'eu',
          live: false,
          baseUrl: 'https://k.example',
          credentials,
        },
      },
      ['/klarna/baseUrl'],
    ],
    [
      'an address without encryption',
      { klarna: { baseUrl: 'http://k.example', credentials } },
      ['/klarna/baseUrl'],
    ],
    [
      'deadlines that are no days',
      { deadlineDays: { due_date: [1.5] } },
      ['/deadlineDays/due_date/0'],
    ],
    ['an unknown deadline', { deadlineDays: { duedate: [1] } }, ['/deadlineDays/duedate']],
    ['no secrets in the list', { events: { secrets: [] } }, ['/events/secrets']],
    ['no list of facts', { facts: {} }, ['/facts']],
    [
      'a look too often',
      { rules: rulesFrom('.', { watch: true, watchMs: 1 }) },
      ['/rules/watchMs'],
    ],
  ] as const)('refuses %s', async ([, changes, paths]) => {
    await using scene = await openScene()
    const error = await failureOf(
      changes === null ? (null as never) : { ...scene.config, ...changes },
    )

    expect(pathsOf(error)).toEqual(paths)
    expect(await readdir(scene.folder)).toEqual([])
  })

  test('lists the issues of all rule files with file, pointer, code and hint', async () => {
    await using scene = await openScene()
    const rules = join(scene.folder)
    await writeIn(rules, 'a.rules.json', '{ "name": "a", "version": "1", "ruels": [] }')
    await writeIn(rules, 'b.rules.json', ruleSet([{ ...MORE_TIME, conditions: { all: [] } }]))
    await writeIn(rules, 'c.json', 'not looked at')

    const error = await failureOf({ ...scene.config, rules: rulesFrom(rules) })

    expect(error.problems.map(({ path, code }) => [path, code])).toEqual([
      ['/rules/a.rules.json#/ruels', 'unknown_key'],
      ['/rules/a.rules.json#/rules', 'missing'],
      ['/rules/b.rules.json#/rules/0/conditions/all', 'empty_group'],
    ])
    expect(error.problems[0]?.hint).toBe('did you mean `rules`?')
  })

  test('does not blame rules for a fact that is declared wrong, and knows the good ones', async () => {
    await using scene = await openScene()
    const good = defineFact({ name: 'shop.season', type: 'text', sentence: 'the season' })
    const rule = {
      ...MORE_TIME,
      conditions: { all: [{ fact: 'shop.season', operator: 'equal', value: 'summer' }] },
    }
    const error = await failureOf({
      ...scene.config,
      facts: [good, { ...good, name: 'Shop.Season' }],
      rules: rulesFromText({ 'a.rules.json': ruleSet([rule]) }),
    })

    expect(pathsOf(error)).toEqual(['/facts/1/name'])
  })

  test('shows no credential, wherever somebody put it', async () => {
    const secret = 'klarna_live_api_c4n4ry'
    const error = await failureOf({
      klarna: {
        region: secret,
        live: secret,
        credentials: secret,
        dialect: secret,
        timeoutMs: secret,
      },
      store: secret,
      rules: secret,
      timeZone: secret,
      limits: { perCommand: secret, perOrder: { refundMaxMinor: { SEK: secret } } },
      approval: secret,
      observe: secret,
      facts: secret,
      events: { secrets: secret },
      concurrency: secret,
    })

    expect(inspect(error, { depth: 10 }) + JSON.stringify(error)).not.toContain('c4n4ry')
  })
})

describe('the store', () => {
  test('refuses a second engine at once, says why and what to do, and lets others read', async () => {
    await using scene = await openScene()
    const postDelivery = await scene.open()
    await (await postDelivery.track(scene.orderId, { dueOn: DUE_ON })).settled

    const startedMs = performance.now()
    const error = await createPostDelivery(scene.config).catch((caught: unknown) => caught)
    const tookMs = performance.now() - startedMs
    const reader = openSqliteReader(join(scene.folder, 'orders.db'))
    const listed = await reader.orders({ limit: 10 })
    await reader.close()

    expect(error).toMatchObject({ name: 'StoreFailure', code: 'store_locked' })
    expect(String(error)).toMatch(
      /orders\.db.*another engine \(pid \d+ .*still works on this database; stop it first, or give it time/,
    )
    expect(tookMs).toBeLessThan(1_500)
    expect(listed).toMatchObject([{ orderId: scene.orderId }])
    // The first engine goes on undisturbed.
    await (await postDelivery.submit(damagedReturn(scene))).settled
    expect(scene.twin.books(scene.orderId).extensionDays).toBe(10)
  })

  test('is closed again when a version stands for another content, so that the mended start works', async () => {
    await using scene = await openScene()
    const first = await scene.open()
    await first.close()
    const changed = rulesFromText({ 'returns.rules.json': ruleSet([PAY_BACK]) })

    const error = await failureOf({ ...scene.config, rules: changed })
    const mended = rulesFromText({ 'returns.rules.json': ruleSet([PAY_BACK], { version: '2' }) })
    const second = await scene.open({ rules: mended })

    expect(error.problems).toMatchObject([
      {
        path: '/rules/returns.rules.json#/version',
        code: 'version_reused',
        hint: 'give the changed set a new version',
      },
    ])
    expect((await second.health()).ruleSets).toMatchObject([{ name: 'returns', version: '2' }])
  })

  test('is closed again when the engine cannot start', async () => {
    await using scene = await openScene()
    let closedCount = 0
    let lookCount = 0
    const { store } = scene.config
    const watched = rulesFromText({ 'returns.rules.json': ruleSet([MORE_TIME, PAY_BACK]) })
    const rules = {
      ...watched,
      watchMs: 20,
      look: () => {
        lookCount += 1
        return watched.look()
      },
    }
    const broken = {
      open: async () => {
        const opened = await store.open()
        return {
          ...opened,
          sendingOrders: () => Promise.reject(new Error('the disk is gone')),
          close: async () => {
            closedCount += 1
            await opened.close()
          },
        }
      },
    }

    await expect(createPostDelivery({ ...scene.config, rules, store: broken })).rejects.toThrow(
      'the disk is gone',
    )
    const lookedCount = lookCount
    const second = await scene.open()
    await new Promise((resolve) => setTimeout(resolve, 100))

    expect(lookCount).toBe(lookedCount)
    expect(closedCount).toBe(1)
    expect(await second.health()).toMatchObject({ status: 'running' })
  })
})
