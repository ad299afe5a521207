/**
 * Fails when the lockfile knows a program for Linux and not for a Mac: pnpm leaves out, without a word, what a registry
 * does not serve, and a frozen install on a Mac would then lack the program.
 *
 * Usage: `node tools/check-lockfile.ts [LOCKFILE]`.
 */
import { readFileSync } from 'node:fs'

const [path = new URL('../pnpm-lock.yaml', import.meta.url)] = process.argv.slice(2)
const names = packageNames(readFileSync(path, 'utf8'))
const lacking = lacksMac(names)
for (const { linux, mac } of lacking) {
  console.error(`${linux} has no ${mac} beside it; use a version that has every platform`)
}
if (names.length === 0) console.error('the lockfile lists no packages')
if (lacking.length > 0 || names.length === 0) process.exitCode = 1

/** `name@version` of every package. */
function packageNames(lockfile: string): readonly string[] {
  const [, packages = ''] = lockfile.split(/^(?:packages|snapshots):$/m)
  return [...packages.matchAll(/^ {2}'?(@?[^'@\s]+@[^'():\s]+)'?:$/gm)].flatMap(([, name]) =>
    name === undefined ? [] : [name],
  )
}

/** Packages for Linux on x64 whose sibling for macOS on arm64 is not there in the same version. */
function lacksMac(names: readonly string[]): readonly { linux: string; mac: string }[] {
  const known = new Set(names)
  return names.flatMap((linux) => {
    const parts = /^(.*)linux-x64(?:-gnu|-musl)?(@.*)$/.exec(linux)
    if (parts === null) return []
    const [, before = '', version = ''] = parts
    const mac = `${before}darwin-arm64${version}`
    // Node's own package for this platform is named apart.
    return known.has(mac) || known.has(`${before}bin-darwin-arm64${version}`)
      ? []
      : [{ linux, mac }]
  })
}
