/** Reads a request's body within a limit: what is longer is never held in memory, said to be or not. */

/** The bytes, or why there are none. */
export type BodyRead =
  | { readonly type: 'read'; readonly bytes: Uint8Array }
  | { readonly type: 'too_large' }
  | { readonly type: 'broken' }

/** Reads at most `maxBytes`; a body that is longer is given up as soon as that is certain. Throws: never. */
export async function readBody(request: Request, maxBytes: number): Promise<BodyRead> {
  const said = Number(request.headers.get('content-length') ?? '0')
  if (said > maxBytes) {
    await request.body?.cancel().catch(() => {})
    return { type: 'too_large' }
  }
  if (request.body === null) return { type: 'read', bytes: new Uint8Array() }
  const chunks: Uint8Array[] = []
  let byteCount = 0
  try {
    // Leaving the loop cancels the stream.
    for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
      byteCount += chunk.byteLength
      if (byteCount > maxBytes) return { type: 'too_large' }
      chunks.push(chunk)
    }
  } catch {
    return { type: 'broken' }
  }
  return { type: 'read', bytes: Buffer.concat(chunks, byteCount) }
}
