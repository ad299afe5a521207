/** Finds the files that people mean: those they name, and those below the folders they name. */
import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

/** A file by the name that people gave or would give it. */
export interface FoundFile {
  /** As it was typed, or below the folder that was typed. */
  readonly file: string
  /** Absolute. */
  readonly path: string
}

/** More than this is a mistake of the path. */
const FILE_MAX_COUNT = 1_000
const DEPTH_MAX = 12

/**
 * Finds files by their ending, for example `.rules.json`; no path means the working folder.
 *
 * A file that is named is taken whatever it is called. Hidden folders and `node_modules` are not looked into. Links are
 * followed, and no folder is looked into twice. Sorted within a folder.
 *
 * Throws: `CommandError` for a path that is not there, a link that leads to no file, when nothing is found, and for too many.
 */
export function findFiles(
  { resolve }: Pick<CommandContext, 'resolve'>,
  paths: readonly string[],
  ending: string,
): readonly FoundFile[] {
  const named = paths.length === 0 ? ['.'] : paths
  const found = new Map<string, FoundFile>()
  for (const file of named) {
    const path = resolve(file)
    for (const each of isFolder(file, path) ? filesBelow({ file, path }, ending) : [{ file, path }])
      found.set(each.path, each)
    if (found.size > FILE_MAX_COUNT) {
      const message = `more than ${FILE_MAX_COUNT} files end in \`${ending}\``
      throw new CommandError(EXIT.usage, message, { hint: 'name the folder of the rules' })
    }
  }
  if (found.size === 0) throw nothingFound(named, ending)
  return checkLinks([...found.values()])
}

/**
 * Finds the rule files that are in force together: the one that is named, or those of a folder as an engine reads it,
 * without the folders below it.
 *
 * Throws: `CommandError` as `findFiles` does.
 */
export function findRulesInForce(
  { resolve }: Pick<CommandContext, 'resolve'>,
  file: string,
): readonly FoundFile[] {
  const path = resolve(file)
  if (!isFolder(file, path)) return [{ file, path }]
  const below = filesBelow({ file, path }, RULES_ENDING)
  const found = below.filter((each) => dirname(each.path) === path)
  if (found.length > 0) return checkLinks(found)
  const [first] = below
  const hint = first && `rules of one folder are in force together; name \`${dirname(first.file)}\``
  throw nothingFound([file], RULES_ENDING, hint)
}

export const RULES_ENDING = '.rules.json'

/** Lists the files below a folder that have an ending, links that lead nowhere among them. */
export const filesBelow = (folder: FoundFile, ending: string): readonly FoundFile[] =>
  listBelow(folder, { ending, entered: new Set(), depth: 0 })

function isFolder(file: string, path: string): boolean {
  const stats = statsOf(path)
  if (stats === undefined) throw new CommandError(EXIT.usage, `\`${shown(file)}\` is not there`)
  return stats.isDirectory()
}

function nothingFound(named: readonly string[], ending: string, hint?: string): CommandError {
  const places = named.map((path) => `\`${shown(path)}\``).join(', ')
  const message = `no file ends in \`${ending}\` in ${places}`
  return new CommandError(EXIT.usage, message, hint === undefined ? {} : { hint })
}

/** What an engine could not load must not be passed over. */
function checkLinks(found: readonly FoundFile[]): readonly FoundFile[] {
  const broken = found.find(({ path }) => statsOf(path) === undefined)
  if (broken === undefined) return found
  const message = `\`${shown(broken.file)}\` is a link that leads to no file`
  throw new CommandError(EXIT.usage, message, { hint: 'mend the link, or take it out' })
}

/** What is there, at the end of all links; undefined when they lead nowhere or around. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

interface Walk {
  readonly ending: string
  /** Real paths of the folders so far: links can lead around. */
  readonly entered: Set<string>
  readonly depth: number
}

function listBelow(folder: FoundFile, walk: Walk): readonly FoundFile[] {
  const { ending, entered, depth } = walk
  const real = realpathSync(folder.path)
  if (depth > DEPTH_MAX || entered.has(real)) return []
  entered.add(real)
  return readdirSync(folder.path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const { name } = entry
      const found = {
        file: folder.file === '.' ? name : join(folder.file, name),
        path: join(folder.path, name),
      }
      const kind = kindOf(entry, found.path)
      if (kind === 'folder')
        return name.startsWith('.') || name === 'node_modules'
          ? []
          : listBelow(found, { ...walk, depth: depth + 1 })
      return kind === 'file' && name.endsWith(ending) ? [found] : []
    })
}

/** A link is what it leads to; one that leads nowhere was meant as a file. */
function kindOf(entry: Dirent, path: string): 'folder' | 'file' | 'other' {
  const stats = entry.isSymbolicLink() ? statsOf(path) : entry
  if (stats === undefined || stats.isFile()) return 'file'
  return stats.isDirectory() ? 'folder' : 'other'
}
