/** Says what would be different: `the due date were 7 days nearer`. */
import { daysBetween, type FactValue, isPlainDate } from '@postdelivery/core'
import type { Vocabulary } from '../vocabulary.ts'
import { wordsOf } from './fact-words.ts'
import { renderSeen } from './render-conditions.ts'
import { fill, type SayOptions, sayCount, sayNumber, sayValue } from './say-value.ts'

/** One fact that would be different. */
export interface FactChange {
  readonly fact: string
  /** Absent when the fact is not known. */
  readonly from?: FactValue
  readonly to: FactValue
  /** How big the change is; see `Flip.distance` for what counts how much. */
  readonly distance: number
  /** `to` stands for any text that the rule does not name. */
  readonly isOther?: true
}

/** Joins what would be different. */
export const sayChanges = (
  changes: readonly FactChange[],
  vocabulary: Vocabulary,
  options: SayOptions,
): string => changes.map((change) => sayChange(change, vocabulary, options)).join(', and ')

function sayChange(change: FactChange, vocabulary: Vocabulary, options: SayOptions): string {
  const { fact, from, to, isOther } = change
  const definition = vocabulary.definitionOf(fact)
  const words = wordsOf(fact, vocabulary)
  if (isOther === true) return `${words.subject} were something else`
  if (from === undefined) return `it were known that ${renderSeen(fact, to, vocabulary, options)}`
  if (typeof from === 'number' && typeof to === 'number') {
    const by = sayNumber(Math.abs(to - from), definition?.unit, options)
    return `${words.subject} were ${fill(to < from ? words.less : words.more, by)}`
  }
  if (definition?.type === 'date' && isPlainDate(from) && isPlainDate(to)) {
    const days = daysBetween(from, to)
    return `${words.subject} were ${sayCount(Math.abs(days), 'day')} ${days < 0 ? 'earlier' : 'later'}`
  }
  if (typeof to === 'boolean') return sayFlag(renderSeen(fact, to, vocabulary, options))
  if (Array.isArray(from) && Array.isArray(to)) return sayEntries(change, vocabulary)
  return `${words.subject} were ${sayValue(to, definition, words, options)}`
}

/** The last verb is ours; what stands before it may be anybody's words. */
function sayFlag(sentence: string): string {
  const at = sentence.lastIndexOf(' is ')
  return at < 0
    ? `it were so that ${sentence}`
    : `${sentence.slice(0, at)} were ${sentence.slice(at + 4)}`
}

function sayEntries({ fact, from, to }: FactChange, vocabulary: Vocabulary): string {
  const words = wordsOf(fact, vocabulary)
  const before = from as readonly string[]
  const after = to as readonly string[]
  const say = (template: string | undefined, entries: readonly string[]): readonly string[] =>
    entries.map((entry) => fill(template ?? '{}', JSON.stringify(entry)))
  const changed = [
    ...say(
      words.has,
      after.filter((entry) => !before.includes(entry)),
    ),
    ...say(
      words.lacks,
      before.filter((entry) => !after.includes(entry)),
    ),
  ]
  return `it were so that ${changed.join(', and ')}`
}

/** Says a difference of one comparison: `7 days nearer`. */
export function sayDifference(
  fact: string,
  { from, to }: { readonly from: FactValue; readonly to: FactValue },
  vocabulary: Vocabulary,
  options: SayOptions,
): string {
  const words = wordsOf(fact, vocabulary)
  if (typeof from === 'number' && typeof to === 'number') {
    const by = sayNumber(Math.abs(to - from), vocabulary.definitionOf(fact)?.unit, options)
    return fill(to < from ? words.less : words.more, by)
  }
  if (!isPlainDate(from) || !isPlainDate(to)) return ''
  const days = daysBetween(from, to)
  return `${sayCount(Math.abs(days), 'day')} ${days < 0 ? 'earlier' : 'later'}`
}
