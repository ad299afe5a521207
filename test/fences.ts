/** Finds the samples in documents and doc comments, with the place of each. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One fenced block. */
export interface Fence {
  /** Below the root of the repository. */
  readonly path: string
  /** Line of the block's first line of text, from 1. */
  readonly line: number
  /** What follows the opening back-ticks, for example `ts no-run`. */
  readonly info: string
  readonly text: string
}

const DOCUMENTS = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/**/README.md']
const SOURCES = ['packages/*/src/**/*.ts']

/** Every fenced block of the documents and of the doc comments in the sources, by path and line. */
export function findFences(root: string): readonly Fence[] {
  const list = (globs: readonly string[]) =>
    globSync(globs, { cwd: root, exclude: (name) => name === 'node_modules' }).toSorted()
  const read = (path: string) => readFileSync(join(root, path), 'utf8').split('\n')
  return [
    ...list(DOCUMENTS).flatMap((path) => fencesOf(path, read(path))),
    ...list(SOURCES).flatMap((path) => fencesOf(path, commentLines(read(path)))),
  ]
}

/** The blocks among the lines of a text. A block that never ends runs to the end of the text. */
function fencesOf(path: string, lines: readonly string[]): readonly Fence[] {
  const fences: Fence[] = []
  let open: { line: number; info: string; indent: string; lines: string[] } | undefined
  lines.forEach((line, index) => {
    const mark = /^(\s*)```(.*)$/.exec(line)
    if (open === undefined) {
      const [, indent = '', info = ''] = mark ?? []
      if (mark !== null) open = { line: index + 2, info: info.trim(), indent, lines: [] }
      return
    }
    const isEnd = mark?.[2]?.trim() === ''
    if (!isEnd)
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    if (!isEnd && index < lines.length - 1) return
    fences.push({ path, line: open.line, info: open.info, text: open.lines.join('\n') })
    open = undefined
  })
  return fences
}

/** The lines of a source with everything but the text of its doc comments blanked out. */
function commentLines(lines: readonly string[]): readonly string[] {
  let isInside = false
  return lines.map((line) => {
    if (/^\s*\/\*\*/.test(line)) isInside = !line.includes('*/')
    else if (isInside && line.includes('*/')) isInside = false
    else if (isInside) return line.replace(/^\s*\* ?/, '')
    return ''
  })
}
