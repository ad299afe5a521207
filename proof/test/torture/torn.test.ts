import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createRandom } from '../../src/random.ts'
import { checkKept } from '../../src/torture/checks/check-events.ts'
import { readFileBooks } from '../../src/torture/checks/file-books.ts'
import { DAMAGES, makeImage } from '../../src/torture/torn/damage.ts'
import { checkPromised, createExaminer } from '../../src/torture/torn/examine.ts'
import type { Recording } from '../../src/torture/torn/recording.ts'
import { runSlice } from '../../src/torture/torn/slice.ts'
import { soundEnd } from '../../src/torture/torn/write-ahead-log.ts'
import { aFolder, aRun } from './evidence.ts'

// A busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let recording: Recording
const folder = aFolder()
beforeAll(async () => {
  recording = (await aRun(join(folder, 'recorded'), 'later')).recording
})

const intact = (): Parameters<ReturnType<typeof createExaminer>['examine']>[0] => ({
  damage: 'cut',
  base: recording.base,
  log: recording.log,
  soundBytes: recording.log.length,
})
const examinerIn = (name: string) => {
  const own = join(folder, name)
  mkdirSync(own)
  return createExaminer(recording, own)
}

describe('images of a log', () => {
  test('carry every kind of damage, and say exactly how much is sound', () => {
    const count = recording.parsed.frames.length
    const images = Array.from({ length: count + 200 }, (_, index) =>
      makeImage(recording, createRandom(`image ${index}`), index),
    )

    expect(new Set(images.map((image) => image.damage))).toEqual(new Set(DAMAGES))
    expect(images.slice(0, count + 1).map((image) => image.damage)).toEqual(
      new Array(count + 1).fill('cut_at_frame'),
    )
    for (const { damage, log, base, soundBytes } of images) {
      const { log: whole } = recording
      expect(log.subarray(0, soundBytes).equals(whole.subarray(0, soundBytes))).toBe(true)
      if (damage === 'half_copied') expect(log.equals(whole)).toBe(true)
      else expect(base.equals(recording.base)).toBe(true)
      if (soundBytes < log.length) expect(log[soundBytes]).not.toBe(whole[soundBytes])
    }
  })

  test('fall back to the last transaction that is whole', () => {
    const { frames } = recording.parsed
    const commits = frames.filter((frame) => frame.isCommit)
    const [first, second] = commits

    expect(commits.length).toBeGreaterThan(20)
    expect(soundEnd(recording.parsed, (first?.end ?? 0) - 1)).toBe(0)
    expect(soundEnd(recording.parsed, (second?.end ?? 0) - 1)).toBe(first?.end)
    expect(soundEnd(recording.parsed, recording.log.length)).toBe(commits.at(-1)?.end)
  })
})

describe('an examination', () => {
  test('finds nothing in a file that is as it was', async () => {
    expect(await examinerIn('intact').examine(intact())).toEqual({
      isRefused: false,
      violations: [],
    })
  })

  test('sees a file that is not as after its last sound commit', async () => {
    const end = recording.parsed.frames.findLast((frame) => frame.isCommit)?.end ?? 0
    const shorter = recording.log.subarray(0, soundEnd(recording.parsed, end - 1))
    const { violations } = await examinerIn('shorter').examine({ ...intact(), log: shorter })
    expect(violations.map(({ law }) => law)).toEqual(['consistent_prefix'])
  })

  test('counts a file that the store refuses, and sees a failure of another kind', async () => {
    const base = Buffer.from(recording.base)
    base.fill(0x5a, 0, 100)
    const refused = await examinerIn('foreign').examine({ ...intact(), base, log: Buffer.alloc(0) })
    expect(refused).toEqual({ isRefused: true, violations: [] })
  })

  test('sees what was acknowledged and is not there', () => {
    const path = join(folder, 'recorded', 'recorded.db')
    const books = readFileBooks(path)
    const { promised } = recording
    const [event] = promised
    const without = {
      ...books,
      events: books.events.filter((each) => each.eventId !== event?.eventId),
    }
    const open = { ...books, events: books.events.map((each) => ({ ...each, status: 'accepted' })) }

    expect(checkPromised(books, promised, recording.log.length)).toEqual([])
    expect(checkKept(without, promised)[0]?.law).toBe('event_kept')
    expect(checkPromised(open, promised, recording.log.length)[0]?.law).toBe('consistent_prefix')
    // Before its acknowledgement nothing was promised.
    expect(checkPromised(without, promised, 0)).toEqual([])
  })

  test('keeps an image apart from the one before', async () => {
    const examiner = examinerIn('again')
    await examiner.examine(makeImage(recording, createRandom('x'), 1))
    writeFileSync(`${examiner.path}-shm`, 'left over')
    expect((await examiner.examine(intact())).violations).toEqual([])
    expect(readFileSync(examiner.path).length).toBeGreaterThan(0)
  })
})

test('a slice tears a file many times and lets an engine go on with one of the images', async () => {
  let told = 0
  const report = await runSlice({
    folder: join(folder, 'slice'),
    keepFolder: join(folder, 'kept'),
    draws: createRandom('slice'),
    imageCount: 210,
    onImages: (count) => {
      told += count
    },
  })
  expect(report.violations).toEqual([])
  expect(report).toMatchObject({ tornImages: 210, recordings: 1, refused: 0, resumed: 1 })
  expect(report.commitsSeen).toBeGreaterThan(20)
  expect(told).toBe(200)
}, 240_000)
