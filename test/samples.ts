/** Writes the samples of the documents as modules and checks their types in one program. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Fence } from './fences.ts'

/** A sample as a module. */
export interface Sample extends Fence {
  readonly file: string
  /** Marked `no-run`: its types are checked and it is not run. */
  readonly isRun: boolean
}

/** What the type checker says about a sample, at the sample's own place. */
export interface SampleError {
  readonly place: string
  readonly message: string
}

/** Before each sample, on a line of its own. A sample that imports `expect` itself does not get it twice. */
const HEAD = "import { expect } from 'vitest'"

/** Writes each TypeScript sample as a module of its own into `folder`, which is emptied first. */
export function writeSamples(
  fences: readonly Fence[],
  root: string,
  folder: string,
): readonly Sample[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  linkDependencies(root, folder)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG))
  return fences
    .filter(({ info }) => /^(ts|typescript)\b/.test(info))
    .map((fence) => {
      const name = `${fence.path.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${fence.line}.ts`
      const head = /^import .*\bexpect\b.*'vitest'/m.test(fence.text) ? '' : HEAD
      writeFileSync(join(folder, name), `${head}\n${fence.text}\nexport {}\n`)
      return { ...fence, file: join(folder, name), isRun: !/\bno-run\b/.test(fence.info) }
    })
}

/** Checks the types of all samples. Errors elsewhere are left to the build. */
export function checkTypes(
  samples: readonly Sample[],
  root: string,
  folder: string,
): readonly SampleError[] {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const result = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (result.error !== undefined) throw result.error
  const errors = result.stdout.split('\n').flatMap((line): readonly SampleError[] => {
    const [, name, row, message = ''] = /^([^()\s]+)\((\d+),\d+\): (.*)$/.exec(line) ?? []
    const sample = samples.find(({ file }) => name !== undefined && file.endsWith(`/${name}`))
    if (sample === undefined) return []
    // The first line of the module is not the sample's.
    return [{ place: `${sample.path}:${sample.line + Number(row) - 2}`, message }]
  })
  if (result.status !== 0 && errors.length === 0 && !result.stdout.includes(': error TS'))
    throw new Error(`the type checker failed: ${result.stdout}${result.stderr}`)
  return errors
}

/** Samples may import what the package that they stand in may import. */
function linkDependencies(root: string, folder: string): void {
  for (const path of globSync(['packages/*/package.json', 'examples/package.json'], {
    cwd: root,
  })) {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, object>
    const names = ['dependencies', 'peerDependencies', 'devDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    )
    for (const name of names) {
      const source = join(root, dirname(path), 'node_modules', name)
      const link = join(folder, 'node_modules', name)
      if (existsSync(link) || !existsSync(source)) continue
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(realpathSync(source), link)
    }
  }
}

const CONFIG = {
  extends: '../../../tsconfig.base.json',
  compilerOptions: {
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    typeRoots: ['../../node_modules/@types'],
    noEmit: true,
    composite: false,
    declarationMap: false,
    sourceMap: false,
    tsBuildInfoFile: null,
    // Samples are many modules that never import each other.
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
  },
  include: ['*.ts'],
}
