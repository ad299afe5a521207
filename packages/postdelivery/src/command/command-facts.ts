/** What a person must see of a command before they decide about it: amount, fee, request, rule, approvals. */
import type { StoredRequest } from '@postdelivery/core'
import { whyRule } from '@postdelivery/rules'
import { type CommandView, viewOrder } from '../order-view.ts'
import { readRuleSentences } from '../stored-rules.ts'
import type { Desk } from './desk.ts'
import { printable } from './output.ts'

/** A command with everything that is known of it. */
export interface CommandFacts {
  readonly orderId: string
  readonly command: CommandView
  /** The exact request that is sent, or null when it is gone. */
  readonly request: StoredRequest | null
  /** Why the rule asked, in a sentence; null when a person did. */
  readonly because: string | null
}

/** Reads a command of an order. Returns null when the order has none of this id. */
export async function readCommandFacts(
  desk: Desk,
  orderId: string,
  commandId: string,
): Promise<CommandFacts | null> {
  const { order } = await desk.order(orderId)
  const says = await readRuleSentences(desk.reader, order, desk.vocabulary)
  const command = viewOrder(order, says).commands.find((each) => each.commandId === commandId)
  if (command === undefined) return null
  const requests = await desk.reader.requests(orderId)
  const request = requests.findLast((each) => each.commandId === commandId) ?? null
  const decision = await desk.reader.decision(orderId, command.eventId)
  const verdict = decision?.rules.find(
    ({ ruleSet, rule, verdict }) => verdict === 'true' && `${ruleSet}/${rule}` === command.rule,
  )
  return {
    orderId,
    command,
    request,
    because:
      verdict === undefined
        ? null
        : whyRule(verdict, desk.vocabulary, { currency: order.currency }).sentence,
  }
}

/** The same as lines for people. */
export function commandFactLines({
  orderId,
  command,
  request,
  because,
}: CommandFacts): readonly string[] {
  const { approvalsNeeded, approvedBy, approvalExpiresAt } = command
  return [
    `command   ${command.commandId}`,
    `order     ${printable(orderId)}`,
    `what      ${command.what}`,
    `phase     ${command.phase}${command.why === null ? '' : `: ${printable(command.why)}`}`,
    `asked by  ${printable(command.rule ?? command.requestedBy ?? 'unknown')} on event ${printable(command.eventId)}`,
    ...(command.ruleSays === null ? [] : [`rule says ${printable(command.ruleSays)}`]),
    ...(because === null ? [] : [`because   ${printable(because)}`]),
    ...(approvalsNeeded === 0
      ? []
      : [
          `approvals ${approvedBy.length} of ${approvalsNeeded}${approvedBy.length === 0 ? '' : `: ${printable(approvedBy.join(', '))}`}${approvalExpiresAt === null ? '' : `, expires ${approvalExpiresAt}`}`,
        ]),
    ...(request === null
      ? []
      : [
          `request   ${request.method} ${request.path}${request.body === null ? '' : ` ${printable(request.body)}`}`,
        ]),
    `hash      ${command.approvalHash}`,
  ]
}
