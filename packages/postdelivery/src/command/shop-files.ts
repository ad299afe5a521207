/** What stands in a folder that `init` makes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtInVocabulary, createRuleSetSchema, createRuleTestsSchema } from '@postdelivery/rules'
import { pastOrdersToNdjson, samplePastOrders } from '../sample-past-orders.ts'
import { type TEMPLATE_NAMES, templateFolder } from '../templates.ts'
import { packageVersion } from './package-version.ts'
import type { NewFile } from './write-all-or-nothing.ts'

/** A line to type, with what it does. */
type Step = readonly [line: string, what: string]

/** Node.js before 22.18 imports no `.ts`; nothing in the file needs it. */
const CONFIG_NAME = process.features.typescript
  ? 'postdelivery.config.ts'
  : 'postdelivery.config.mjs'

/** The first ten minutes, as words after the program's name; `path` writes a path below the folder. */
export const nextSteps = (path: (name: string) => string): readonly Step[] => {
  const rules = path('rules')
  return [
    [`lint ${rules}`, 'what is wrong with the rules; try it after a misspelt word'],
    [`test ${rules}`, 'whether the rules do what their tests say'],
    [`coverage ${rules}`, 'what no test looks at'],
    [`explain --rules ${rules}`, 'every rule in one sentence'],
    [
      `backtest ${rules} --orders ${path('orders.ndjson')}`,
      'what they would have done to past orders, and what it would have cost',
    ],
    [
      `diff ${path('before')} ${rules}`,
      'what a change means, after a copy of `rules` to `before` and a change',
    ],
    [`doctor --config ${path(CONFIG_NAME)}`, 'what is missing before the engine can start'],
  ]
}

/** Makes the files of a folder. */
export async function shopFiles({
  name,
  template,
  steps,
}: {
  readonly name: string
  readonly template: (typeof TEMPLATE_NAMES)[number]
  readonly steps: readonly Step[]
}): Promise<readonly NewFile[]> {
  const from = (file: string): Promise<string> =>
    readFile(join(templateFolder(template), file), 'utf8')
  return [
    { path: 'README.md', text: readme(name, template, steps) },
    { path: CONFIG_NAME, text: CONFIG },
    { path: `rules/${template}.rules.json`, text: await from(`${template}.rules.json`) },
    { path: `rules/${template}.tests.json`, text: await from(`${template}.tests.json`) },
    {
      path: `rules/${template}.md`,
      text: (await from('README.md')).replaceAll(/^<!-- .* -->\n\n?/gm, ''),
    },
    { path: 'rules/rule-set.schema.json', text: json(createRuleSetSchema(builtInVocabulary())) },
    {
      path: 'rules/rule-tests.schema.json',
      text: json(createRuleTestsSchema(builtInVocabulary())),
    },
    { path: 'orders.ndjson', text: pastOrdersToNdjson(samplePastOrders()) },
    { path: 'package.json', text: json(manifest(name)) },
    { path: '.gitignore', text: 'node_modules/\norders.db*\n.env\n' },
  ]
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const manifest = (name: string): object => ({
  name:
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'shop',
  private: true,
  type: 'module',
  dependencies: { postdelivery: `^${packageVersion()}` },
})

const readme = (name: string, template: string, steps: readonly Step[]): string => `# ${name}

What happens to our Klarna orders after delivery.

| File | |
| --- | --- |
| \`rules/${template}.rules.json\` | the rules; [rules/${template}.md](rules/${template}.md) says what they do and what to adapt |
| \`rules/${template}.tests.json\` | their tests: facts or stories, and what must come of them |
| \`orders.ndjson\` | past orders of a shop that does not exist, to try rules on |
| \`${CONFIG_NAME}\` | Klarna, database, limits; read by the backend and by the command |

## The first ten minutes

${steps.map(([line, what]) => `1. ${what}:\n\n   \`\`\`sh\n   ${line}\n   \`\`\``).join('\n')}

Then change a rule, give the set a new \`version\`, and look again.

## Before it goes live

- \`publishedBy\` in the rules: the person who publishes them. They cannot approve what their rules ask for.
- \`limits\` and \`approval\` in the configuration: what may happen without a person.
- \`KLARNA_USERNAME\` and \`KLARNA_PASSWORD\` in the environment, from your vault. \`live: false\` is Klarna's playground.
- \`observe: true\` for the first weeks: everything but the sending.
`

const CONFIG = `import { definePostDeliveryConfig, rulesFrom } from 'postdelivery'
import { sqlite } from 'postdelivery/sqlite'

export default definePostDeliveryConfig({
  klarna: {
    region: 'eu',
    // Klarna's playground; true sends to real customers.
    live: false,
    credentials: () => ({
      username: process.env.KLARNA_USERNAME ?? '',
      password: process.env.KLARNA_PASSWORD ?? '',
    }),
  },
  store: sqlite('./orders.db'),
  rules: rulesFrom('./rules', { watch: true }),
  timeZone: 'Europe/Stockholm',
  // The most that may happen, in minor units: 100_000 is 1,000.00. A currency that is not listed allows nothing.
  limits: {
    perCommand: {
      refundMaxMinor: { SEK: 500_000, NOK: 500_000, DKK: 500_000, EUR: 50_000 },
      extensionFeeMaxMinor: { SEK: 5_000, NOK: 5_000, DKK: 5_000, EUR: 500 },
    },
    perOrder: {
      commandMaxCount: 20,
      refundMaxMinor: { SEK: 1_000_000, NOK: 1_000_000, DKK: 1_000_000, EUR: 100_000 },
      extensionFeeMaxMinor: { SEK: 10_000, NOK: 10_000, DKK: 10_000, EUR: 1_000 },
    },
    perRuleAndDay: {
      commandMaxCount: 200,
      refundMaxMinor: { SEK: 5_000_000, NOK: 5_000_000, DKK: 5_000_000, EUR: 500_000 },
      extensionFeeMaxMinor: { SEK: 100_000, NOK: 100_000, DKK: 100_000, EUR: 10_000 },
    },
    perMerchantAndDay: {
      commandMaxCount: 1_000,
      refundMaxMinor: { SEK: 20_000_000, NOK: 20_000_000, DKK: 20_000_000, EUR: 2_000_000 },
      extensionFeeMaxMinor: { SEK: 500_000, NOK: 500_000, DKK: 500_000, EUR: 50_000 },
    },
  },
  // From here on people must agree.
  approval: {
    refundAboveMinor: { SEK: 100_000, NOK: 100_000, DKK: 100_000, EUR: 10_000 },
    extensionFeeAboveMinor: { SEK: 2_000, NOK: 2_000, DKK: 2_000, EUR: 200 },
    approvers: 1,
    expiresAfterHours: 72,
  },
  // Everything but the sending, for the first weeks.
  observe: true,
})
`
