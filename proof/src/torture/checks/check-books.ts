/** All checks at the end of a run, over one file and one twin. */
import { commandPhase } from '@postdelivery/core'
import { shopRuleBook } from '../shop/rule-set.ts'
import type { Violation } from '../violation.ts'
import {
  type Acknowledged,
  checkKept,
  checkSettled,
  checkUnstopped,
  checkVerdicts,
} from './check-events.ts'
import { checkFile } from './check-file.ts'
import { checkKlarna, type KlarnaBooks } from './check-klarna.ts'
import { readFileBooks } from './file-books.ts'

export interface Evidence {
  readonly path: string
  readonly klarnas: KlarnaBooks
  readonly acknowledged: readonly Acknowledged[]
  readonly network: 'repeats' | 'repeats_nothing'
}

export interface Checked {
  readonly commandCount: number
  /** Commands that wait for a person: allowed, and counted. */
  readonly withPersonCount: number
  /** Attempts whose engine died before their outcome was on record. */
  readonly cutOffCount: number
  readonly violations: readonly Violation[]
}

/** Reads both books and checks every law that holds at the end. */
export async function checkBooks(evidence: Evidence): Promise<Checked> {
  const books = readFileBooks(evidence.path)
  const commands = books.orders.flatMap((order) => order.state.commands)
  const settled: readonly string[] = ['confirmed', 'refused', 'rejected']
  return {
    commandCount: commands.length,
    withPersonCount: commands.filter((each) => !settled.includes(commandPhase(each))).length,
    cutOffCount: books.attempts.filter((each) => each.outcome?.includes('process_died')).length,
    violations: [
      ...checkFile(books),
      ...checkKept(books, evidence.acknowledged),
      ...checkSettled(books),
      ...checkUnstopped(books),
      ...checkKlarna(books, evidence.klarnas, evidence.network),
      ...(await checkVerdicts(books, shopRuleBook().inForce())),
    ],
  }
}
