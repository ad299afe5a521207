/** Reads a story that was kept in a file. */
import { readFileSync } from 'node:fs'
import type { History } from '../world/history.ts'

/**
 * Reads a story by its path.
 *
 * Returns: null for what is no file but a seed. Throws: `Error` that names the file and what is wrong with it.
 */
export function readStory(path: string): History | null {
  if (!path.endsWith('.json')) return null
  let data: unknown
  try {
    data = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`\`${path}\` cannot be read: ${why}`)
  }
  const history = (data as { readonly history?: Partial<History> } | null)?.history
  if (!Array.isArray(history?.steps) || !Array.isArray(history.orders))
    throw new Error(`\`${path}\` holds no story: it has no \`history\` with steps and orders`)
  // A story of ours; whatever else is wrong with it shows when it is told.
  return history as History
}
