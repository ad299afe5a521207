/** What both sides of the benchmark can do. */
import type { Task } from './bench-order.ts'

export interface Side {
  /** Does one cycle: from an order's event to the stored outcome of its call. */
  cycle(task: Task): Promise<void>
  /** Leaves the database. */
  close(): Promise<void>
}
