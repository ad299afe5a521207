/** Says decisions in one line for people, from the trace that decided. */
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

type Leaf = Extract<ConditionTrace, { readonly kind: 'condition' }>

/** The conditions that made a rule fire, in the order of the rule; amounts in the order's currency. */
export function describeReasons(verdict: RuleVerdict, currency: string): string {
  if (verdict.trace === null) return ''
  return leaves(verdict.trace)
    .map((leaf) => describeLeaf(leaf, currency))
    .join(', ')
}

function leaves(trace: ConditionTrace): readonly Leaf[] {
  if (trace.kind === 'condition') return [trace]
  // Below a `not` it is the false ones that count; the sentence of those would mislead without their negation.
  if (trace.kind === 'not') return []
  return trace.of.filter((each) => each.verdict === 'true').flatMap(leaves)
}

function describeLeaf({ fact, operator, wanted, seen }: Leaf, currency: string): string {
  if (typeof seen === 'boolean') return seen ? words(fact) : `not ${words(fact)}`
  if (operator === 'equal' && typeof seen === 'string') return seen
  const sign = SIGNS[operator] ?? operator
  const say = (value: unknown): string => {
    if (typeof value === 'number')
      return fact.endsWith('Minor') ? formatMinor(value, currency) : String(value)
    return JSON.stringify(value)
  }
  const isCount = typeof seen === 'number' && !fact.endsWith('Minor')
  const said = isCount ? `${seen} ${words(fact)}` : `${words(fact)} ${say(seen)}`
  return `${said} (${sign} ${say(wanted)})`
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
  }
}
