/** Plants a bug into the product as it is loaded: one place of one source file reads otherwise. Nothing on disk changes. */
import { registerHooks } from 'node:module'
import { BUGS } from './bugs.ts'

/**
 * Plants a bug by name, for everything that this thread loads from now on.
 *
 * Throws: `Error` for a name that is none. While loading, for a place that is not there exactly once: the product has changed
 *   and the bug must be written anew.
 */
export function plantBug(name: string): void {
  const bug = BUGS.find((each) => each.name === name)
  if (bug === undefined) throw new Error(`there is no bug \`${name}\`; see \`--bugs\``)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const changes = bug.changes.filter(({ file }) => url.endsWith(`/packages/${file}`))
      if (changes.length === 0) return loaded
      const source = changes.reduce(
        (text, { find, replace }) => replaceOnce(text, find, replace),
        String(loaded.source),
      )
      return { ...loaded, source }
    },
  })
}

/** Replaces what stands in a text exactly once. */
export function replaceOnce(text: string, find: string, replace: string): string {
  const count = text.split(find).length - 1
  if (count !== 1) throw new Error(`\`${find}\` stands there ${count} times, not once`)
  return text.replace(find, () => replace)
}
