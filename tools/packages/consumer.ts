/** A folder in which the packed packages are installed, as somebody who uses them has them. */
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { mustRun } from './run.ts'

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/**
 * Unpacks tarballs into a new folder outside of the workspace, with what they depend on beside them.
 *
 * What they depend on comes from the workspace's own installation, so that nothing is fetched: exactly what the lockfile
 * names is tried.
 * Throws: when a package lists no such dependency, so that one that was forgotten is not found by luck.
 */
export function makeConsumer(tarballs: readonly string[], root: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'postdelivery-consumer-'))
  const modules = join(folder, 'node_modules')
  const folders = workspaceFolders(root)
  for (const tarball of tarballs) {
    const unpacked = join(folder, 'unpacked')
    mkdirSync(unpacked)
    mustRun('tar', ['-xzf', tarball, '-C', unpacked])
    const { name } = readManifest(join(unpacked, 'package'))
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    mustRun('mv', [join(unpacked, 'package'), join(modules, name)])
    mustRun('rmdir', [unpacked])
  }
  for (const [name, source] of folders) {
    const { dependencies, peerDependencies } = readManifest(join(modules, name))
    for (const wanted of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (folders.has(wanted)) continue
      // Beside the package that asked and nowhere else: others must list what they use themselves.
      const link = join(modules, name, 'node_modules', wanted)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(realpathSync(join(source, 'node_modules', wanted)), link)
    }
  }
  return folder
}

/** The workspace's packages: their folders by name. */
function workspaceFolders(root: string): ReadonlyMap<string, string> {
  const manifests = globSync('packages/*/package.json', { cwd: root })
  return new Map(
    manifests.map((path) => {
      const folder = join(root, dirname(path))
      return [readManifest(folder).name, folder]
    }),
  )
}

function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  if (!existsSync(path)) throw new Error(`${path} is not there`)
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}
