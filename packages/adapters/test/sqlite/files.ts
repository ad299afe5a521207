/** Folders for real files, removed after each test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-sqlite-'))
  folders.push(folder)
  return folder
}

/** A path in a new folder, at which there is nothing yet. */
export const aPath = (): string => join(aFolder(), 'orders.db')
