/** The generated sections about templates: the list of them, and each rule in its canonical sentence. */
import { readdirSync, readFileSync } from 'node:fs'
import { builtInVocabulary, type RuleSet, renderRule, validateRuleSet } from '@postdelivery/rules'
import { code, table } from './markdown.ts'
import type { Sections } from './markers.ts'

const vocabulary = builtInVocabulary()

/** All sections that the rule sets in a folder of templates give. */
export function templateSections(folder: URL): Sections {
  const ruleSets = readdirSync(folder)
    .toSorted()
    .map((name) => readRuleSet(new URL(`${name}/${name}.rules.json`, folder)))
  return new Map([
    [
      'templates',
      table(
        ['Template', 'When', 'Acts at once', 'Asks first, or only watches'],
        ruleSets.map(({ name, description, rules }) => [
          `[${code(name)}](../packages/postdelivery/templates/${name}/README.md)`,
          description ?? '',
          actionsOf(rules.filter(({ mode }) => mode === 'live')),
          actionsOf(rules.filter(({ mode }) => mode !== 'live')),
        ]),
      ),
    ],
    ...ruleSets.map(({ name, rules }) => [`rules-of-${name}`, rules.map(sayRule)] as const),
  ])
}

function readRuleSet(file: URL): RuleSet {
  const check = validateRuleSet(readFileSync(file, 'utf8'), vocabulary)
  if (!check.ok) throw new Error(`${file.pathname} has issues; run the tests of the templates`)
  return check.ruleSet
}

type Rule = RuleSet['rules'][number]

const sayRule = (rule: Rule): string => `- **${rule.name}.** ${renderRule(rule, vocabulary)}`

const actionsOf = (rules: readonly Rule[]): string =>
  [...new Set(rules.map(({ event }) => event.type))].map(code).join(', ')
