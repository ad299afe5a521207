/** Looks at an extension against Klarna's price list: days and caps for which no option is listed. Live, Klarna's offers count. */
import { type Action, EXTENSION_PRICES } from '@postdelivery/core'
import type { IssueList } from '../issues.ts'

type Extension = Extract<Action, { readonly type: 'extendDueDate' }>

/** Adds a warning for days that are not listed, or else for each cap below every listed fee of such days. */
export function addUnlistedOptions({ params }: Extension, path: string, issues: IssueList): void {
  const listed = [...new Set(Object.values(EXTENSION_PRICES).flatMap(daysOf))].toSorted(
    (a, b) => a - b,
  )
  const isWanted = (days: number): boolean =>
    params.days === undefined ? days >= (params.atLeastDays ?? 0) : days === params.days
  if (!listed.some(isWanted)) {
    const key = params.days === undefined ? 'atLeastDays' : 'days'
    const message = `Klarna's price list has no such option; it has ${listed.join(', ')} days`
    issues.add('option_not_listed', `${path}/params/${key}`, message, 'ask for days that it has')
    return
  }
  for (const [currency, maxFeeMinor] of Object.entries(params.maxFeeMinor)) {
    const prices = Object.hasOwn(EXTENSION_PRICES, currency)
      ? EXTENSION_PRICES[currency]
      : undefined
    const fees = prices?.fees.filter(({ numberOfDays }) => isWanted(numberOfDays)) ?? []
    const leastMinor = Math.min(...fees.map(({ lowMinor }) => lowMinor))
    if (fees.length === 0 || maxFeeMinor >= leastMinor) continue
    const message = `the cap is below every listed fee of such days, the least of which is ${leastMinor}`
    const hint = 'raise the cap, or ask for fewer days'
    issues.add('option_not_listed', `${path}/params/maxFeeMinor/${currency}`, message, hint)
  }
}

const daysOf = ({ fees }: (typeof EXTENSION_PRICES)[string]): readonly number[] =>
  fees.map(({ numberOfDays }) => numberOfDays)
