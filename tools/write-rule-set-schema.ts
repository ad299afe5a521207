/** Writes the JSON Schema of rule sets from the tables of rules; a test there holds the file against them. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { builtInVocabulary, createRuleSetSchema } from '@postdelivery/rules'

const file = fileURLToPath(
  new URL('../packages/rules/schema/rule-set.schema.json', import.meta.url),
)
const schema = createRuleSetSchema(builtInVocabulary(), { allowsOwnFacts: true })
writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`)
const biome = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url))
const { status } = spawnSync(biome, ['format', '--write', file], { stdio: 'inherit' })
process.exitCode = status ?? 1
