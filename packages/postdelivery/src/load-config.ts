/** Loads a `postdelivery.config.ts` (or `.js`, `.mjs`): the default export is the configuration. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPlainRecord } from '@postdelivery/core'
import type { PostDeliveryConfig } from './config.ts'
import { ConfigError } from './config-error.ts'

/**
 * Imports a configuration file and returns its default export. What is in it is checked by `createPostDelivery`.
 *
 * `.ts` files need Node.js 22.18 or later. Relative paths count from the working folder.
 * Throws: `ConfigError` when the file cannot be imported (with the reason as `cause`) or exports no configuration.
 */
export async function loadConfig(path = 'postdelivery.config.ts'): Promise<PostDeliveryConfig> {
  const file = resolve(path)
  let loaded: { readonly default?: unknown }
  try {
    loaded = await import(pathToFileURL(file).href)
  } catch (cause) {
    const code = isPlainRecord(cause) ? cause['code'] : undefined
    throw new ConfigError(
      [
        {
          path: '',
          code: 'not_loaded',
          message: `\`${file}\` cannot be imported${why(cause)}`,
          hint: HINTS[String(code)] ?? 'see `cause`',
        },
      ],
      { cause },
    )
  }
  if (isPlainRecord(loaded.default)) return loaded.default as unknown as PostDeliveryConfig
  throw new ConfigError([
    {
      path: '',
      code: 'no_default_export',
      message: `\`${file}\` exports no configuration`,
      hint: 'write `export default definePostDeliveryConfig({ ... })`',
    },
  ])
}

/** What the import said, on one line; what is thrown in the file itself stays in `cause`. */
const why = (cause: unknown): string =>
  cause instanceof SyntaxError ? `: ${cause.message.split('\n')[0]}` : ''

const HINTS: Readonly<Record<string, string>> = {
  ERR_MODULE_NOT_FOUND: 'it, or something that it imports, is not there; see `cause`',
  ERR_UNKNOWN_FILE_EXTENSION: 'Node.js 22.18 or later imports `.ts` files; or write it as `.mjs`',
}
