/** Cuts a stream of lines into blocks of whole lines, so that workers can be given their share without reading it first. */
import { PAST_ORDER_LIMITS } from './past-order.ts'

/** Whole lines of a text in UTF-8, with the number of the first, from 1. */
export interface Block {
  readonly firstLine: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

const BLOCK_BYTES = 524_288
/** A line that is longer is cut: what is left of it is no JSON, and is told as such. */
const LINE_MAX_BYTES = PAST_ORDER_LIMITS.lineMaxLength * 4
const LINE_BREAK = 0x0a

/** Reads blocks of about half a megabyte; memory is bounded whatever the lines are. */
export async function* readBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  let firstLine = 1
  let parts: Uint8Array[] = []
  let length = 0
  let isCut = false
  for await (const chunk of chunks) {
    let rest = chunk
    if (isCut) {
      const end = rest.indexOf(LINE_BREAK)
      if (end === -1) continue
      rest = rest.subarray(end)
      isCut = false
    }
    const last = rest.lastIndexOf(LINE_BREAK)
    if (last === -1 || length + last < BLOCK_BYTES) {
      parts.push(rest)
      length += rest.length
      if (length <= LINE_MAX_BYTES || last !== -1) continue
      isCut = true
    } else parts.push(rest.subarray(0, last + 1))
    const bytes = joined(parts)
    parts = isCut ? [] : [rest.subarray(last + 1)]
    length = isCut ? 0 : rest.length - last - 1
    const breakCount = countBreaks(bytes)
    yield { firstLine, bytes }
    firstLine += breakCount
  }
  const bytes = joined(parts)
  if (bytes.length > 0) yield { firstLine, bytes }
}

/** Makes blocks of lines that are texts already. */
export async function* blocksOfLines(lines: AsyncIterable<string>): AsyncGenerator<Block> {
  async function* encoded() {
    const encoder = new TextEncoder()
    for await (const line of lines) yield encoder.encode(`${line}\n`)
  }
  yield* readBlocks(encoded())
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function countBreaks(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(LINE_BREAK); at !== -1; at = bytes.indexOf(LINE_BREAK, at + 1))
    count += 1
  return count
}
