/** Where Klarna answers: six hosts by region, and any other address only when code says so. */
import { err, ok, type Problem, type Result } from '@postdelivery/core'

export const KLARNA_REGIONS = ['eu', 'na', 'oc'] as const
export type KlarnaRegion = (typeof KLARNA_REGIONS)[number]

/** A Klarna region, live or playground; or any base URL, said explicitly (the twin, Kustom, a gateway). */
export type KlarnaHost =
  | { readonly region: KlarnaRegion; readonly live: boolean; readonly baseUrl?: never }
  | { readonly baseUrl: string; readonly region?: never; readonly live?: never }

/** Klarna's own hosts. Source: docs.klarna.com/api/api-urls. */
export const KLARNA_HOSTS = {
  eu: { live: 'https://api.klarna.com', playground: 'https://api.playground.klarna.com' },
  na: { live: 'https://api-na.klarna.com', playground: 'https://api-na.playground.klarna.com' },
  oc: { live: 'https://api-oc.klarna.com', playground: 'https://api-oc.playground.klarna.com' },
} as const satisfies Record<KlarnaRegion, { live: string; playground: string }>

/**
 * Resolves a host to a base URL without a slash at its end.
 *
 * Refuses: another scheme than https (http is allowed on loopback addresses, for the twin and tests), a URL
 *   with a user name, query or fragment, and a region together with a base URL. Never guesses live or playground.
 * Returns: the URL, or all problems with JSON Pointers into the options. Throws: never.
 */
export function baseUrlOf(host: unknown): Result<string, readonly Problem[]> {
  const given = (typeof host === 'object' && host !== null ? host : {}) as {
    readonly [Key in 'region' | 'live' | 'baseUrl']?: unknown
  }
  if (given.baseUrl !== undefined) {
    if (given.region !== undefined || given.live !== undefined)
      return err([
        problem('unknown_key', '/baseUrl', 'say `baseUrl`, or `region` and `live`, not both'),
      ])
    return openUrl(given.baseUrl)
  }
  const problems: Problem[] = []
  const region = KLARNA_REGIONS.find((known) => known === given.region)
  if (region === undefined)
    problems.push(problem('not_listed', '/region', 'must be `eu`, `na` or `oc`; or say `baseUrl`'))
  if (typeof given.live !== 'boolean')
    problems.push(problem('wrong_type', '/live', 'must be true (real money) or false (playground)'))
  if (region === undefined || problems.length > 0) return err(problems)
  return ok(KLARNA_HOSTS[region][given.live === true ? 'live' : 'playground'])
}

function openUrl(text: unknown): Result<string, readonly Problem[]> {
  const url = typeof text === 'string' ? parsed(text) : null
  if (url === null) return err([problem('wrong_type', '/baseUrl', 'must be a URL')])
  const problems: Problem[] = []
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    problems.push(
      problem('out_of_range', '/baseUrl', 'must begin with `https://`; `http://` only on loopback'),
    )
  if (url.username !== '' || url.password !== '')
    problems.push(
      problem('out_of_range', '/baseUrl', 'must not carry credentials; give a provider'),
    )
  if (url.search !== '' || url.hash !== '')
    problems.push(problem('out_of_range', '/baseUrl', 'must have no query and no fragment'))
  if (problems.length > 0) return err(problems)
  return ok(`${url.origin}${url.pathname}`.replace(/\/+$/, ''))
}

function parsed(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Loopback by RFC 6761 (`localhost`), RFC 1122 (127/8) and RFC 4291 (`::1`). */
const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)

const problem = (code: Problem['code'], path: string, message: string): Problem => ({
  code,
  path,
  message,
})
