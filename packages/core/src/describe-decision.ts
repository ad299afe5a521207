/** Says decisions in one line for people, from the trace that decided. */
import { assertNever } from './assert.ts'
import type { CommandBody } from './commands.ts'
import type { ConditionTrace, RuleVerdict } from './decision.ts'
import { formatMinor } from './money.ts'

const SIGNS: Readonly<Record<string, string>> = {
  lessThan: '<',
  lessThanInclusive: '<=',
  greaterThan: '>',
  greaterThanInclusive: '>=',
  equal: '=',
  notEqual: 'not',
  in: 'in',
  notIn: 'not in',
  contains: 'contains',
  doesNotContain: 'without',
}

/** A fact's name in words: `time.daysToDueDate` is `days to due date`, `order.payLater` is `pay later`. */
const words = (fact: string): string =>
  (fact.split('.')[1] ?? fact)
    .replace(/Minor$/, '')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** The conditions that made a rule fire, in the order of the rule. */
export function describeReasons(verdict: RuleVerdict): string {
  if (verdict.trace === null) return ''
  return leaves(verdict.trace).map(describeLeaf).join(', ')
}

function leaves(
  trace: ConditionTrace,
): readonly Extract<ConditionTrace, { readonly kind: 'condition' }>[] {
  if (trace.kind === 'condition') return [trace]
  // Below a `not` it is the false ones that count; the sentence of those would mislead without their negation.
  if (trace.kind === 'not') return []
  return trace.of.filter((each) => each.verdict === 'true').flatMap(leaves)
}

function describeLeaf({
  fact,
  operator,
  wanted,
  seen,
}: Extract<ConditionTrace, { readonly kind: 'condition' }>): string {
  if (typeof seen === 'boolean') return seen ? words(fact) : `not ${words(fact)}`
  if (operator === 'equal' && typeof seen === 'string') return seen
  const sign = SIGNS[operator] ?? operator
  const compared = typeof wanted === 'object' ? JSON.stringify(wanted) : String(wanted)
  return typeof seen === 'number'
    ? `${seen} ${words(fact)} (${sign} ${compared})`
    : `${words(fact)} ${JSON.stringify(seen)} (${sign} ${compared})`
}

/** What a call will do, in a few words. */
export function describeBody(body: CommandBody, currency: string): string {
  switch (body.operation) {
    case 'refundOrder':
      return `refund ${formatMinor(body.refundMinor, currency)}`
    case 'releaseRemainingAuthorization':
      return `release the remaining ${formatMinor(body.remainingMinor, currency)}`
    case 'extendDueDate':
      return `+${body.numberOfDays} days, fee ${formatMinor(body.feeMinor, currency)} (cap ${formatMinor(body.feeMaxMinor, currency)})`
    case 'appendShippingInfo':
      return body.shippingInfo.length === 1
        ? 'add shipping info'
        : `add shipping info of ${body.shippingInfo.length} parcels`
    case 'triggerSendOut':
      return 'send the invoice again'
    case 'extendAuthorizationTime':
      return 'extend the authorization'
    default:
      return assertNever(body)
  }
}
