/** Looks at what a rule asks for: whether it is sure to be refused wherever the rule fires. */
import { type Action, parseAction, REFUSALS } from '@postdelivery/core'
import { type AnalysedRule, type Analyser, sayTooComplex, withinBudgetOf } from './analysed-rule.ts'
import { addUnlistedOptions } from './check-options.ts'
import { type SureRefusal, sureRefusalsOf } from './refused-where.ts'
import { covers, isEmpty, type Region, regionWhere } from './regions.ts'

interface Asked {
  readonly action: Action
  /** Where the action is in its file. */
  readonly path: string
  readonly words: string
}

/** Adds what is to be said of the action of one rule. */
export function checkAsks(analysed: AnalysedRule, analyser: Analyser): void {
  const { rule, path } = analysed
  const { event } = rule
  const asked: Asked[] = [{ action: event, path: `${path}/event`, words: `\`${event.type}\`` }]
  if (event.type === 'review' && event.params.suggest !== undefined) {
    const { type, params } = event.params.suggest
    const suggested = parseAction(type, params)
    if (suggested.ok)
      asked.push({
        action: suggested.value,
        path: `${path}/event/params/suggest`,
        words: `the suggested \`${type}\``,
      })
  }
  const isDone = withinBudgetOf(analyser, (budget) => {
    for (const each of asked) checkAsk(each, analysed, { ...analyser, total: budget })
    return true
  })
  if (isDone === undefined) sayTooComplex(analysed)
}

function checkAsk(asked: Asked, analysed: AnalysedRule, analyser: Analyser): void {
  const refusals = sureRefusalsOf(asked.action)
  const firing = analysed.wakings.filter(({ region }) => !isEmpty(region))
  const found = firing.map(({ eventType, region }) => {
    const analysis = { space: analyser.spaceOn(eventType), budget: analyser.total }
    return refusedIn(region, refusals, analysis)
  })
  const { issues, path, wakings, rule } = analysed
  if (found.length > 0 && found.every((each) => each !== undefined)) {
    issues.add('action_refused', asked.path, messageOf(asked, found[0]), HINT)
    return
  }
  firing.forEach(({ eventType }, index) => {
    const reason = found[index]
    if (reason === undefined) return
    const at = wakings.findIndex((each) => each.eventType === eventType)
    const message = `on \`${eventType}\` ${messageOf(asked, reason)}`
    issues.add('event_in_vain', `${path}/on/${at}`, message, 'take the event out')
  })
  if (asked.action.type !== 'extendDueDate') return
  addUnlistedOptions(asked.action, asked.path, issues)
  addCurrencies(asked.action, asked.path, { ...analysed, rule })
}

const HINT = 'change the conditions so that the action is possible, or ask for another'

const messageOf = ({ words }: Asked, reason: SureRefusal | undefined): string => {
  const code = reason?.refusal ?? 'unknown_action'
  return `${words} is refused wherever the rule fires: ${REFUSALS[code]} (\`${code}\`)`
}

type Analysis = Parameters<typeof regionWhere>[2]

/**
 * The refusal that is sure in a region, of its first box when they differ.
 *
 * Each refusal is about one fact. Where none covers a box alone, a point outside of all of them can be put together fact
 * by fact; so they need not be tried together.
 */
function refusedIn(
  region: Region,
  refusals: readonly SureRefusal[],
  analysis: Analysis,
): SureRefusal | undefined {
  const found = region.map((box) =>
    refusals.find(({ where }) => covers(regionWhere(where, 'true', analysis), [box], analysis)),
  )
  return found.includes(undefined) ? undefined : found[0]
}

/** Currencies that the conditions name and the cap does not list: for them the action is always refused. */
function addCurrencies(
  action: Extract<Action, { readonly type: 'extendDueDate' }>,
  path: string,
  { wakings, issues }: AnalysedRule,
): void {
  const sets = wakings.flatMap(({ region }) =>
    region.map((box) => box.get('order.currency')?.known),
  )
  const named = new Set<string>()
  for (const set of sets) {
    if (set?.kind !== 'texts' || set.isExcept) return
    for (const currency of set.texts) named.add(currency)
  }
  const missing = [...named].filter((each) => !Object.hasOwn(action.params.maxFeeMinor, each))
  if (missing.length === 0) return
  const words = missing.map((each) => `\`${each}\``).join(', ')
  const message = `the rule fires for ${words}, and the cap lists no amount for it`
  issues.add(
    'currency_without_cap',
    `${path}/params/maxFeeMinor`,
    message,
    'list an amount, or take the currency out of the conditions',
  )
}
