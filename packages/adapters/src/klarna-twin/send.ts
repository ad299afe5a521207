/** Puts answers on the wire, whole or broken as a fault wants them. */
import type { ServerResponse } from 'node:http'
import type { Sealed } from './answer-call.ts'

/** Sends an answer; resolves when it has left or the client has gone. */
export function send(response: ServerResponse, { status, headers, text }: Sealed): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    if (response.destroyed) resolve()
    const length = Buffer.byteLength(text)
    response.writeHead(status, status === 204 ? headers : { ...headers, 'Content-Length': length })
    response.end(text === '' ? undefined : text)
  })
}

/** Breaks the connection without a word. */
export function breakOff(response: ServerResponse): void {
  response.destroy()
}

/** Sends the first half of an answer and breaks the connection: of the body, or of the head where none is sent. */
export function sendTruncated(response: ServerResponse, { status, headers, text }: Sealed): void {
  if (text === '') {
    response.socket?.end(`HTTP/1.1 ${status} \r\nContent-Ty`, () => response.destroy())
    return
  }
  const bytes = Buffer.from(text)
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length })
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
}
