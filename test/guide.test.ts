/** The guide for ops people is true: whoever types what it says sees what it shows. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { followGuide } from './guide.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

it('docs/ten-minutes.md shows what its commands print; `vitest run -u` writes it down', {
  timeout: 120_000,
}, async () => {
  const place = mkdtempSync(join(tmpdir(), 'postdelivery-guide-'))
  const folder = join(place, 'postdelivery')
  mkdirSync(folder)
  try {
    const path = join(root, 'docs/ten-minutes.md')
    const program = join(root, 'packages/postdelivery/src/command/main.ts')

    const followed = followGuide(readFileSync(path, 'utf8'), { folder, program })

    await expect(followed).toMatchFileSnapshot(path)
  } finally {
    rmSync(place, { recursive: true })
  }
})
