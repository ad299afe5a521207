/** Writes the stored examples of the present snapshot version; run once, before a version is released. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { encodeSnapshot, SNAPSHOT_VERSION } from '@postdelivery/core'
import { SNAPSHOT_STORIES } from '../lifecycle/snapshot-stories.ts'

const folder = new URL(`../fixtures/snapshots/v${SNAPSHOT_VERSION}/`, import.meta.url)
mkdirSync(folder, { recursive: true })
for (const { phase, order } of SNAPSHOT_STORIES)
  writeFileSync(new URL(`${phase}.json`, folder), `${encodeSnapshot(order)}\n`)
