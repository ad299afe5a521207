/** Runs an example by its number or name: `npx pnpm example 04`. Without one it lists them. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const [wanted] = process.argv.slice(2)
const folders = readdirSync(import.meta.dirname)
  .filter((name) => /^\d\d-/.test(name))
  .toSorted()
const folder = folders.find((name) => wanted !== undefined && name.startsWith(wanted))

if (folder === undefined) {
  console.error(`npx pnpm example NAME, with one of: ${folders.join(', ')}`)
  process.exitCode = wanted === undefined ? 0 : 2
} else {
  const main = join(import.meta.dirname, folder, 'main.ts')
  const args = ['--disable-warning=ExperimentalWarning', main]
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}
