/** A process that has closed everything ends by itself: no timer, no socket and no file keeps it alive. */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { DUE_ON, openScene, PAY_BACK, ruleSet, writeIn } from './setup.ts'

test('after `close`, also with watched rules and an approval that is waited for', async () => {
  await using scene = await openScene()
  await mkdir(join(scene.folder, 'rules'))
  await writeIn(join(scene.folder, 'rules'), 'returns.rules.json', ruleSet([PAY_BACK]))
  const { limits, approval } = scene.config
  const settings = { limits, approval: { ...approval, refundAboveMinor: { SEK: 0 } } }
  const script = await writeIn(
    scene.folder,
    'short.mts',
    `
import { createPostDelivery, rulesFrom } from ${JSON.stringify(import.meta.resolve('postdelivery'))}
import { sqlite } from ${JSON.stringify(import.meta.resolve('postdelivery/sqlite'))}

const postDelivery = await createPostDelivery({
  klarna: {
    baseUrl: ${JSON.stringify(scene.twin.url)},
    credentials: () => (${JSON.stringify({ username: scene.twin.username, password: scene.twin.password })}),
  },
  store: sqlite(${JSON.stringify(join(scene.folder, 'orders.db'))}),
  rules: rulesFrom(${JSON.stringify(join(scene.folder, 'rules'))}, { watch: true }),
  timeZone: 'Europe/Stockholm',
  ...${JSON.stringify(settings)},
})
await postDelivery.track(${JSON.stringify(scene.orderId)}, { dueOn: ${JSON.stringify(DUE_ON)} })
const receipt = await postDelivery.submit({
  id: 'e-1', type: 'return.inspected', orderId: ${JSON.stringify(scene.orderId)}, at: new Date().toISOString(),
  returnId: 'R', reason: 'damaged', lines: [{ reference: '123050', quantity: 5 }],
})
const { commands } = await receipt.settled
await postDelivery.close()
console.log(commands[0]?.state)
`,
  )

  const startedMs = performance.now()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script],
    { timeout: 20_000 },
  )

  expect(stdout.trim()).toBe('awaitingApproval')
  expect(performance.now() - startedMs).toBeLessThan(10_000)
}, 30_000)
