/** What is asked for, in the order in which it is settled, and which of it stands under the sets' hit policies. */
import type { ActionType } from '../actions.ts'
import type { RuleMode, RuleVerdict } from '../decision.ts'
import type { OrderEvent } from '../events.ts'
import type { RuleSetsInForce } from '../ports/rule-book.ts'

/** One action that a rule or a person asks for. */
export interface Ask {
  readonly ruleSet: string | null
  readonly rule: string | null
  readonly requestedBy: string | null
  /** Why a person asks. */
  readonly why: string | null
  readonly mode: RuleMode
  readonly verdict: RuleVerdict | null
  readonly type: ActionType
  readonly params: Readonly<Record<string, unknown>>
  /** Who may not approve what comes of it. */
  readonly barredApprovers: readonly string[]
  readonly standing: 'stands' | 'not_live' | 'superseded' | 'conflict'
}

interface RankInput {
  readonly event: OrderEvent
  readonly verdicts: readonly RuleVerdict[]
  readonly rules: RuleSetsInForce | null
}

/**
 * Lists the asks of an event: a person's own request, or the rules that fired, by priority and then document order.
 *
 * `draft` and `shadow` rules never win or block. Per set: `first` lets the first rule stand, `unique` none when there
 * are several.
 */
export function rankAsks({ event, verdicts, rules }: RankInput): readonly Ask[] {
  if (event.type === 'action.requested') {
    const { by, why, action } = event
    const ask = {
      ruleSet: null,
      rule: null,
      requestedBy: by,
      why,
      verdict: null,
      barredApprovers: [by],
    }
    return [
      { ...ask, mode: 'live', type: action.type, params: action.params ?? {}, standing: 'stands' },
    ]
  }
  const fired = verdicts.filter((verdict) => verdict.verdict === 'true')
  return fired.map((verdict): Ask => {
    const set = rules?.ruleSets.find((each) => each.name === verdict.ruleSet)
    return {
      ruleSet: verdict.ruleSet,
      rule: verdict.rule,
      requestedBy: null,
      why: null,
      mode: verdict.mode,
      verdict,
      type: verdict.action.type,
      params: verdict.action.params,
      barredApprovers: set?.publishedBy == null ? [] : [set.publishedBy],
      standing: standingOf(verdict, fired, set?.hitPolicy ?? 'collect'),
    }
  })
}

function standingOf(
  verdict: RuleVerdict,
  fired: readonly RuleVerdict[],
  hitPolicy: 'collect' | 'first' | 'unique',
): Ask['standing'] {
  if (!canAct(verdict)) return 'not_live'
  if (hitPolicy === 'collect') return 'stands'
  const rivals = fired.filter((each) => canAct(each) && each.ruleSet === verdict.ruleSet)
  if (hitPolicy === 'first' && rivals[0] !== verdict) return 'superseded'
  return hitPolicy === 'unique' && rivals.length > 1 ? 'conflict' : 'stands'
}

const canAct = (verdict: RuleVerdict): boolean =>
  verdict.mode === 'live' || verdict.mode === 'approval'
