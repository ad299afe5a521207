/** Who we are at Klarna: asked for before every call, so that keys can change, and never printable. */
import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/** Holds a text that must not be seen: every way to print it gives `[secret]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** Gives the text itself; called only where a request is written. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}

/** A Klarna key id with its secret, or one of the newer keys (`klarna_live_api_...`) that stand alone. */
export type KlarnaCredentials =
  | { readonly username: string; readonly password: string | Secret }
  | { readonly apiKey: string | Secret }

/** Gives the credentials of the next call; a vault, a file, the environment. */
export type CredentialsProvider = () => KlarnaCredentials | Promise<KlarnaCredentials>

/** What one call signs with, and how to take it out of any text. */
export interface Authorization {
  /** Value of the `Authorization` header. */
  readonly header: Secret
  /** Replaces every part of the credentials in a text by `[secret]`. */
  readonly scrub: (text: string) => string
}

/**
 * Reads what a provider gave.
 *
 * Returns: the authorization, or null when there is no usable user name, password or key in it.
 * Source: RFC 7617 (Basic); Klarna's newer keys are said to go into `Authorization: Basic <key>` as they are.
 */
export function authorizationOf(credentials: unknown): Authorization | null {
  if (typeof credentials !== 'object' || credentials === null) return null
  const given = credentials as { username?: unknown; password?: unknown; apiKey?: unknown }
  if (given.apiKey !== undefined) {
    const apiKey = textOf(given.apiKey)
    return apiKey !== null && HEADER_SAFE.test(apiKey) ? authorization(apiKey, [apiKey]) : null
  }
  const password = textOf(given.password)
  const username = textOf(given.username)
  if (password === null || username === null || username.includes(':')) return null
  const encoded = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  return authorization(encoded, [encoded, password, username])
}

function authorization(value: string, parts: readonly string[]): Authorization {
  // Shorter parts occur in ordinary text by chance, and hiding those would hide the message.
  const hidden = parts.filter((part) => part.length >= 6)
  return {
    header: new Secret(`Basic ${value}`),
    scrub: (text) => hidden.reduce((left, part) => left.replaceAll(part, HIDDEN), text),
  }
}

const HEADER_SAFE = /^[\x21-\x7e]+$/

const textOf = (value: unknown): string | null => {
  const text = value instanceof Secret ? value.reveal() : value
  return typeof text === 'string' && text !== '' ? text : null
}
