/** SQLite's write-ahead log as bytes: where its frames end, and which of them end a transaction. Source: sqlite.org/walformat.html. */

/** One frame: a page as it is after its transaction. */
export interface Frame {
  /** Where its page begins in the log. */
  readonly pageStart: number
  readonly end: number
  /** From 1. */
  readonly pageNumber: number
  readonly isCommit: boolean
}

export interface WriteAheadLog {
  readonly pageBytes: number
  readonly frames: readonly Frame[]
}

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** Reads a log that nothing has damaged. Throws: `RangeError` when it is none. */
export function readLog(bytes: Buffer): WriteAheadLog {
  const pageBytes = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32BE(8)
  if (pageBytes < 512) throw new RangeError('this is no write-ahead log')
  const frameBytes = FRAME_HEADER_BYTES + pageBytes
  const count = Math.floor((bytes.length - HEADER_BYTES) / frameBytes)
  const frames = Array.from({ length: count }, (_, index) => {
    const start = HEADER_BYTES + index * frameBytes
    return {
      pageStart: start + FRAME_HEADER_BYTES,
      end: start + frameBytes,
      pageNumber: bytes.readUInt32BE(start),
      // Frames that end a transaction say how many pages the file then has.
      isCommit: bytes.readUInt32BE(start + 4) !== 0,
    }
  })
  return { pageBytes, frames }
}

/** The bytes of the log up to the last transaction that ends within its first `soundBytes`; 0 for none. */
export function soundEnd({ frames }: WriteAheadLog, soundBytes: number): number {
  let end = 0
  for (const frame of frames) {
    if (frame.end > soundBytes) break
    if (frame.isCommit) end = frame.end
  }
  return end
}
