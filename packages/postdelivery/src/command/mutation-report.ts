/** Says which small mistakes in rules no test would notice. */
import {
  type MutationScore,
  type Survivor,
  scoreMutants,
  type Vocabulary,
} from '@postdelivery/rules'
import { type Output, printable } from './output.ts'
import type { TestedSet } from './tested-rules.ts'

/** The score of one rule set; null while a test fails. */
export interface SetScore {
  readonly file: string
  readonly score: MutationScore | null
}

/** Scores all sets, telling how far it is. */
export function scoreSets(
  sets: readonly TestedSet[],
  vocabulary: Vocabulary,
  talk: Output,
): readonly SetScore[] {
  const scores = sets.map(({ file, ruleSet, testFiles }) => {
    talk.progress(`making mistakes in ${printable(file)}`)
    const tests = testFiles.map((each) => each.tests)
    return { file, score: scoreMutants(ruleSet, tests, vocabulary) }
  })
  talk.progress('')
  return scores
}

/** Writes scores for people. */
export function writeScores(out: Output, scores: readonly SetScore[]): void {
  for (const { file, score } of scores) {
    if (score === null) {
      out.line(`mutation  ${printable(file)}  not counted while a test fails`)
      continue
    }
    const { percent, killedCount, survivors, equivalentCount } = score
    const counts = `${killedCount} of ${killedCount + survivors.length} mistakes noticed`
    const equal = equivalentCount === 0 ? '' : `, ${equivalentCount} make no difference`
    out.line(
      `mutation  ${printable(file)}  ${out.paint('bold', `${percent} %`)}  ${counts}${equal}`,
    )
    for (const survivor of survivors) out.line(...survivorLines(out, survivor))
  }
}

function survivorLines(
  out: Output,
  { rule, path, change, killer, isUnsure }: Survivor,
): readonly string[] {
  const tell =
    killer !== null
      ? `tell: ${killer.on} ${JSON.stringify(killer.facts)}`
      : isUnsure
        ? 'perhaps it makes no difference: the rule is too complex to say'
        : 'tell: a story'
  return [
    `  ${out.paint('yellow', 'unnoticed')}  ${printable(rule.name)}: ${printable(change)}`,
    out.paint('dim', `      at ${path}; ${printable(tell)}`),
  ]
}

/** The same as data. */
export const scoreData = ({ file, score }: SetScore) => ({
  file,
  ...(score === null
    ? { percent: null }
    : {
        percent: score.percent,
        allCount: score.allCount,
        killedCount: score.killedCount,
        equivalentCount: score.equivalentCount,
        survivors: score.survivors.map(({ rule, path, change, part, killer, isUnsure }) => ({
          rule: rule.name,
          path,
          change,
          part,
          killer,
          isUnsure,
        })),
      }),
})
