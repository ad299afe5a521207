/** Packs the packages of the workspace as they would be published. */
import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { mustRun, run } from './run.ts'

/** Builds and packs. Returns the tarballs, sorted. Throws: with everything that was said, when one cannot be packed. */
export function packAll(root: string): readonly string[] {
  const packs = join(root, '.packs')
  rmSync(packs, { recursive: true, force: true })
  const tsc = join(root, 'node_modules/.bin', 'tsc')
  mustRun(tsc, ['-b', ...globSync('packages/*/tsconfig.json', { cwd: root })], { cwd: root })
  // Inside of a script of pnpm's it is on the path; a program that is started by hand has it through npx.
  const pnpm = run('pnpm', ['--version']).isOk ? ['pnpm'] : ['npx', 'pnpm']
  const [program = '', ...args] = [...pnpm, '-r', '--filter', './packages/*', 'pack']
  mustRun(program, [...args, '--pack-destination', packs], { cwd: root })
  const packed = globSync('*.tgz', { cwd: packs }).toSorted()
  if (packed.length === 0) throw new Error('nothing was packed')
  return packed.map((name) => join(packs, name))
}
