/**
 * Writes the JSON Schema of rule sets from the vocabulary. With `--check` it writes nothing and fails on a difference.
 *
 * Usage: `node tools/sync-schema.ts [--check]`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { builtInVocabulary, createRuleSetSchema } from '@postdelivery/rules'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const root = fileURLToPath(new URL('..', import.meta.url))
const path = join(root, 'packages/rules/schema/rule-set.schema.json')
const text = format(
  JSON.stringify(createRuleSetSchema(builtInVocabulary(), { allowsOwnFacts: true }), null, 2),
)
if (!values.check) writeFileSync(path, text)
else if (readFileSync(path, 'utf8') !== text) {
  console.error('packages/rules/schema/rule-set.schema.json is old; run `npx pnpm generate`')
  process.exitCode = 1
}

/** Formatted as everything else here is. */
function format(json: string): string {
  const biome = join(root, 'node_modules/.bin', 'biome')
  const result = spawnSync(biome, ['format', `--stdin-file-path=${path}`], {
    input: json,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (result.status !== 0) throw new Error(`biome cannot format the schema: ${result.stderr}`)
  return result.stdout
}
