/** The process that hostile texts are tried in: it may read the repository and nothing else. */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tryHostileTexts } from './try-texts.ts'

const [fileCount = '1000', seed = '1'] = process.argv.slice(2)
const guards = [
  await isGuarded(() => writeFileSync(new URL('written', import.meta.url), '')),
  await isGuarded(tryToConnect),
]
const run = await tryHostileTexts(Number(fileCount), Number(seed))
const faults = guards.every(Boolean)
  ? run.faults
  : ['the process can write or connect', ...run.faults]
process.stdout.write(`${JSON.stringify({ ...run, faults })}\n`)

/** Whether Node.js denies something; otherwise that nothing happened would prove nothing. */
async function isGuarded(access: () => unknown): Promise<boolean> {
  try {
    await access()
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ERR_ACCESS_DENIED'
  }
}

function tryToConnect(): Promise<void> {
  return new Promise((done, fail) => {
    connect({ host: '127.0.0.1', port: 9 })
      .once('error', fail)
      .once('connect', () => done())
  })
}
