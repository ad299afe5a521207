/** The brakes on a new command: when people must agree, and which shared limits it claims. */
import { findCommand, isConfirmed, isOpen, sum } from '../books.ts'
import type { Command } from '../commands.ts'
import type { Limits, Reservation, RuleLimits } from '../limits.ts'
import type { OrderState } from '../order-state.ts'
import type { RuleSetsInForce } from '../ports/rule-book.ts'
import type { Settings } from '../settings.ts'
import { dateInZone, type IsoInstant } from '../time.ts'
import type { Ask } from './rank-asks.ts'
import { ofType, type Routed } from './router.ts'

interface BrakeInput {
  readonly command: Command
  /** The order before the command. */
  readonly order: OrderState
  readonly ask: Ask
  readonly settings: Settings
  readonly rules: RuleSetsInForce | null
}

/** What a limit allows in a currency: one that is not listed allows nothing. */
const allowed = (limits: Readonly<Record<string, number>>, currency: string): number =>
  Object.hasOwn(limits, currency) ? (limits[currency] ?? 0) : 0

const refundMinorOf = ({ body }: Command): number =>
  body.operation === 'refundOrder' ? body.refundMinor : 0
const feeMinorOf = ({ body }: Command): number =>
  body.operation === 'extendDueDate' ? body.feeMinor : 0

/**
 * Says why a command must wait for people, the first reason that applies, or null when it may go.
 *
 * The limits of one command and of one order are checked here; those shared with other orders are claimed in the
 * transaction (see `reservationsFor`).
 */
export function approvalReason(input: BrakeInput): string | null {
  const { command, order, ask, settings } = input
  const { currency } = command
  const { limits, approval } = settings
  const refundMinor = refundMinorOf(command)
  const feeMinor = feeMinorOf(command)
  const live = order.commands.filter((each) => isOpen(each) || isConfirmed(each))
  const orderRefundMinor = refundMinor + sum(live.map((each) => refundMinorOf(each.command)))
  const orderFeeMinor = feeMinor + sum(live.map((each) => feeMinorOf(each.command)))
  const ruleCount = live.filter(
    (each) => each.command.rule !== null && each.command.rule === command.rule,
  ).length
  const rulePerOrder = ruleLimitsOf(input).perOrder

  if (ask.mode === 'approval') return 'rule_asks_for_approval'
  if (refundMinor > 0 && !Object.hasOwn(limits.perCommand.refundMaxMinor, currency)) {
    return `limit:currency:${currency}`
  }
  if (refundMinor > allowed(limits.perCommand.refundMaxMinor, currency))
    return 'limit:command:refund'
  if (feeMinor > allowed(limits.perCommand.extensionFeeMaxMinor, currency))
    return 'limit:command:extension_fee'
  if (refundMinor > 0 && orderRefundMinor > allowed(limits.perOrder.refundMaxMinor, currency))
    return 'limit:order:refund'
  if (feeMinor > 0 && orderFeeMinor > allowed(limits.perOrder.extensionFeeMaxMinor, currency))
    return 'limit:order:extension_fee'
  if (live.length + 1 > limits.perOrder.commandMaxCount) return 'limit:order:commands'
  if (rulePerOrder !== undefined && ruleCount + 1 > rulePerOrder) return 'limit:order:rule'
  if (refundMinor > 0 && refundMinor > allowed(approval.refundAboveMinor, currency))
    return 'above_approval_threshold'
  if (feeMinor > 0 && feeMinor > allowed(approval.extensionFeeAboveMinor, currency))
    return 'above_approval_threshold'
  return null
}

const WAITS: Readonly<Record<string, string>> = {
  rule_asks_for_approval: 'the rule asks for it',
  'limit:command:refund': 'the refund is above the limit of one command',
  'limit:command:extension_fee': 'the fee is above the limit of one command',
  'limit:order:refund': 'the refunds of this order are above their limit',
  'limit:order:extension_fee': 'the extension fees of this order are above their limit',
  'limit:order:commands': 'this order has as many commands as the limits allow',
  'limit:order:rule': 'the rule has acted on this order as often as its limits allow',
  above_approval_threshold: 'the amount is above the one from which people must agree',
}

/** Says for people why a command waits for them; limits that orders share are named by their bucket. */
export function describeWait(why: string): string {
  if (why.startsWith('limit:currency:')) return `${why.slice(15)} is not listed in the limits`
  return WAITS[why] ?? `a limit that orders share is reached (${why.replace('limit:', '')})`
}

/** What the claims of a command follow from. */
export interface ClaimInput {
  readonly command: Command
  readonly settings: Settings
  readonly now: IsoInstant
  /** What the rule itself allows; it only tightens the merchant's limits. */
  readonly ruleLimits?: RuleLimits
}

/** The claims of a command on limits that it shares with other orders. Days are counted in the merchant's time zone. */
export function reservationsFor(input: ClaimInput): readonly Reservation[] {
  const { command, settings, now, ruleLimits = {} } = input
  const { perRuleAndDay, perMerchantAndDay } = settings.limits
  const day = dateInZone(now, settings.timeZone)
  const ofRule =
    command.rule === null
      ? []
      : claimsOn(`rule:${command.rule}`, day, command, {
          ...perRuleAndDay,
          commandMaxCount: Math.min(
            perRuleAndDay.commandMaxCount,
            ruleLimits.perDay ?? Number.POSITIVE_INFINITY,
          ),
        })
  return [...ofRule, ...claimsOn('merchant', day, command, perMerchantAndDay)]
}

/** Claims of commands that were waved through or done after all, on the day on which that happened. */
export const claimsAnyway = (
  { order, effects }: Routed,
  { settings, now }: Pick<ClaimInput, 'settings' | 'now'>,
): readonly Reservation[] =>
  ofType(effects, 'claim').flatMap(({ commandId }) => {
    const found = findCommand(order, commandId)
    if (found === undefined) return []
    return reservationsFor({ command: found.command, settings, now }).map((claim) => ({
      ...claim,
      isApproved: true,
    }))
  })

/** What one limit of a day is claimed for: the count, the refund and the fee of a command. */
function claimsOn(
  owner: string,
  day: string,
  command: Command,
  limit: Limits['perRuleAndDay'],
): readonly Reservation[] {
  const { currency } = command
  const claim = (what: string, amount: number, ceiling: number): readonly Reservation[] =>
    amount === 0
      ? []
      : [{ commandId: command.id, bucket: `${owner}:${what}:${day}`, amount, ceiling }]
  return [
    ...claim('count', 1, limit.commandMaxCount),
    ...claim(`refund:${currency}`, refundMinorOf(command), allowed(limit.refundMaxMinor, currency)),
    ...claim(
      `extension_fee:${currency}`,
      feeMinorOf(command),
      allowed(limit.extensionFeeMaxMinor, currency),
    ),
  ]
}

/** What the rule that asks allows itself. */
export const ruleLimitsOf = ({ ask, rules }: Pick<BrakeInput, 'ask' | 'rules'>): RuleLimits =>
  ask.ruleSet === null || ask.rule === null ? {} : (rules?.limitsOf(ask.ruleSet, ask.rule) ?? {})
