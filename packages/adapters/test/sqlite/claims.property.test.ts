import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '@postdelivery/adapters/sqlite'
import type { CommitResult, Reservation } from '@postdelivery/core'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { aChange, anEvent, settled } from './builders.ts'
import { aPath } from './files.ts'

// Hundreds of runs, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const BUCKETS = ['rule:day:count', 'rule:day:SEK', 'merchant:day:SEK'] as const
const COMMANDS = ['a', 'b', 'c', 'd', 'e'] as const

interface Step {
  readonly freedCommandIds: readonly string[]
  readonly reservations: readonly Reservation[]
  /** A step that was decided on an older state; it must change nothing. */
  readonly isLate: boolean
}

/** What is claimed, by command and bucket. */
type Model = ReadonlyMap<string, Reservation & { readonly isOver: boolean }>

/** The amount of a claim follows from its command and bucket; its ceiling may be another every time. */
const amountOf = (commandId: string, bucket: string): number =>
  ((commandId.charCodeAt(0) * 7 + bucket.length * 3) % 9) + 1

const reservation: fc.Arbitrary<Reservation> = fc
  .record({
    commandId: fc.constantFrom(...COMMANDS),
    bucket: fc.constantFrom(...BUCKETS),
    ceiling: fc.integer({ min: 0, max: 25 }),
    isApproved: fc.constantFrom(false, false, false, true),
  })
  .map((claim) => ({ ...claim, amount: amountOf(claim.commandId, claim.bucket) }))

const step: fc.Arbitrary<Step> = fc.record({
  freedCommandIds: fc.array(fc.constantFrom(...COMMANDS), { maxLength: 2 }),
  reservations: fc.array(reservation, { maxLength: 4 }),
  isLate: fc.constantFrom(false, false, false, true),
})

const totalOf = (model: Model, bucket: string): number =>
  [...model.values()]
    .filter((claim) => claim.bucket === bucket)
    .reduce((sum, claim) => sum + claim.amount, 0)

/** The simple model: a map, all or nothing. */
function applyToModel(model: Model, { freedCommandIds, reservations, isLate }: Step) {
  const conflict: CommitResult = { type: 'conflict' }
  if (isLate) return { model, result: conflict }
  const next = new Map([...model].filter(([, claim]) => !freedCommandIds.includes(claim.commandId)))
  const holders = new Set([...next.values()].map((claim) => claim.commandId))
  for (const claim of reservations) {
    const { commandId, bucket, amount, ceiling, isApproved = false } = claim
    if (isApproved && holders.has(commandId)) continue
    if (next.has(`${commandId} ${bucket}`)) continue
    const isOver = totalOf(next, bucket) + amount > ceiling
    if (isOver && !isApproved) {
      const refused: CommitResult = { type: 'limit_reached', commandId, bucket, ceiling }
      return { model, result: refused }
    }
    next.set(`${commandId} ${bucket}`, { ...claim, isOver })
  }
  const committed: CommitResult = { type: 'committed', seq: 0 }
  return { model: next, result: committed }
}

/** What the database says, claim by claim and bucket by bucket. */
function readClaims(database: DatabaseSync) {
  const claims = database
    .prepare('SELECT command_id, bucket, amount, is_over_limit FROM claims')
    .all()
  const totals = database.prepare('SELECT bucket, total FROM buckets').all()
  return {
    claims: claims
      .map(
        (row) => `${row['command_id']} ${row['bucket']} ${row['amount']} ${row['is_over_limit']}`,
      )
      .sort(),
    totals: new Map(totals.map((row) => [String(row['bucket']), Number(row['total'])])),
  }
}

it('lets a total pass its ceiling by approved claims alone, takes all claims of a step or none, and gives each back once', async () => {
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 8 })
  let reached = { committed: 0, conflict: 0, limit_reached: 0, over: 0 }

  await fc.assert(
    fc.asyncProperty(groups, async (drawn) => {
      const path = aPath()
      const store = await openSqliteStore(path)
      const database = new DatabaseSync(path, { readOnly: true })
      let model: Model = new Map()
      let eventCount = 0
      for (const group of drawn) {
        // Steps of one group are written in one transaction.
        const results = await Promise.all(
          group.map(({ freedCommandIds, reservations, isLate }) => {
            eventCount += 1
            const event = settled(anEvent({ eventId: `event-${eventCount}` }))
            const expectedSeq = isLate ? 7 : 0
            return store.commit(aChange({ event, expectedSeq, freedCommandIds, reservations }))
          }),
        )

        for (const [index, drawnStep] of group.entries()) {
          const expected = applyToModel(model, drawnStep)
          model = expected.model
          expect(results[index]).toEqual(expected.result)
          reached = { ...reached, [expected.result.type]: reached[expected.result.type] + 1 }
        }
        if ([...model.values()].some((claim) => claim.isOver))
          reached = { ...reached, over: reached.over + 1 }
        const { claims, totals } = readClaims(database)
        expect(claims).toEqual(
          [...model.values()]
            .map(
              (claim) =>
                `${claim.commandId} ${claim.bucket} ${claim.amount} ${claim.isOver ? 1 : 0}`,
            )
            .sort(),
        )
        for (const bucket of BUCKETS) expect(totals.get(bucket) ?? 0).toBe(totalOf(model, bucket))
      }
      database.close()
      await store.close()
    }),
    { numRuns: 100 },
  )

  // Every kind of outcome was met often, or the property says nothing.
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(50)
})
