/** Opens images with the real store and says what is wrong with what it finds. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStoreFailure, openSqliteStore } from '@postdelivery/adapters/sqlite'
import { checkKept } from '../checks/check-events.ts'
import { checkFile } from '../checks/check-file.ts'
import { contentOf, type FileBooks, readFileBooks } from '../checks/file-books.ts'
import type { Violation } from '../violation.ts'
import type { Image } from './damage.ts'
import type { Promised, Recording } from './recording.ts'
import { soundEnd } from './write-ahead-log.ts'

export interface Examination {
  readonly isRefused: boolean
  readonly violations: readonly Violation[]
}

export interface Examiner {
  readonly path: string
  /** How many different commits were found as the last one. */
  readonly commitCount: number
  /** Writes an image over the last one. */
  write(image: Pick<Image, 'base' | 'log'>): void
  /** Opens an image and compares it with the file as it was after the last commit before the damage. */
  examine(image: Image): Promise<Examination>
}

/** Examines images of one recording, one at a time, in a folder. */
export function createExaminer(recording: Recording, folder: string): Examiner {
  const path = join(folder, 'image.db')
  const known = new Map<number, Reference>()

  const write: Examiner['write'] = ({ base, log }) => {
    rmSync(`${path}-shm`, { force: true })
    writeFileSync(path, base)
    writeFileSync(`${path}-wal`, log)
  }
  const referenceAt = async (end: number): Promise<Reference> => {
    const reference = known.get(end)
    if (reference !== undefined) return reference
    write({ base: recording.base, log: recording.log.subarray(0, end) })
    const made = await makeReference(path, recording, end)
    known.set(end, made)
    return made
  }

  return {
    path,
    get commitCount() {
      return known.size
    },
    write,
    async examine(image) {
      const end = soundEnd(recording.parsed, image.soundBytes)
      const isNew = !known.has(end)
      const reference = await referenceAt(end)
      const first = isNew ? reference.violations : []
      write(image)
      try {
        await openAndClose(path)
      } catch (error) {
        if (isStoreFailure(error)) return { isRefused: true, violations: first }
        const what = `${image.damage} at ${image.soundBytes}: ${error}`
        return { isRefused: false, violations: [...first, { law: 'refused_loudly', what }] }
      }
      const violations = compare(image, path, reference.hash)
      return { isRefused: false, violations: [...first, ...violations] }
    },
  }
}

/** What a file says after one of its commits, and what is wrong with it. */
interface Reference {
  /** Null when it cannot be read. */
  readonly hash: string | null
  readonly violations: readonly Violation[]
}

/** Opens the file whose log ends, sound, after a commit; that must always work. */
async function makeReference(path: string, recording: Recording, end: number): Promise<Reference> {
  try {
    await openAndClose(path)
    const books = readFileBooks(path)
    const promised = checkPromised(books, recording.promised, end)
    return { hash: contentOf(path).hash, violations: [...checkFile(books), ...promised] }
  } catch (error) {
    const what = `the file after its commit at ${end} cannot be used: ${error}`
    return { hash: null, violations: [{ law: 'consistent_prefix', what }] }
  }
}

/** Opens a file as an engine does, reads what an engine reads first, and closes it. */
async function openAndClose(path: string): Promise<void> {
  const store = await openSqliteStore(path)
  try {
    await store.sendingOrders()
    await store.nextDueAt()
  } finally {
    await store.close()
  }
}

function compare(image: Image, path: string, hash: string | null): readonly Violation[] {
  const name = `${image.damage} at ${image.soundBytes}`
  if (hash === null) return []
  const content = contentOf(path)
  return [
    ...(content.integrity === 'ok'
      ? []
      : [{ law: 'file_sound' as const, what: `${name}: ${content.integrity}` }]),
    ...(content.hash === hash
      ? []
      : [
          {
            law: 'consistent_prefix' as const,
            what: `${name}: the file is not as after its last sound commit`,
          },
        ]),
  ]
}

/** Holds the file after a commit against what was promised until then. */
export function checkPromised(
  books: FileBooks,
  promised: readonly Promised[],
  logBytes: number,
): readonly Violation[] {
  const due = promised.filter((each) => each.logBytes <= logBytes)
  const undecided = new Set(
    books.events
      .filter((event) => event.status !== 'decided')
      .map((event) => `${event.orderId} ${event.eventId}`),
  )
  const broken = due
    .filter((each) => each.what === 'decided' && undecided.has(`${each.orderId} ${each.eventId}`))
    .map(
      ({ orderId, eventId }): Violation => ({
        law: 'consistent_prefix',
        what: `event ${eventId} of order ${orderId} was decided and is open again`,
      }),
    )
  return [...checkKept(books, due), ...broken]
}
