import { createLedger, type Reservation } from '@postdelivery/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const claim = (commandId: string, amount: number, changes: Partial<Reservation> = {}) => ({
  commandId,
  bucket: 'merchant:count:2026-12-08',
  amount,
  ceiling: 10,
  ...changes,
})

const commit = (
  ledger: ReturnType<typeof createLedger>,
  claims: readonly Reservation[],
  freedCommandIds: readonly string[] = [],
) => ledger.commit({ claims, freedCommandIds })

describe('a ledger', () => {
  it('takes up to the ceiling, and nothing of a step that would pass it', () => {
    const ledger = createLedger()
    const other = claim('b', 4, { bucket: 'other' })

    expect(commit(ledger, [claim('a', 10)])).toBeNull()
    expect(commit(ledger, [other, claim('b', 1)])).toEqual(claim('b', 1))
    expect(ledger.totalOf('other')).toBe(0)
    expect(ledger.totalOf('merchant:count:2026-12-08')).toBe(10)
  })

  it('gives back before it takes, and not at all when taking fails', () => {
    const ledger = createLedger()
    commit(ledger, [claim('a', 6)])

    expect(commit(ledger, [claim('b', 11)], ['a'])).not.toBeNull()
    expect(ledger.totalOf('merchant:count:2026-12-08')).toBe(6)
    expect(commit(ledger, [claim('b', 10)], ['a'])).toBeNull()
    expect(ledger.totalOf('merchant:count:2026-12-08')).toBe(10)
  })

  it('takes what people approved above the ceiling, once for a command', () => {
    const ledger = createLedger()
    const approved = claim('a', 30, { isApproved: true })

    expect(commit(ledger, [approved])).toBeNull()
    expect(commit(ledger, [approved])).toBeNull()
    expect(ledger.totalOf('merchant:count:2026-12-08')).toBe(30)
    expect(commit(ledger, [claim('b', 1)])).not.toBeNull()
  })

  it('holds exactly what its commands claim, whatever is claimed and given back', () => {
    const step = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      bucket: fc.constantFrom('x', 'y'),
      amount: fc.integer({ min: 0, max: 6 }),
      isFreed: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const ledger = createLedger()
        const model = new Map<string, { bucket: string; amount: number }[]>()
        const totalOf = (bucket: string, without = '') =>
          [...model]
            .filter(([id]) => id !== without)
            .flatMap(([, claims]) => claims)
            .filter((each) => each.bucket === bucket)
            .reduce((all, each) => all + each.amount, 0)
        steps.forEach(({ id, bucket, amount, isFreed }, index) => {
          const commandId = `${id}${index}`
          const freed = isFreed ? [...model.keys()].slice(0, 1) : []
          const fits = totalOf(bucket, freed[0]) + amount <= 10
          const reached = commit(ledger, [claim(commandId, amount, { bucket })], freed)
          expect(reached === null).toBe(fits)
          if (!fits) return
          for (const each of freed) model.delete(each)
          model.set(commandId, [{ bucket, amount }])
        })
        for (const bucket of ['x', 'y']) expect(ledger.totalOf(bucket)).toBe(totalOf(bucket))
      }),
    )
  })
})
