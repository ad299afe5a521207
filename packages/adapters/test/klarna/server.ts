/** A real HTTP server for one test: what only sockets can show. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A running server; `await using` closes it and every connection that is left. */
export interface Running extends AsyncDisposable {
  readonly url: string
  readonly count: () => number
}

/** Starts a server on a free port of the loopback address. */
export async function serve(listener: RequestListener): Promise<Running> {
  let count = 0
  const server: Server = createServer((request, response) => {
    count += 1
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => count,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
