/** The configuration file that the backend and the command line share. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError, createPostDelivery, loadConfig } from 'postdelivery'
import { expect, test } from 'vitest'
import { openScene, PAY_BACK, ruleSet, writeIn } from './setup.ts'

test('imports a typed file whose default export starts an engine', async () => {
  await using scene = await openScene()
  const main = fileURLToPath(import.meta.resolve('postdelivery'))
  const store = fileURLToPath(import.meta.resolve('postdelivery/sqlite'))
  await mkdir(join(scene.folder, 'rules'))
  await writeIn(join(scene.folder, 'rules'), 'returns.rules.json', ruleSet([PAY_BACK]))
  const { limits, approval } = scene.config
  const path = await writeIn(
    scene.folder,
    'postdelivery.config.ts',
    `
import { definePostDeliveryConfig, rulesFrom } from ${JSON.stringify(main)}
import { sqlite } from ${JSON.stringify(store)}

const folder: string = import.meta.dirname
export default definePostDeliveryConfig({
  klarna: {
    baseUrl: ${JSON.stringify(scene.twin.url)},
    credentials: () => (${JSON.stringify({ username: scene.twin.username, password: scene.twin.password })}),
  },
  store: sqlite(\`\${folder}/orders.db\`),
  rules: rulesFrom(\`\${folder}/rules\`),
  timeZone: 'Europe/Stockholm',
  limits: ${JSON.stringify(limits)},
  approval: ${JSON.stringify(approval)},
})
`,
  )

  const config = await loadConfig(path)
  await using postDelivery = await createPostDelivery(config)
  await (await postDelivery.track(scene.orderId)).decision

  expect(await postDelivery.order(scene.orderId)).toMatchObject({ word: 'captured' })
})

test.for([
  ['is not there', null, 'not_loaded'],
  ['does not parse', 'export default {', 'not_loaded'],
  ['throws', 'throw new Error("no vault")', 'not_loaded'],
  ['exports no configuration', 'export const config = {}', 'no_default_export'],
  ['exports something else', 'export default 3', 'no_default_export'],
] as const)('refuses a file that %s', async ([, text, code]) => {
  await using scene = await openScene()
  const path = join(scene.folder, 'wrong.config.mjs')
  if (text !== null) await writeIn(scene.folder, 'wrong.config.mjs', text)

  const error = await loadConfig(path).catch((caught: unknown) => caught)

  expect(error).toBeInstanceOf(ConfigError)
  expect(error).toMatchObject({ problems: [{ code, message: expect.stringContaining(path) }] })
})
