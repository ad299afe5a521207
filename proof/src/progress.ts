/** Says on stderr how far a long run is, every few seconds. */

export interface Progress {
  /** `doneCount` of all are done; `note` is added to the line. */
  at(doneCount: number, note: string): void
  end(): void
}

const EVERY_MS = 5_000

/** Begins a run of `totalCount` things. */
export function createProgress(what: string, totalCount: number): Progress {
  const startedMs = performance.now()
  let saidMs = startedMs
  return {
    at(doneCount, note) {
      const nowMs = performance.now()
      if (nowMs - saidMs < EVERY_MS) return
      saidMs = nowMs
      const leftSeconds = ((nowMs - startedMs) / doneCount) * (totalCount - doneCount) * 0.001
      process.stderr.write(
        `${doneCount} of ${totalCount} ${what}, ${note}, about ${Math.ceil(leftSeconds)} s left\n`,
      )
    },
    end() {},
  }
}
