/** What both sides of the benchmark can do. */
import type { BenchOrder } from './bench-order.ts'

export interface Side {
  /** Does one cycle for an order: from its event to the stored outcome of its call. */
  cycle(order: BenchOrder): Promise<void>
  /** Opens the database anew and leaves it, so that each round begins alike. */
  close(): Promise<void>
}
