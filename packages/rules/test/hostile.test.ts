/** Rule files that attack: each known one is refused with a place and a reason, and generated ones do no harm. */
import { readdirSync, readFileSync } from 'node:fs'
import { lintRuleSets } from '@postdelivery/rules'
import { describe, expect, it } from 'vitest'
import { tryHostileTexts } from '../bench/hostile/try-texts.ts'
import { vocabulary } from './builders.ts'

const ATTACKS = new URL('fixtures/attacks/', import.meta.url)

describe('attacks', () => {
  for (const file of readdirSync(ATTACKS)) {
    it(`${file} is refused with a place and a reason`, () => {
      const text = readFileSync(new URL(file, ATTACKS), 'utf8')
      const [issue] = lintRuleSets([{ file, text }], vocabulary)

      expect(issue).toMatchObject({ severity: 'error', file })
      expect(issue?.line).toBeGreaterThan(1)
      expect(issue?.message).not.toBe('')
    })
  }

  it('of 2,000 generated files none does harm', async () => {
    const { faults, takenCount, refusedCount } = await tryHostileTexts(2000, 1)

    expect(faults).toEqual([])
    expect(takenCount).toBeGreaterThan(100)
    expect(refusedCount).toBeGreaterThan(1000)
  })
})
