/** Reads a request's body, up to a limit; what lies beyond is read and thrown away, so that an answer arrives. */
import type { IncomingMessage } from 'node:http'

export interface Received {
  readonly body: string
  readonly isTooLarge: boolean
}

/** Bytes after which even throwing away ends, and the connection with it. */
const DISCARD_MAX_BYTES = 64 * 1024 * 1024

/** Reads a body. Throws: `Error` when the client goes away before its end. */
export function receive(request: IncomingMessage, maxBytes: number): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let byteCount = 0
    request.on('data', (chunk: Buffer) => {
      byteCount += chunk.length
      if (byteCount <= maxBytes) chunks.push(chunk)
      else chunks.length = 0
      if (byteCount > DISCARD_MAX_BYTES) request.destroy()
    })
    request.on('end', () => {
      const isTooLarge = byteCount > maxBytes
      resolve({ body: isTooLarge ? '' : Buffer.concat(chunks).toString('utf8'), isTooLarge })
    })
    request.on('error', reject)
    request.on('close', () => reject(new Error('the client went away')))
  })
}
