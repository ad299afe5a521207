/** Lifts snapshots of older versions to the current one, one version at a time. */

/** The version that this code writes. */
export const SNAPSHOT_VERSION = 1

/** From each older version to the next; pure, and kept for ever. */
export const UPCASTERS: Readonly<
  Record<number, (order: Record<string, unknown>) => Record<string, unknown>>
> = {}
