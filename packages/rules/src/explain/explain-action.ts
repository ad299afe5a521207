/** What became of an action that a rule asked for, in words, and the smallest change of its params that would have let it. */
import { type ActionType, type DecidedAction, type Facts, REFUSALS } from '@postdelivery/core'
import { type ParamFlip, paramFlipOf } from './param-flip.ts'
import { renderAnyAction } from './render-action.ts'
import type { SayOptions } from './say-value.ts'

/** One action, explained. */
export interface ActionReasons {
  readonly type: ActionType
  readonly outcome: DecidedAction['outcome']
  /** One sentence for ops: what was asked for and what became of it. */
  readonly sentence: string
  /** The smallest change of one param that takes away what stood in the way; null when no param would. */
  readonly flip: ParamFlip | null
}

/** What is known around an action. */
export interface ActionContext extends SayOptions {
  /** What the rule asked for, from its verdict; left out when a person asked. */
  readonly params?: Readonly<Record<string, unknown>>
  /** The facts of the decision. */
  readonly facts?: Facts
}

/**
 * Says what became of one action, and why it did not happen when it did not.
 *
 * Params are proposed only where the record says exactly what would have been enough: another thing may stand in the way
 * behind it. Throws: never.
 *
 * @example
 * ```ts
 * import { explainAction } from '@postdelivery/rules'
 *
 * const explained = explainAction(
 *   {
 *     ruleSet: 'returns',
 *     rule: 'More time',
 *     requestedBy: null,
 *     type: 'extendDueDate',
 *     outcome: 'refused',
 *     refusal: { code: 'no_option_within_cap', facts: { feeMaxMinor: 1000, neededFeeMinor: 1900 } },
 *     commandIds: [],
 *     sentence: '',
 *   },
 *   { currency: 'SEK', params: { choose: 'longest', maxFeeMinor: { SEK: 1000 } } },
 * )
 * expect(explained.flip?.sentence).toBe('would act if the fee cap were 19.00 SEK')
 * ```
 */
export function explainAction(action: DecidedAction, context: ActionContext = {}): ActionReasons {
  const { type, outcome } = action
  const asked =
    context.params === undefined
      ? ACTION_NAMES[type]
      : renderAnyAction(type, context.params, context)
  return {
    type,
    outcome,
    sentence: `${askerOf(action)} asked to ${asked}: ${becameOf(action)}`,
    flip: paramFlipOf(action, context),
  }
}

const askerOf = ({ rule, requestedBy }: DecidedAction): string =>
  rule === null ? (requestedBy ?? 'a person') : `the rule ${JSON.stringify(rule)}`

function becameOf({ outcome, refusal, sentence }: DecidedAction): string {
  if (outcome === 'refused')
    return `not done, because ${refusal === undefined ? sentence : REFUSALS[refusal.code]}`
  if (outcome !== 'awaiting_approval') return OUTCOME_WORDS[outcome]
  const at = sentence.lastIndexOf('; waits for approval: ')
  return at < 0
    ? OUTCOME_WORDS[outcome]
    : `${OUTCOME_WORDS[outcome]}, because ${sentence.slice(at + '; waits for approval: '.length)}`
}

/** What each outcome means; why an action is refused stands in the refusal. */
const OUTCOME_WORDS: Readonly<Record<DecidedAction['outcome'], string>> = {
  queued: 'decided, and on its way to Klarna',
  awaiting_approval: 'nothing is sent before people agree',
  superseded: 'not done, because another rule came first',
  refused: 'not done',
  not_live: 'not done, because the rule is not live and only watches',
  observed: 'not done, because the engine only observes and sends nothing',
  conflict: 'not done, because several rules fired of a set that allows one; a person decides',
  done: 'done',
}

/** Actions whose params are not on record. */
const ACTION_NAMES: Readonly<Record<ActionType, string>> = {
  refund: 'pay back money',
  releaseAuthorization: 'release what is authorized and not captured',
  extendDueDate: 'extend the due date',
  addShippingInfo: 'tell Klarna the parcels',
  sendOut: 'send the customer the invoice again',
  extendAuthorization: 'extend the authorization',
  review: 'have a person look at it',
  notify: 'send a message',
}
