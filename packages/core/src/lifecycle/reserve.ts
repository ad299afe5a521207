/** The brakes on a new command: when people must agree, and which shared limits it claims. */
import { isConfirmed, isOpen, refundsOf, sum } from '../books.ts'
import type { Command } from '../commands.ts'
import type { Reservation } from '../limits.ts'
import type { OrderState } from '../order-state.ts'
import type { RulesInForce } from '../ports/rule-book.ts'
import type { Settings } from '../settings.ts'
import { dateInZone, type IsoInstant } from '../time.ts'
import type { Ask } from './rank-asks.ts'

interface BrakeInput {
  readonly command: Command
  /** The order before the command. */
  readonly order: OrderState
  readonly ask: Ask
  readonly settings: Settings
  readonly rules: RulesInForce | null
  readonly now: IsoInstant
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
  const orderRefundMinor =
    refundMinor +
    sum(
      refundsOf(order)
        .filter((each) => isOpen(each) || isConfirmed(each))
        .map((each) => each.refund.refundMinor),
    )
  const ruleCount = live.filter(
    (each) => each.command.rule !== null && each.command.rule === command.rule,
  ).length
  const rulePerOrder = ruleLimits(input).perOrder

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
  'limit:order:commands': 'this order has as many commands as the limits allow',
  'limit:order:rule': 'the rule has acted on this order as often as its limits allow',
  above_approval_threshold: 'the amount is above the one from which people must agree',
}

/** Says for people why a command waits for them; limits that orders share are named by their bucket. */
export function describeWait(why: string): string {
  if (why.startsWith('limit:currency:')) return `${why.slice(15)} is not listed in the limits`
  return WAITS[why] ?? `a limit that orders share is reached (${why.replace('limit:', '')})`
}

/** The claims of a command on limits that it shares with other orders. Days are counted in the merchant's time zone. */
export function reservationsFor(input: BrakeInput): readonly Reservation[] {
  const { command, settings, now } = input
  const { perRuleAndDay, perMerchantAndDay } = settings.limits
  const { currency } = command
  const day = dateInZone(now, settings.timeZone)
  const refundMinor = refundMinorOf(command)
  const feeMinor = feeMinorOf(command)
  const claim = (bucket: string, amount: number, ceiling: number): readonly Reservation[] =>
    amount === 0 ? [] : [{ commandId: command.id, bucket: `${bucket}:${day}`, amount, ceiling }]

  const ruleCount = Math.min(
    perRuleAndDay.commandMaxCount,
    ruleLimits(input).perDay ?? Number.POSITIVE_INFINITY,
  )
  const ofRule =
    command.rule === null
      ? []
      : [
          ...claim(`rule:${command.rule}:count`, 1, ruleCount),
          ...claim(
            `rule:${command.rule}:refund:${currency}`,
            refundMinor,
            allowed(perRuleAndDay.refundMaxMinor, currency),
          ),
        ]
  return [
    ...ofRule,
    ...claim('merchant:count', 1, perMerchantAndDay.commandMaxCount),
    ...claim(
      `merchant:refund:${currency}`,
      refundMinor,
      allowed(perMerchantAndDay.refundMaxMinor, currency),
    ),
    ...claim(
      `merchant:extension_fee:${currency}`,
      feeMinor,
      allowed(perMerchantAndDay.extensionFeeMaxMinor, currency),
    ),
  ]
}

const ruleLimits = ({
  ask,
  rules,
}: BrakeInput): { readonly perOrder?: number; readonly perDay?: number } =>
  ask.ruleSet === null || ask.rule === null ? {} : (rules?.limitsOf(ask.ruleSet, ask.rule) ?? {})
