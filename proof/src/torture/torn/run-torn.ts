/** Torn files: images of a real log, cut and damaged, opened with the real store, on every core. */
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PartContext } from '../part.ts'
import { startProgram } from '../processes.ts'
import { DAMAGES, type Damage } from './damage.ts'
import type { SliceReport } from './slice.ts'

export type TornReport = SliceReport

/** A disk in memory, where there is one: images are written and thrown away by the thousand. */
const MEMORY_FOLDER = '/dev/shm'
const WORKER_MAX_COUNT = 8
/** Below this a worker costs more than it brings. */
const IMAGES_PER_WORKER = 200

/** Tears `imageCount` images, split over workers. */
export async function runTorn(context: PartContext, imageCount: number): Promise<TornReport> {
  const workFolder = mkdtempSync(
    join(isWritable(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'postdelivery-torn-'),
  )
  const workerCount = Math.min(
    availableParallelism(),
    WORKER_MAX_COUNT,
    Math.ceil(imageCount / IMAGES_PER_WORKER),
  )
  let doneCount = 0
  try {
    const reports = await Promise.all(
      Array.from({ length: workerCount }, (_, index) =>
        runWorker(context, {
          imageCount:
            Math.floor(imageCount / workerCount) + (index < imageCount % workerCount ? 1 : 0),
          seed: `${context.draws.fraction('seed')}/worker ${index}`,
          folder: join(workFolder, `${index}`),
          onImages: (count) => {
            doneCount += count
            context.tell(`${doneCount} of ${imageCount} images`)
          },
        }),
      ),
    )
    return reports.reduce(together)
  } finally {
    rmSync(workFolder, { recursive: true, force: true })
  }
}

interface Share {
  readonly imageCount: number
  readonly seed: string
  readonly folder: string
  readonly onImages: (count: number) => void
}

async function runWorker(context: PartContext, share: Share): Promise<SliceReport> {
  let report: SliceReport | undefined
  const program = startProgram('torn', {
    args: [String(share.imageCount), share.seed, share.folder, context.folder],
    onLine: (line) => {
      if (line.startsWith('images ')) share.onImages(Number(line.slice('images '.length)))
      else report = JSON.parse(line) as SliceReport
    },
  })
  await program.ended
  if (report === undefined) throw new Error(`a worker of the torn files ended: ${program.errors()}`)
  return report
}

const together = (a: SliceReport, b: SliceReport): SliceReport => ({
  tornImages: a.tornImages + b.tornImages,
  // Every damage has its key.
  imagesByDamage: Object.fromEntries(
    DAMAGES.map((damage) => [damage, a.imagesByDamage[damage] + b.imagesByDamage[damage]]),
  ) as Record<Damage, number>,
  recordings: a.recordings + b.recordings,
  commitsSeen: a.commitsSeen + b.commitsSeen,
  refused: a.refused + b.refused,
  resumed: a.resumed + b.resumed,
  acknowledgedEvents: a.acknowledgedEvents + b.acknowledgedEvents,
  violations: [...a.violations, ...b.violations],
})

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
