/** Fills the marked places of a document: what stands between `<!-- name:start -->` and `<!-- name:end -->` is generated. */

/** The generated text of each place, by the name in its marker. */
export type Sections = ReadonlyMap<string, readonly string[]>

/** A document after filling, with the names that were found in it. */
export interface Filled {
  readonly text: string
  readonly names: readonly string[]
  /** Markers that stand alone or have no section, one line each. */
  readonly problems: readonly string[]
}

const MARKED = /^<!-- ([a-z-]+):start -->\n[\s\S]*?^<!-- \1:end -->$/gm
const MARKER = /<!-- ([a-z-]+):(?:start|end) -->/g

/** Fills every marked place. Text outside of markers stays as it is, byte for byte. */
export function fillMarkers(text: string, sections: Sections): Filled {
  const names: string[] = []
  const problems: string[] = []
  const filled = text.replaceAll(MARKED, (whole, name: string) => {
    const lines = sections.get(name)
    names.push(name)
    if (lines === undefined) {
      problems.push(`unknown marker \`${name}\`; known: ${[...sections.keys()].join(', ')}`)
      return whole
    }
    return [`<!-- ${name}:start -->`, '', ...lines, '', `<!-- ${name}:end -->`].join('\n')
  })
  const markerCount = [...text.matchAll(MARKER)].length
  if (markerCount !== 2 * names.length) {
    problems.push(
      'a marker stands alone: each needs its `:start` and its `:end` on lines of their own',
    )
  }
  return { text: filled, names, problems }
}
