/** What one call leaves behind. */
import type { TwinAnswer } from './answer.ts'
import type { OrderBook } from './order-book.ts'

export interface Step {
  /** The books after the call; the very same ones when nothing changed. */
  readonly book: OrderBook
  readonly answer: TwinAnswer
}
