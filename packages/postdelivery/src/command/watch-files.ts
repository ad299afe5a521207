/** Runs something again whenever files change: looked at a few times a second, which works on every file system. */
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 200

/**
 * Runs at once and after every change, until the signal is aborted. What has changed is run when it has stopped changing.
 *
 * `find` lists the absolute paths to look at; it is asked again at every look, so that new files count.
 */
export async function watchFiles(
  find: () => readonly string[],
  run: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let done = lookAt(find)
  await run()
  let before = done
  while (!signal.aborted) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {})
    const now = lookAt(find)
    if (now !== done && now === before && !signal.aborted) {
      done = now
      await run()
    }
    before = now
  }
}

/** What is there, as a text that two looks are compared by. */
function lookAt(find: () => readonly string[]): string {
  try {
    return find().map(lookAtFile).join('\n')
  } catch (error) {
    return String(error)
  }
}

function lookAtFile(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? path : [path, stats.ino, stats.size, stats.mtimeMs].join(' ')
}
