/** Follows a guide: runs the commands of its `console` blocks, makes the edits of its `diff` blocks, and writes down what came out. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a guide is followed. */
export interface GuideOptions {
  /** An empty folder of its own, which stands for the repository; guides write beside it. */
  readonly folder: string
  /** What stands for `npx pnpm postdelivery`: the command's program. */
  readonly program: string
}

const BLOCK = /^```(console|diff)\n([\s\S]*?)^```$/gm

/**
 * Follows a guide from its top and returns it with what the commands really print.
 *
 * Lines that begin with `$ ` are commands; what follows them up to the next is their output. The first line of a `diff`
 * names the file; its minus lines are replaced by its plus lines. Throws: when a minus line is not in the file exactly once.
 */
export function followGuide(text: string, options: GuideOptions): string {
  return text.replaceAll(BLOCK, (block, kind: string, body: string) => {
    if (kind === 'diff') {
      edit(body, options)
      return block
    }
    const commands = body.split('\n').filter((line) => line.startsWith('$ '))
    const printed = commands.map((line) => `${line}\n${run(line.slice(2), options)}`)
    return `\`\`\`console\n${printed.join('')}\`\`\``
  })
}

function run(line: string, { folder, program }: GuideOptions): string {
  const command = line.replaceAll('npx pnpm postdelivery', '"$NODE" --no-warnings "$PROGRAM"')
  const { stdout, error } = spawnSync('sh', ['-c', `{ ${command}\n} 2>&1`], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      NODE: process.execPath,
      PROGRAM: program,
      NO_COLOR: '1',
      // As pnpm calls a script, so that commands print themselves as the reader types them.
      npm_lifecycle_event: 'postdelivery',
      npm_config_user_agent: 'pnpm/12',
    },
  })
  if (error !== undefined) throw error
  return stdout.replaceAll(join(folder, '..'), '..').replaceAll(/[ \t]+$/gm, '')
}

function edit(body: string, { folder }: GuideOptions): void {
  const [name = '', ...lines] = body.trimEnd().split('\n')
  const path = join(folder, name.replace(/^--- /, ''))
  const marked = (mark: string): string =>
    lines
      .filter((line) => line.startsWith(mark))
      .map((line) => line.slice(1))
      .join('\n')
  const parts = readFileSync(path, 'utf8').split(marked('-'))
  if (parts.length !== 2) throw new Error(`${name} has this ${parts.length - 1} times: ${body}`)
  writeFileSync(path, parts.join(marked('+')))
}
