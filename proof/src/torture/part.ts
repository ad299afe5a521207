/** What every part of the torture is given. */
import type { Random } from '../random.ts'

export interface PartContext {
  readonly draws: Random
  /** For its files; what stays there is shown to the user. */
  readonly folder: string
  /** Tells how far it is; said aloud only every few seconds. */
  readonly tell: (progress: string) => void
  /** Whether the run was broken off: then it ends soon, with what it has. */
  readonly isOver: () => boolean
}
