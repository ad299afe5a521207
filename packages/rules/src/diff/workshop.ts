/** The spaces of a comparison, one per type of event, and how much work each of its questions may take. */
import { withinBudget } from '../analyse/budget.ts'
import type { Analysis } from '../analyse/regions.ts'
import { createSpace, type Space } from '../analyse/space.ts'
import type { Vocabulary } from '../vocabulary.ts'

/** Asks one question of the analysis. */
export interface Workshop {
  /** Returns: undefined when the answer would take more steps than one question may. */
  try<Found>(question: (analysisOf: (eventType: string) => Analysis) => Found): Found | undefined
}

/** Steps of one question: milliseconds where facts are plain, a second or two where lists have many named entries. */
const STEP_MAX_COUNT = 40_000
/** Steps of a whole comparison. */
const TOTAL_MAX_COUNT = 2_000_000

/** Makes a workshop whose questions together stay within bounds. */
export function createWorkshop(vocabulary: Vocabulary): Workshop {
  const spaces = new Map<string, Space>()
  const spaceOf = (eventType: string): Space => {
    const space = spaces.get(eventType) ?? createSpace(vocabulary, eventType)
    spaces.set(eventType, space)
    return space
  }
  let left = TOTAL_MAX_COUNT
  return {
    try(question) {
      const granted = Math.min(left, STEP_MAX_COUNT)
      let unused = 0
      const found = withinBudget(granted, (budget) => {
        const answer = question((eventType) => ({ space: spaceOf(eventType), budget }))
        unused = budget.left
        return { answer }
      })
      left -= granted - unused
      return found?.answer
    },
  }
}
