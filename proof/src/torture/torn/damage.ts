/** What a crash, a power cut or a bad disk leaves of a log: an image to open, and how much of it is sound. */
import type { Random } from '../../random.ts'
import type { Recording } from './recording.ts'

/** Every kind of damage. */
export const DAMAGES = [
  'cut_at_frame',
  'cut',
  'flipped',
  'zeroed',
  'stale_tail',
  'lost_sector',
  'half_copied',
] as const
export type Damage = (typeof DAMAGES)[number]

export interface Image {
  readonly damage: Damage
  readonly base: Buffer
  readonly log: Buffer
  /** How many bytes of the log are as they were written. */
  readonly soundBytes: number
}

const SECTOR_BYTES = 512

/** Draws the `index`th image of a recording: first its log cut at each frame, then damage of every kind anywhere. */
export function makeImage(recording: Recording, random: Random, index: number): Image {
  const { base, log, parsed } = recording
  const frame = index === 0 ? undefined : parsed.frames[index - 1]
  if (index <= parsed.frames.length) return cutAt(recording, 'cut_at_frame', frame?.end ?? 0)
  const damage = random.pick('damage', DAMAGES.slice(1))
  const at = random.integer('at', 0, log.length - 1)
  switch (damage) {
    case 'flipped': {
      const flipped = Buffer.from(log)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.integer('bit', 0, 7))
      return { damage, base, log: flipped, soundBytes: at }
    }
    case 'zeroed':
      return overwrite(recording, damage, Buffer.alloc(log.length), at, log.length)
    case 'stale_tail':
      return overwrite(recording, damage, recording.stale, at, log.length)
    case 'lost_sector': {
      const start = Math.floor(at / SECTOR_BYTES) * SECTOR_BYTES
      return overwrite(recording, damage, Buffer.alloc(log.length), start, start + SECTOR_BYTES)
    }
    case 'half_copied':
      return { damage, base: halfCopied(recording, random), log, soundBytes: log.length }
    default:
      return cutAt(recording, 'cut', at)
  }
}

const cutAt = ({ base, log }: Recording, damage: Damage, bytes: number): Image => ({
  damage,
  base,
  log: log.subarray(0, bytes),
  soundBytes: bytes,
})

/** The log with other bytes from `start` to `end`; where the other bytes end, it ends. */
function overwrite(
  { base, log }: Recording,
  damage: Damage,
  other: Buffer,
  start: number,
  end: number,
): Image {
  const image = Buffer.concat([
    log.subarray(0, start),
    other.subarray(start, end),
    log.subarray(end),
  ])
  let soundBytes = start
  // Zeros over zeros change nothing.
  while (soundBytes < image.length && image[soundBytes] === log[soundBytes]) soundBytes += 1
  return { damage, base, log: image, soundBytes }
}

/** The file in the middle of a checkpoint: some pages are there, some half, in no order. The log has them all. */
function halfCopied({ base, log, parsed }: Recording, random: Random): Buffer {
  const { frames, pageBytes } = parsed
  const lastCommit = frames.findLastIndex((frame) => frame.isCommit)
  const newest = new Map(frames.slice(0, lastCommit + 1).map((each) => [each.pageNumber, each]))
  const pageCount = Math.max(base.length / pageBytes, ...newest.keys())
  const image = Buffer.alloc(pageCount * pageBytes)
  base.copy(image)
  const share = random.fraction('share')
  for (const [pageNumber, { pageStart }] of newest) {
    if (random.fraction(`page ${pageNumber}`) >= share) continue
    const isHalf = random.happens(`half ${pageNumber}`, 0.1)
    const bytes = isHalf ? pageBytes / 2 : pageBytes
    log.copy(image, (pageNumber - 1) * pageBytes, pageStart, pageStart + bytes)
  }
  return image
}
