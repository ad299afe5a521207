/** `postdelivery schema`: writes the JSON Schemas with which editors complete rules and tests. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRuleSetSchema, createRuleTestsSchema } from '@postdelivery/rules'
import { defineCommand } from './command-definition.ts'
import { EXIT } from './exit-codes.ts'
import { readVocabulary } from './read-vocabulary.ts'

export const schemaCommand = defineCommand({
  arguments: [],
  options: {
    out: {
      type: 'text',
      value: 'DIR',
      summary: 'the folder to write to; default: the working folder',
    },
  },
  readsConfig: true,
  examples: [
    ['schema --out rules', 'write rule-set.schema.json and rule-tests.schema.json'],
    ['schema --config shop/postdelivery.config.ts --out shop/rules', 'with the facts of a shop'],
  ],
  notes: [
    'A file that says "$schema": "./rule-set.schema.json" is then completed and checked while you type.',
    'Write them again when the facts of the configuration change.',
  ],
  async run({ options, out, resolve, ...context }) {
    const vocabulary = await readVocabulary(context, [])
    const folder = options.out ?? '.'
    mkdirSync(resolve(folder), { recursive: true })
    const schemas = [
      ['rule-set.schema.json', createRuleSetSchema(vocabulary)],
      ['rule-tests.schema.json', createRuleTestsSchema(vocabulary)],
    ] as const
    for (const [name, schema] of schemas) {
      writeFileSync(resolve(join(folder, name)), `${JSON.stringify(schema, null, 2)}\n`)
      out.line(join(folder, name))
    }
    return EXIT.fine
  },
})
