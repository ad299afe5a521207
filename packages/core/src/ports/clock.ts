/** The port to time. The engine never lets what it records run backwards, whatever the clock says. */
import type { IsoInstant } from '../time.ts'

export interface Clock {
  now(): IsoInstant
}
