/** The files that tidiness is about: what git would commit, read once. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** One thing that is not tidy. */
export interface Finding {
  /** The rule that found it. */
  readonly rule: string
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly what: string
  readonly instead: string
}

/** A TypeScript file, parsed. */
export interface SourceFile {
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

export interface Repository {
  /** Every file, by path below the root, sorted. */
  readonly paths: readonly string[]
  has(path: string): boolean
  text(path: string): string
  /** TypeScript sources below a folder such as `packages/core/src`, generated ones left out. */
  sources(folder: string): readonly SourceFile[]
  /** Names of the folders in `packages`. */
  readonly packages: readonly string[]
}

/** Opens a folder: the files that git knows or would add; in a folder without git all of them. */
export function openRepository(root: string): Repository {
  const paths = listPaths(root)
  const texts = new Map<string, string>()
  const parsed = new Map<string, SourceFile>()
  const text = (path: string): string => {
    const known = texts.get(path) ?? readFileSync(join(root, path), 'utf8')
    texts.set(path, known)
    return known
  }
  const parse = (path: string): SourceFile => {
    const known = parsed.get(path)
    if (known !== undefined) return known
    const tree = ts.createSourceFile(path, text(path), ts.ScriptTarget.ESNext, true)
    const source = { path, text: text(path), tree }
    parsed.set(path, source)
    return source
  }
  return {
    paths,
    text,
    has: (path) => existsSync(join(root, path)),
    sources: (folder) => paths.filter((path) => isSourceIn(path, folder)).map(parse),
    packages: [...new Set(paths.flatMap((path) => /^packages\/([^/]+)\//.exec(path)?.[1] ?? []))],
  }
}

/** The line of a position in a file, from 1. */
export const lineOf = (tree: ts.SourceFile, position: number): number =>
  tree.getLineAndCharacterOfPosition(position).line + 1

const isSourceIn = (path: string, folder: string): boolean =>
  path.startsWith(`${folder}/`) && /\.tsx?$/.test(path) && !path.includes('/generated/')

function listPaths(root: string): readonly string[] {
  const listed = existsSync(join(root, '.git'))
    ? gitPaths(root)
    : globSync('**', { cwd: root, exclude: (name) => name === 'node_modules' })
  return listed.filter((path) => isFile(join(root, path))).toSorted()
}

function gitPaths(root: string): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (listed.status !== 0) throw new Error(`git cannot list the files: ${listed.stderr}`)
  return listed.stdout.split('\0').filter((path) => path !== '')
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true
