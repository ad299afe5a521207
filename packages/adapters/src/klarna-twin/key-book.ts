/** Idempotency keys and the first answers given under them. Only the key counts, never the body. */
import type { TwinAnswer } from './answer.ts'
import type { Route } from './routes.ts'

/** A first answer, and the call it was given to. */
export interface KeptAnswer {
  readonly answer: TwinAnswer
  readonly route: Route
}

export interface KeyBook {
  /** The first answer under a key, while it is honoured. */
  readonly find: (key: string, nowMs: number) => KeptAnswer | undefined
  /** Keeps the first answer under a key for `lifeMs` milliseconds. */
  readonly keep: (key: string, kept: KeptAnswer, span: { nowMs: number; lifeMs: number }) => void
}

/** Opens an empty book of keys. Forgets a key when its time is over, so that memory stays bounded. */
export function createKeyBook(): KeyBook {
  const entries = new Map<string, { readonly kept: KeptAnswer; readonly endsMs: number }>()

  return {
    find(key, nowMs) {
      const entry = entries.get(key)
      return entry !== undefined && nowMs < entry.endsMs ? entry.kept : undefined
    },
    keep(key, kept, { nowMs, lifeMs }) {
      for (const [old, { endsMs }] of entries) {
        if (nowMs < endsMs) break
        entries.delete(old)
      }
      entries.set(key, { kept, endsMs: nowMs + lifeMs })
    },
  }
}
