/** Counts blocks of past orders: what one worker does. */
import { mergeTally, startTally, type Tally, tallyOrder } from '@postdelivery/rules'
import type { BacktestPlan } from './backtest-plan.ts'
import type { Block } from './blocks.ts'
import { readPastOrder } from './past-order.ts'
import { createReplayer } from './replay-order.ts'

/** A line that was not counted, and why. */
export interface LineProblem {
  /** From 1. */
  readonly line: number
  /** One sentence for people. */
  readonly reason: string
}

/** What was counted so far, and what could not be. Plain data. */
export interface Counted {
  readonly tally: Tally
  problemCount: number
  /** The first of the problems by their lines. */
  readonly problems: readonly LineProblem[]
}

/** How many problems are told one by one. */
const PROBLEM_MAX_COUNT = 20

export interface BlockCounter {
  readonly counted: Counted
  count(block: Block): void
}

/** Makes a counter for a plan. Throws: `Error` when a text of the plan is no good rule set. */
export function createBlockCounter(plan: BacktestPlan): BlockCounter {
  const replay = createReplayer(plan)
  const counted: Counted & { problems: LineProblem[] } = {
    tally: startTally(plan.exampleMaxCount),
    problemCount: 0,
    problems: [],
  }
  const refuse = (line: number, reason: string): void => {
    counted.problemCount += 1
    // Blocks come in the order of their lines, so what is full is full of the first ones.
    if (counted.problems.length < PROBLEM_MAX_COUNT) counted.problems.push({ line, reason })
  }
  return {
    counted,
    count({ firstLine, bytes }) {
      for (const [index, text] of linesOf(bytes).entries()) {
        const line = firstLine + index
        if (text === null) refuse(line, 'this is no text in UTF-8')
        else if (text.trim() !== '') {
          const order = readPastOrder(text)
          if (order.ok) tallyOrder(counted.tally, replay(order.value, text))
          else refuse(line, order.error)
        }
      }
    },
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The lines of a block; null for those that are no text. */
function linesOf(bytes: Uint8Array): readonly (string | null)[] {
  const whole = decode(bytes)
  if (whole !== null) return whole.split('\n')
  const lines: (string | null)[] = []
  let start = 0
  while (start <= bytes.length) {
    const found = bytes.indexOf(0x0a, start)
    const end = found === -1 ? bytes.length : found
    lines.push(decode(bytes.subarray(start, end)))
    start = end + 1
  }
  return lines
}

function decode(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}

/** Adds what another worker counted; in any order, with the same result. */
export function mergeCounted(all: Counted, other: Counted): Counted {
  mergeTally(all.tally, other.tally)
  return {
    tally: all.tally,
    problemCount: all.problemCount + other.problemCount,
    problems: [...all.problems, ...other.problems]
      .toSorted((a, b) => a.line - b.line)
      .slice(0, PROBLEM_MAX_COUNT),
  }
}
