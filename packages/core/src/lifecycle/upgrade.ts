/** Lifts snapshots of older versions to the current one, one version at a time. */

/** The version that this code writes. */
export const SNAPSHOT_VERSION = 2

type Upcast = (order: Record<string, unknown>) => Record<string, unknown>

/** From each older version to the next; pure, and kept for ever. */
export const UPCASTERS: Readonly<Record<number, Upcast>> = {
  // Version 2: repeats may be pulled forward, and a key may end before its time.
  1: (order) => withCommandContexts(order, { regularAt: null, keyEnded: false }),
}

interface StoredCommand {
  readonly chart: { readonly context: Readonly<Record<string, unknown>> }
}

const withCommandContexts = (
  order: Record<string, unknown>,
  added: Readonly<Record<string, unknown>>,
): Record<string, unknown> => ({
  ...order,
  commands: (order['commands'] as readonly StoredCommand[]).map((command) => ({
    ...command,
    chart: { ...command.chart, context: { ...command.chart.context, ...added } },
  })),
})
