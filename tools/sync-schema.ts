/**
 * Writes the JSON Schemas of rule sets and of their tests from the vocabulary. With `--check` it writes nothing and fails on a difference.
 *
 * Usage: `node tools/sync-schema.ts [--check]`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { builtInVocabulary, createRuleSetSchema, createRuleTestsSchema } from '@postdelivery/rules'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const root = fileURLToPath(new URL('..', import.meta.url))
const vocabulary = builtInVocabulary()
const schemas = {
  'rule-set': createRuleSetSchema(vocabulary, { allowsOwnFacts: true }),
  'rule-tests': createRuleTestsSchema(vocabulary, { allowsOwnFacts: true }),
}
for (const [name, schema] of Object.entries(schemas)) {
  const path = `packages/rules/schema/${name}.schema.json`
  const text = format(JSON.stringify(schema, null, 2), path)
  if (!values.check) writeFileSync(join(root, path), text)
  else if (!isWritten(join(root, path), text)) {
    console.error(`${path} is old; run \`npx pnpm generate\``)
    process.exitCode = 1
  }
}

function isWritten(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === text
}

/** Formatted as everything else here is. */
function format(json: string, path: string): string {
  const biome = join(root, 'node_modules/.bin', 'biome')
  const result = spawnSync(biome, ['format', `--stdin-file-path=${join(root, path)}`], {
    input: json,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (result.status !== 0) throw new Error(`biome cannot format the schema: ${result.stderr}`)
  return result.stdout
}
