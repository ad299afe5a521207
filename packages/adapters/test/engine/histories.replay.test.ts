import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SNAPSHOT_VERSION } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import { fingerprintOf, type History, recordStory, replayHistory } from './histories/history.ts'
import { STORIES } from './histories/stories.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/histories')

/** `POSTDELIVERY_WRITE_HISTORIES=1` writes what this version has no file of; `anew` replaces those of this version. */
const writing = process.env['POSTDELIVERY_WRITE_HISTORIES']

const fileOf = (name: string): string => `v${SNAPSHOT_VERSION}-${name}.json`

mkdirSync(FOLDER, { recursive: true })
for (const story of writing === undefined ? [] : STORIES) {
  test(`writes the history of ${story.name}`, async () => {
    const path = join(FOLDER, fileOf(story.name))
    const flag = writing === 'anew' ? 'w' : 'wx'
    const text = `${JSON.stringify(await recordStory(story), null, 1)}\n`
    try {
      writeFileSync(path, text, { flag })
    } catch (error) {
      expect(error).toMatchObject({ code: 'EEXIST' })
    }
  })
}

describe.runIf(writing === undefined)('every stored history', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

  test('is there for every story of this version', () => {
    const own = files.filter((name) => name.startsWith(`v${SNAPSHOT_VERSION}-`))

    expect(own.toSorted()).toEqual(STORIES.map((story) => fileOf(story.name)).toSorted())
  })

  test.each(files)('%s is decided today as it was then', async (name) => {
    const history = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as History

    const replayed = await replayHistory(history)

    expect(history.orders.flatMap((order) => order.decisions).length).toBeGreaterThan(2)
    const [today, then] = [replayed, history.orders].map((each) => each.map(fingerprintOf))
    // First in a form whose differences can be read.
    expect(today?.map((each) => JSON.parse(each))).toEqual(then?.map((each) => JSON.parse(each)))
    expect(today).toEqual(then)
  })
})
