/** One worker's share of the images: recordings one after the other, each torn many times. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../random.ts'
import { shopRuleBook } from '../shop/rule-set.ts'
import type { Violation } from '../violation.ts'
import { DAMAGES, type Damage, type Image, makeImage } from './damage.ts'
import { createExaminer, type Examiner } from './examine.ts'
import { type Recording, recordRun } from './recording.ts'
import { resume } from './resume.ts'

export interface SliceReport {
  readonly tornImages: number
  readonly imagesByDamage: Readonly<Record<Damage, number>>
  readonly recordings: number
  /** Different commits to which images fell back. */
  readonly commitsSeen: number
  /** Images that the store refused with a failure of its own. */
  readonly refused: number
  /** Images on which an engine worked against a Klarna that had done everything. */
  readonly resumed: number
  readonly acknowledgedEvents: number
  readonly violations: readonly Violation[]
}

export interface SliceOptions {
  readonly folder: string
  /** Where damaged images of violations are kept. */
  readonly keepFolder: string
  readonly draws: Random
  readonly imageCount: number
  readonly onImages: (count: number) => void
}

const IMAGES_PER_RECORDING = 1_250
/** Every so many images an engine is started on one. */
const RESUME_EVERY = 400
const TELL_EVERY = 50

type Tally = { -readonly [Key in keyof SliceReport]: SliceReport[Key] } & {
  imagesByDamage: Record<Damage, number>
  violations: Violation[]
}

/** Tears a number of images. */
export async function runSlice(options: SliceOptions): Promise<SliceReport> {
  const tally = newTally()
  const count = Math.ceil(options.imageCount / IMAGES_PER_RECORDING)
  for (let index = 0; index < count; index += 1) {
    const left = options.imageCount - tally.tornImages
    const draws = options.draws.part(`recording ${index}`)
    await tearRecording({ ...options, draws }, Math.min(IMAGES_PER_RECORDING, left), tally, index)
  }
  return tally
}

async function tearRecording(
  options: SliceOptions,
  imageCount: number,
  tally: Tally,
  index: number,
): Promise<void> {
  const { draws, folder } = options
  const ruleBook = shopRuleBook()
  const from = index % 2 === 0 ? 'birth' : 'later'
  const recording = await recordRun({ folder, draws, ruleBook, from })
  const examiner = createExaminer(recording, folder)
  tally.recordings += 1
  tally.acknowledgedEvents += recording.promised.filter(({ what }) => what === 'accepted').length
  try {
    for (let number = 0; number < imageCount; number += 1) {
      const image = makeImage(recording, draws.part(`image ${number}`), placeOf(number, recording))
      const found = await tear(examiner, image, tally)
      if (tally.tornImages % RESUME_EVERY === RESUME_EVERY / 2 && found.length === 0) {
        examiner.write(image)
        found.push(...(await resume(examiner.path, recording, ruleBook)))
        tally.resumed += 1
      }
      tally.violations.push(...found)
      if (found.length > 0) keep(examiner, image, options.keepFolder, tally.tornImages)
      if (tally.tornImages % TELL_EVERY === 0) options.onImages(TELL_EVERY)
    }
  } finally {
    tally.commitsSeen += examiner.commitCount
    await recording.twin.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every second image is the next frame, so that a short run sees all kinds of damage as well. */
const placeOf = (number: number, { parsed }: Recording): number =>
  number % 2 === 0 && number / 2 <= parsed.frames.length ? number / 2 : parsed.frames.length + 1

async function tear(examiner: Examiner, image: Image, tally: Tally): Promise<Violation[]> {
  const { isRefused, violations } = await examiner.examine(image)
  tally.tornImages += 1
  tally.imagesByDamage[image.damage] += 1
  if (isRefused) tally.refused += 1
  return [...violations]
}

/** Keeps an image as it was before it was opened. */
function keep(examiner: Examiner, image: Image, keepFolder: string, number: number): void {
  mkdirSync(keepFolder, { recursive: true })
  examiner.write(image)
  for (const end of ['', '-wal'])
    if (existsSync(`${examiner.path}${end}`))
      copyFileSync(`${examiner.path}${end}`, join(keepFolder, `image-${number}.db${end}`))
}

function newTally(): Tally {
  return {
    tornImages: 0,
    // Every damage has its key.
    imagesByDamage: Object.fromEntries(DAMAGES.map((damage) => [damage, 0])) as Record<
      Damage,
      number
    >,
    recordings: 0,
    commitsSeen: 0,
    refused: 0,
    resumed: 0,
    acknowledgedEvents: 0,
    violations: [],
  }
}
