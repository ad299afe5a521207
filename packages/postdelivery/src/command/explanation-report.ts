/** Writes explanations for people: each rule with its sentence, its reasons, and what would turn it round. */
import type { CustomerNote } from '@postdelivery/rules'
import type { RuleExplanation } from '../rule-explanation.ts'
import type { ActionExplanation, Explanation } from '../why.ts'
import { type Output, printable } from './output.ts'

/** What of an explanation is asked for. */
export interface Narrowing {
  /** A rule's name, or `set/name`. */
  readonly rule?: string | undefined
  readonly action?: string | undefined
}

/** Keeps of an explanation what is asked for; null when nothing of it is. */
export function narrowExplanation(
  explanation: Explanation,
  narrowing: Narrowing,
): Explanation | null {
  const { rule, action } = narrowing
  if (rule === undefined && action === undefined) return explanation
  const { fired, silent, nearMisses, actions, outcomes } = explanation
  const isAbout = (each: { readonly ruleSet: string | null; readonly rule: string | null }) =>
    rule === undefined || each.rule === rule || `${each.ruleSet}/${each.rule}` === rule
  const isType = ({ type }: { readonly type: string }) => action === undefined || type === action
  const narrowed = {
    ...explanation,
    fired: fired.filter((each) => isAbout(each) && isType(each.action)),
    silent: silent.filter((each) => isAbout(each) && isType(each.action)),
    nearMisses: nearMisses.filter((each) => isAbout(each) && isType(each.action)),
    actions: actions.filter((each) => isAbout(each) && isType(each)),
    outcomes: outcomes.filter((each) => isAbout(each) && isType(each)),
  }
  const isEmpty = narrowed.fired.length + narrowed.silent.length + narrowed.outcomes.length === 0
  return isEmpty ? null : narrowed
}

/** Writes one decision. */
export function writeExplanation(out: Output, explanation: Explanation): void {
  const { eventId, eventType, decidedAt, refusal, summary, fired, silent, outcomes } = explanation
  const refused = refusal === null ? '' : ` (refused: ${refusal})`
  out.line(
    out.paint('bold', `${decidedAt}  ${eventType} ${printable(eventId)}`),
    `  ${printable(summary)}${refused}`,
  )
  writeRules(out, [...fired, ...silent])
  for (const outcome of outcomes) writeOutcome(out, outcome)
  const near = explanation.nearMisses.map(({ ruleSet, rule }) => `${ruleSet}/${rule}`)
  if (near.length > 0) out.line(`  nearly: ${printable(near.join(', '))}`)
}

/** Writes rules with what they said. */
export function writeRules(out: Output, rules: readonly RuleExplanation[]): void {
  for (const { ruleSet, rule, mode, verdict, why, says, flips } of rules) {
    const name = printable(`${ruleSet}/${rule}${mode === 'live' ? '' : ` (${mode})`}`)
    const style = verdict === 'true' ? 'green' : verdict === 'failed' ? 'red' : 'dim'
    out.line(
      `  ${out.paint(style, WORDS[verdict])}  ${name}`,
      `          ${printable(why)}`,
      ...(says === null ? [] : [`          ${out.paint('dim', printable(says))}`]),
      ...flips.map(({ sentence }) => `          ${out.paint('cyan', printable(sentence))}`),
    )
  }
}

const WORDS: Readonly<Record<RuleExplanation['verdict'], string>> = {
  true: 'fired ',
  false: 'silent',
  unknown: 'silent',
  failed: 'failed',
}

function writeOutcome(
  out: Output,
  { sentence, commands, flip, limitFlip }: ActionExplanation,
): void {
  out.line(
    `  ${out.paint('yellow', 'action')}  ${printable(sentence)}`,
    ...commands.map((each) => `          now: ${printable(each.sentence)}`),
    ...[flip, limitFlip].flatMap((each) =>
      each === null ? [] : [`          ${out.paint('cyan', printable(each.sentence))}`],
    ),
  )
}

/** Writes what support may say of one decision. */
export function writeCustomerNote(
  out: Output,
  { decidedAt, happened, next }: CustomerNote & { readonly decidedAt: string },
): void {
  out.line(`${out.paint('dim', decidedAt.slice(0, 10))}  ${[...happened, ...next].join(' ')}`)
}
