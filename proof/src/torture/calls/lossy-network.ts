/** A network of our own between engine and Klarna: real sockets, and a fate for every call. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../random.ts'
import { drawFate, FATE_NAMES, FATES, type Fate } from './fates.ts'

export interface Network {
  readonly url: string
  /** Writes that came to it. */
  readonly writeCount: number
  /** Writes that Klarna did and whose answer never came. */
  readonly lostCount: number
  readonly writesByFate: Readonly<Record<Fate, number>>
  /** From now on, or no longer, every call passes. */
  setHealthy(isHealthy: boolean): void
  /** Resolves when every late call has reached Klarna. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface NetworkOptions {
  /** Base URL of what is behind it. */
  readonly target: string
  readonly draws: Random
  /** Milliseconds after which the caller waits no longer. */
  readonly timeoutMs: number
  readonly onWrite: () => void
}

const LOOPBACK = '127.0.0.1'

/** Starts it on a free port of this machine. */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const agent = new Agent({ keepAlive: true })
  const target = new URL(options.target)
  const tally = createTally()
  const drawFateOf = createDraw(options.draws)
  const under = new Set<Promise<void>>()
  let isHealthy = false

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(incoming)
    const drawn = drawFateOf(call)
    const fate = isHealthy ? 'passes' : drawn
    if (call.key !== null) {
      tally.note(fate)
      options.onWrite()
    }
    const forward = (): Promise<Answer> => send(target, agent, call)
    await carry(fate, { forward, response, timeoutMs: options.timeoutMs })
  }
  const server = createServer((incoming, response) => {
    // A caller that hung up is part of the game; the twin must not be.
    const served = serve(incoming, response).catch(() => {
      response.destroy()
    })
    under.add(served)
    void served.then(() => under.delete(served))
  })
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://${LOOPBACK}:${port}`,
    get writeCount() {
      return tally.sum(() => true)
    },
    get lostCount() {
      return tally.sum((fate) => FATES[fate].isLost)
    },
    get writesByFate() {
      return tally.byFate()
    },
    setHealthy: (healthy) => {
      isHealthy = healthy
    },
    settled: async () => {
      while (under.size > 0) await Promise.all(under)
    },
    close: async () => {
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Counts writes by their fates. */
function createTally() {
  const counts = new Map<Fate, number>()
  return {
    note: (fate: Fate): void => {
      counts.set(fate, (counts.get(fate) ?? 0) + 1)
    },
    sum: (counted: (fate: Fate) => boolean): number =>
      [...counts].reduce((sum, [fate, count]) => sum + (counted(fate) ? count : 0), 0),
    // Every fate has its key.
    byFate: (): Record<Fate, number> =>
      Object.fromEntries(FATE_NAMES.map((fate) => [fate, counts.get(fate) ?? 0])) as Record<
        Fate,
        number
      >,
  }
}

/** Draws fates: the same call has the same one, however calls race, and another when it comes again. */
function createDraw(draws: Random): (call: Call) => Fate {
  const seenCounts = new Map<string, number>()
  return ({ key, path }) => {
    const name = key ?? path
    const seenCount = seenCounts.get(name) ?? 0
    seenCounts.set(name, seenCount + 1)
    return drawFate(draws.part(`${name} ${seenCount}`), key === null ? 'reads' : 'writes')
  }
}

interface Call {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** The idempotency key; null for reads. */
  readonly key: string | null
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

async function readCall(incoming: IncomingMessage): Promise<Call> {
  const key = incoming.headers['klarna-idempotency-key']
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: incoming.headers,
    body: await readAll(incoming),
    key: typeof key === 'string' ? key : null,
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Makes the call at Klarna. */
function send(target: URL, agent: Agent, call: Call): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const outgoing = request(
    {
      agent,
      host: target.hostname,
      port: target.port,
      method: call.method,
      path: call.path,
      headers: { ...call.headers, host: target.host, connection: 'keep-alive' },
    },
    (incoming) => {
      readAll(incoming).then(
        (body) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }),
        reject,
      )
    },
  )
  outgoing.on('error', reject)
  outgoing.end(call.body)
  return promise
}

interface Carriage {
  readonly forward: () => Promise<Answer>
  readonly response: ServerResponse
  readonly timeoutMs: number
}

/** Lets a call meet its fate. */
async function carry(fate: Fate, { forward, response, timeoutMs }: Carriage): Promise<void> {
  switch (fate) {
    case 'passes':
      return answer(response, await forward())
    case 'slow': {
      const answered = await forward()
      await wait(timeoutMs / 4)
      return answer(response, answered)
    }
    case 'lost_before':
      response.socket?.destroy()
      return
    case 'lost_after':
      await forward()
      response.socket?.destroy()
      return
    case 'reset_after':
      await forward()
      reset(response)
      return
    case 'cut':
      return answerInPart(response, await forward())
    case 'too_late': {
      const answered = await forward()
      await wait(timeoutMs * 1.3)
      return answer(response, answered)
    }
    case 'late_request':
      await wait(timeoutMs * 1.3)
      await forward()
      response.socket?.destroy()
      return
    case 'repeated':
      await forward()
      return answer(response, await forward())
    case 'at_once_twice': {
      const [answered] = await Promise.all([forward(), forward()])
      return answer(response, answered)
    }
    case 'echoed':
      answer(response, await forward())
      await wait(timeoutMs * 2)
      await forward()
      return
    case 'replaced':
      await forward()
      response.writeHead(502, { 'content-type': 'text/html' })
      response.end('<html><body>Bad gateway</body></html>')
      return
  }
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  const { connection: _, 'transfer-encoding': __, ...rest } = headers
  response.writeHead(status, rest)
  response.end(body)
}

/** Resets the connection. One that its other end is closing already is only closed: Node.js leaves it open for ever otherwise. */
function reset({ socket }: ServerResponse): void {
  if (socket === null) return
  if (socket.readableEnded || socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

/** The head and half of the body, or a head that breaks off where there is no body. */
function answerInPart(response: ServerResponse, { status, body }: Answer): void {
  const head = `HTTP/1.1 ${status} Cut\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`
  const part =
    body.length > 1 ? `${head}\r\n${body.subarray(0, body.length / 2)}` : head.slice(0, -10)
  response.socket?.end(part)
}
