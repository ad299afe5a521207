/** Finds the configuration as people expect it, and loads it wherever it stands. */
import { existsSync, statSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import type { LoadedConfig } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'

const CONFIG_NAMES = [
  'postdelivery.config.ts',
  'postdelivery.config.mts',
  'postdelivery.config.js',
  'postdelivery.config.mjs',
] as const

/** What a project's own folder has; above it stands what belongs to others. */
const PROJECT_MARKS = ['package.json', '.git', 'pnpm-workspace.yaml'] as const

/**
 * The configuration file nearest to a file or folder, upwards to the folder of the project: the first one with a
 * `package.json`, a `.git` or a `pnpm-workspace.yaml`. Undefined when there is none. The path is absolute.
 *
 * Throws: `CommandError` for a file of another user: it is a program, and nobody named it.
 */
export function findConfig(near: string): string | undefined {
  const isFolder = statSync(near, { throwIfNoEntry: false })?.isDirectory() ?? false
  let folder = isFolder ? near : dirname(near)
  for (;;) {
    const found = findIn(folder, CONFIG_NAMES)
    if (found !== undefined) return ownFile(found)
    const above = dirname(folder)
    if (above === folder || findIn(folder, PROJECT_MARKS) !== undefined) return undefined
    folder = above
  }
}

const findIn = (folder: string, names: readonly string[]): string | undefined =>
  names.map((name) => join(folder, name)).find((path) => existsSync(path))

function ownFile(path: string): string {
  if (isOwn(statSync(path).uid, process.geteuid?.())) return path
  throw new CommandError(
    EXIT.configuration,
    `the configuration \`${path}\` belongs to another user, so it is not run`,
    { hint: 'when you trust it, name it with `--config FILE`' },
  )
}

/** Whether a file of an owner may be run by a user unasked. `userId`: undefined where files have no such owners. */
export const isOwn = (ownerId: number, userId: number | undefined): boolean =>
  userId === undefined || ownerId === userId || ownerId === ROOT_ID

const ROOT_ID = 0

/**
 * Loads a configuration file. Relative paths in it count from its own folder: the process goes there.
 *
 * A folder without `node_modules` gets this very package for its `import ... from 'postdelivery'`.
 * Throws: `ConfigError` when it cannot be imported; `CommandError` when it is not there.
 */
export async function loadConfigFile(path: string): Promise<LoadedConfig> {
  if (!existsSync(path))
    throw new CommandError(EXIT.configuration, `the configuration \`${path}\` is not there`)
  lendThisPackage()
  process.chdir(dirname(path))
  const { loadConfig } = await import('../load-config.ts')
  return { path, config: await loadConfig(path) }
}

let isLent = false

/** Node.js before 22.15 has no such hooks; there the folder needs an installation of its own. */
function lendThisPackage(): void {
  if (isLent || typeof nodeModule.registerHooks !== 'function') return
  isLent = true
  nodeModule.registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!/^postdelivery(\/|$)/.test(specifier) || !isNotFound(error)) throw error
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}

/** Not so when an installation is there that is broken or of another version: that one is meant. */
const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
