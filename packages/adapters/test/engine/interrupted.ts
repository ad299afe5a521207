/** Ports that fail at the n-th call, before or after its work, and stay dead: a process that was killed there. */
import type { EnginePorts } from '@postdelivery/core'

export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface Interruption {
  /** The call that fails, from 1; 0 counts only. */
  readonly at: number
  readonly when: 'before' | 'after'
}

export interface Counted {
  readonly ports: EnginePorts
  /** Calls so far, by name. */
  readonly calls: readonly string[]
}

/** Wraps every call to the store and to Klarna. */
export function interrupted(ports: EnginePorts, { at, when }: Interruption): Counted {
  const calls: string[] = []
  let isDead = false

  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        // `prepare` is pure: nothing can happen within it.
        if (typeof member !== 'function' || name === 'prepare') return member
        return async (...given: readonly unknown[]) => {
          if (isDead) throw new Killed('the process is dead')
          calls.push(String(name))
          const isHere = calls.length === at
          if (isHere) isDead = true
          if (isHere && when === 'before') throw new Killed(`before ${String(name)}`)
          const result: unknown = await member.apply(target, given)
          if (isHere) throw new Killed(`after ${String(name)}`)
          return result
        }
      },
    })
  return {
    ports: { ...ports, store: wrap(ports.store), gateway: wrap(ports.gateway) },
    calls,
  }
}
