/** Checks the text of a Mermaid state diagram without a browser: the part of the language that the generator writes. */

const ID = '[A-Za-z][A-Za-z0-9_]*'
const STATE = new RegExp(`^state (?:"[^"]+" as )?(${ID})( \\{)?$`)
const ARROW = new RegExp(`^(\\[\\*\\]|${ID}) --> (\\[\\*\\]|${ID})(?: ?: ?(.+))?$`)

interface Block {
  readonly arrows: { readonly line: number; readonly ends: readonly string[] }[]
}

/**
 * Says what is wrong with a diagram, with the line of each fault.
 *
 * Holds what Mermaid demands: blocks are closed, regions stand inside of a state, no arrow leads out of its block, names
 * are declared once, and labels hold nothing that ends a label. An arrow declares what nothing else does.
 */
export function checkMermaid(text: string): readonly string[] {
  const problems: string[] = []
  /** The block that each state stands in. */
  const blocks = new Map<string, Block>()
  const open: Block[] = [newBlock()]
  const closed: Block[] = []
  const [head, ...lines] = text.trimEnd().split('\n')
  if (head !== 'stateDiagram-v2') problems.push('1: a diagram begins with stateDiagram-v2')

  for (const [index, raw] of lines.entries()) {
    const line = index + 2
    const block = open.at(-1)
    const say = (problem: string) => problems.push(`${line}: ${problem}`)
    const content = raw.trim()
    const [, id, opens] = STATE.exec(content) ?? []
    const [, source, target, label = ''] = ARROW.exec(content) ?? []
    if (block === undefined) {
      say('text after the last block')
    } else if (content === '}') {
      open.pop()
      closed.push(block)
      if (open.length === 0) say('a block is closed that was never opened')
    } else if (content === '--') {
      if (open.length === 1) say('regions can stand inside of a state only')
    } else if (id !== undefined) {
      if (blocks.has(id)) say(`${id} is declared twice`)
      blocks.set(id, block)
      if (opens !== undefined) open.push(newBlock())
    } else if (source !== undefined && target !== undefined) {
      if (/[;#{}"]|--/.test(label.replaceAll('<br>', ''))) say(`a label cannot hold this: ${label}`)
      block.arrows.push({ line, ends: [source, target].filter((end) => end !== '[*]') })
    } else {
      say(`not understood: ${content}`)
    }
  }

  if (open.length > 1)
    problems.push(`${lines.length + 1}: ${open.length - 1} blocks are not closed`)
  for (const block of [...open, ...closed]) {
    for (const { line, ends } of block.arrows)
      for (const end of ends) {
        if (!blocks.has(end)) blocks.set(end, block)
        if (blocks.get(end) !== block) problems.push(`${line}: ${end} stands in another block`)
      }
  }
  return problems
}

const newBlock = (): Block => ({ arrows: [] })
