/** Says which of the rules that a command looked at an engine would not read: it reads one folder, not those below. */
import { dirname } from 'node:path'
import { type Output, printable } from './output.ts'

/** Notes each folder of files whose parent has some too. */
export function sayUnreadFolders(talk: Output, files: readonly string[]): void {
  const folders = new Set(files.map((file) => dirname(file)))
  for (const folder of folders) {
    const above = dirname(folder)
    if (above !== folder && folders.has(above))
      talk.line(
        printable(`note: an engine that reads \`${above}\` does not read \`${folder}\` below it`),
      )
  }
}
