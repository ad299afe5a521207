/** Reads what the control path is sent, and says in one line each what is wrong with it. */
import { PORTAL_ACTIONS, type PortalAction } from './portal.ts'
import { allowed, count, type SettingCheck, text } from './setting-checks.ts'
import { TwinInputError } from './twin-state.ts'

/** How the clock is to be moved. */
export type ClockChange = { readonly advanceMs: number } | { readonly setToMs: number }

type Checks = Readonly<Record<string, SettingCheck>>

/** Reads `{"advanceMs"}`, `{"advanceDays"}` or `{"setTo"}`. Throws: `TwinInputError`. */
export function clockChangeOf(body: unknown): ClockChange {
  const given = membersOf(body, { advanceMs: count(0), advanceDays: count(0), setTo: instant })
  const { advanceMs, advanceDays, setTo } = given
  if (Object.keys(given).length !== 1)
    throw new TwinInputError(['give one of `advanceMs`, `advanceDays`, `setTo`'])
  if (setTo !== undefined) return { setToMs: Date.parse(String(setTo)) }
  return { advanceMs: Number(advanceMs ?? 0) + Number(advanceDays ?? 0) * DAY_MS }
}

/** Reads what a person does in the portal. Throws: `TwinInputError`. */
export function portalActionOf(action: string, body: unknown): PortalAction {
  const name = PORTAL_ACTIONS.find((each) => each === action)
  if (name === undefined)
    throw new TwinInputError([`a person can ${PORTAL_ACTIONS.join(', ')}, not \`${action}\``])
  const given = membersOf(body ?? {}, PORTAL_CHECKS[name])
  if ('amountMinor' in PORTAL_CHECKS[name] && given['amountMinor'] === undefined)
    throw new TwinInputError(['`amountMinor` is missing'])
  // Every member was checked above, the required one included.
  return { action: name, ...given } as PortalAction
}

/** Reads `{"options": [...]}`; null brings Klarna's price list back. Throws: `TwinInputError`. */
export function optionsOf(
  body: unknown,
): readonly { number_of_days: number; amount: number }[] | null {
  const { options } = membersOf(body, { options: anything })
  if (options === null) return null
  if (!Array.isArray(options))
    throw new TwinInputError(['`options` is a list of `number_of_days` and `amount`, or null'])
  return options.map((option: unknown) => {
    const each = membersOf(option, { number_of_days: count(1), amount: count(0) })
    if (each['number_of_days'] === undefined || each['amount'] === undefined)
      throw new TwinInputError(['an option has `number_of_days` and `amount`'])
    return { number_of_days: Number(each['number_of_days']), amount: Number(each['amount']) }
  })
}

function membersOf(body: unknown, checks: Checks): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new TwinInputError(['the body is a JSON object'])
  const problems = Object.entries(body).flatMap(([name, value]) => {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (check === undefined) return [`\`${name}\` is not known here; known: ${Object.keys(checks)}`]
    return check.passes(value)
      ? []
      : [`\`${name}\` is ${allowed(check)}, not ${JSON.stringify(value)}`]
  })
  if (problems.length > 0) throw new TwinInputError(problems)
  return { ...body }
}

const DAY_MS = 86_400_000

const instant: SettingCheck = {
  passes: (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  words: 'an ISO 8601 instant',
}

const anything: SettingCheck = { passes: () => true, words: 'anything' }

const PORTAL_CHECKS: Readonly<Record<PortalAction['action'], Checks>> = {
  refund: { amountMinor: count(0), captureId: text, reference: text, description: text },
  capture: { amountMinor: count(1), reference: text },
  release: {},
  cancel: {},
  close: {},
}
