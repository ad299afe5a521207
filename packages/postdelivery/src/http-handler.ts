/** Events over HTTP, as one function of the fetch API: signed, bounded, and harmless when they come twice. */
import {
  type Clock,
  errorName,
  instantToMs,
  type Problem,
  type Telemetry,
} from '@postdelivery/core'
import { isEventError, isPostDeliveryFailure } from './failures.ts'
import { readBody } from './read-body.ts'
import { isSigned, parseSignature, SIGNATURE_HEADER } from './signature.ts'

/** Bytes of the largest event that is read. */
const BODY_MAX_BYTES = 262_144

export interface EventHandlerOptions {
  /** Checks the event and makes it durable. */
  readonly submit: (data: unknown) => Promise<{
    readonly accepted: 'accepted' | 'repeated'
    readonly eventId: string
  }>
  /** The secrets that are active now; none means that the door is closed. */
  readonly secrets: () => readonly string[] | Promise<readonly string[]>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Makes the handler.
 *
 * Answers: `202` accepted, `200` known before, `409` an id that stands for another event, `422` an event with problems,
 * `400` no JSON, `401` not signed, `405`, `413`, `415`, `503` come again later. Problems are JSON; no answer repeats a
 * secret, a signature or a value that was sent.
 */
export const createEventHandler =
  (options: EventHandlerOptions) =>
  async (request: Request): Promise<Response> => {
    try {
      return await answer(request, options)
    } catch (error) {
      return answerOfError(error, options)
    }
  }

async function answer(request: Request, options: EventHandlerOptions): Promise<Response> {
  if (request.method !== 'POST')
    return refusal(405, 'method_not_allowed', 'events are sent with POST', { allow: 'POST' })
  if (!isPlainJson(request.headers))
    return refusal(415, 'not_json', 'an event is `application/json`, not compressed')
  const signature = request.headers.get(SIGNATURE_HEADER)
  // Order matters: nothing is read for somebody who does not even try to sign.
  if (parseSignature(signature) === null) return unsigned()

  const secrets = await options.secrets()
  if (secrets.length === 0)
    return refusal(503, 'door_closed', 'no secret is configured for events over HTTP')
  const body = await readBody(request, BODY_MAX_BYTES)
  if (body.type === 'too_large')
    return refusal(413, 'too_large', `an event has at most ${BODY_MAX_BYTES} bytes`)
  if (body.type === 'broken') return refusal(400, 'body_broken', 'the body ended early')
  if (!isSigned(body.bytes, signature, secrets, instantToMs(options.clock.now()))) return unsigned()

  const parsed = parseJson(body.bytes)
  if (!parsed.ok) return refusal(400, 'bad_json', 'the body is no JSON text in UTF-8')
  const receipt = await options.submit(parsed.value)
  return json(receipt.accepted === 'accepted' ? 202 : 200, {
    accepted: receipt.accepted,
    eventId: receipt.eventId,
  })
}

function answerOfError(error: unknown, { clock, telemetry }: EventHandlerOptions): Response {
  if (isEventError(error)) {
    return error.code === 'event_id_reused'
      ? refusal(409, error.code, 'this id stands for another event', {}, error.problems)
      : refusal(422, error.code, 'the event is refused', {}, error.problems)
  }
  const isPassing = isPostDeliveryFailure(error) || isNamed(error, PASSING_FAILURES)
  telemetry.record({
    name: 'alarm',
    level: 'error',
    at: clock.now(),
    attributes: { code: 'event_door_failed', error: errorName(error) },
  })
  // What it was stays here: an error's text may hold anything.
  return isPassing
    ? refusal(503, 'unavailable', 'come again later', { 'retry-after': '5' })
    : refusal(500, 'failed', 'the event was not taken; send it again', { 'retry-after': '5' })
}

/** Failures of the engine and its store; both say by name what they are. */
const PASSING_FAILURES: readonly string[] = ['EngineFailure', 'StoreFailure']

const isNamed = (error: unknown, names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name)

const isPlainJson = (headers: Headers): boolean =>
  /^application\/json(;\s*charset="?utf-8"?)?$/i.test(headers.get('content-type') ?? '') &&
  ['', 'identity'].includes(headers.get('content-encoding') ?? '')

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

function parseJson(
  bytes: Uint8Array,
): { readonly ok: true; value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(decoder.decode(bytes)) }
  } catch {
    return { ok: false }
  }
}

const unsigned = (): Response =>
  refusal(401, 'not_signed', 'the signature is missing, too old, or of none of the active secrets')

const refusal = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  problems?: readonly Problem[],
): Response =>
  json(
    status,
    { error: { code, message, ...(problems === undefined ? {} : { problems }) } },
    headers,
  )

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
