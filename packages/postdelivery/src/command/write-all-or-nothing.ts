/** Writes files into a folder so that all of them are there afterwards, or the folder is as it was. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { shown } from './parse-arguments.ts'

/** A file to write. */
export interface NewFile {
  /** Below the folder, with `/`. */
  readonly path: string
  readonly text: string
}

/**
 * Writes files that are not there yet. They are complete before the first gets its name.
 *
 * Throws: `CommandError` when one is there already, before anything is written; what the disk says, after taking back
 *   what was written.
 */
export function writeAllOrNothing(folder: string, files: readonly NewFile[]): void {
  const clashes = files.filter(({ path }) => existsSync(join(folder, path)))
  if (clashes.length > 0) {
    const names = clashes.map(({ path }) => `\`${path}\``).join(', ')
    throw new CommandError(EXIT.conflict, `${names} in \`${shown(folder)}\` would be overwritten`, {
      hint: 'name an empty folder, or a new one',
    })
  }
  const made: string[] = []
  try {
    makeFolder(folder, made)
    const stage = mkdtempSync(join(folder, '.postdelivery-init-'))
    made.push(stage)
    files.forEach(({ text }, index) => {
      writeFileSync(join(stage, String(index)), text)
    })
    files.forEach(({ path }, index) => {
      const target = join(folder, path)
      makeFolder(dirname(target), made)
      // Order matters: a link never replaces what somebody put there meanwhile.
      linkSync(join(stage, String(index)), target)
      made.push(target)
    })
    rmSync(stage, { recursive: true })
  } catch (error) {
    for (const path of made.toReversed()) takeBack(path)
    throw error
  }
}

/** Makes a folder and those above it, and remembers which were not there. */
function makeFolder(folder: string, made: string[]): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder), made)
  mkdirSync(folder)
  made.push(folder)
}

/** Takes back a file or folder that was made here. What cannot be taken back stays; the first error is the one that counts. */
function takeBack(path: string): void {
  try {
    if (path.includes('.postdelivery-init-')) rmSync(path, { recursive: true, force: true })
    else unlinkOrRemove(path)
  } catch {
    // The folder is somebody else's by now, or the disk fails altogether.
  }
}

function unlinkOrRemove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    rmSync(path, { recursive: true, force: true })
  }
}
