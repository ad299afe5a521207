/** The version of this package, as its manifest says it. */
import { readFileSync } from 'node:fs'

/** Reads it from the manifest: two folders up, in the sources and in what is published. */
export function packageVersion(): string {
  const url = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(url, 'utf8')) as { readonly version: string }
  return version
}
