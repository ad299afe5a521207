/** What is allowed in a rule but worth a look: reported, never refused. */
import type { Action, RuleLimits } from '@postdelivery/core'
import { carriersOf } from './analyse/space.ts'
import type { IssueList } from './issues.ts'

interface Warned {
  readonly path: string
  readonly on: readonly string[]
  readonly event: Action | undefined
  readonly limits: RuleLimits
  readonly factPaths: ReadonlyMap<string, string> | undefined
}

/** Actions that cost the merchant money. */
const MONEY_ACTIONS: readonly string[] = ['refund', 'extendDueDate']

/** Adds the warnings about one rule. */
export function addRuleWarnings(rule: Warned, issues: IssueList): void {
  const { event, limits, path } = rule
  const isLimited = limits.perOrder !== undefined || limits.perDay !== undefined
  if (event !== undefined && MONEY_ACTIONS.includes(event.type) && !isLimited) {
    const message = `\`${event.type}\` moves money, and the rule has no limits of its own`
    issues.add('no_limits', `${path}/limits`, message, 'say `limits` with `perOrder` or `perDay`')
  }
  for (const [fact, factPath] of rule.factPaths ?? []) {
    const carriers = carriersOf(fact)
    if (carriers === undefined || rule.on.length === 0) continue
    if (rule.on.some((type) => carriers.includes(type))) continue
    const message = `\`${fact}\` is never known on ${rule.on.map((type) => `\`${type}\``).join(', ')}`
    const hint = `it comes with ${carriers.map((type) => `\`${type}\``).join(', ')}`
    issues.add('fact_never_known', factPath, message, hint)
  }
}
