/** What an answer's body is: read as text within bounds, then parsed. A body that is not JSON is data. */

export type WireBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly value: unknown }
  /** Text that is no JSON; `isHtml` when a proxy's page. */
  | { readonly kind: 'text'; readonly isHtml: boolean }
  /** Larger than we read. */
  | { readonly kind: 'too_large' }
  /** The connection broke, or the time was over, before the end. */
  | { readonly kind: 'cut' }

/** Klarna's own limit of a request's body; no answer that we read comes near it. */
const BODY_MAX_BYTES = 1_000_000

/**
 * Reads a body to its end, its limit or the signal, whichever comes first.
 *
 * The bound holds for the decoded bytes, so that a small packed body cannot fill the memory. Throws: never.
 */
export async function readBody(response: Response, ended: Promise<unknown>): Promise<WireBody> {
  if (response.body === null) return { kind: 'empty' }
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  const stop = (kind: 'too_large' | 'cut'): WireBody => {
    reader.cancel().catch(() => {})
    return { kind }
  }
  try {
    for (;;) {
      const chunk = await Promise.race([reader.read(), ended.then(() => null)])
      if (chunk === null) return stop('cut')
      if (chunk.done) break
      size += chunk.value.byteLength
      if (size > BODY_MAX_BYTES) return stop('too_large')
      text += decoder.decode(chunk.value, { stream: true })
    }
  } catch {
    return { kind: 'cut' }
  }
  return bodyOf(text + decoder.decode(), response.headers.get('content-type') ?? '')
}

function bodyOf(text: string, contentType: string): WireBody {
  if (text.trim() === '') return { kind: 'empty' }
  try {
    return { kind: 'json', value: JSON.parse(text) }
  } catch {
    return {
      kind: 'text',
      isHtml: contentType.includes('html') || text.trimStart().startsWith('<'),
    }
  }
}
