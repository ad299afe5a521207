/** The words that rules may name: the built-in facts, and those that a merchant declares in code. */
import {
  err,
  FACTS,
  type FactDefinition,
  type Facts,
  type FactType,
  isOwnFactName,
  isPlainRecord,
  OWN_FACT_NAMESPACES,
  ok,
  type Result,
} from '@postdelivery/core'
import { createIssueList, type Issue, type IssueList } from './issues.ts'

/** All facts that rules may name. Looked up by exact name; inherited names such as `toString` are not facts. */
export interface Vocabulary {
  /** The built-in facts, then the merchant's own, in the order in which they were declared. */
  readonly definitions: readonly FactDefinition[]
  /** The names of all facts, for suggestions. */
  readonly names: readonly string[]
  definitionOf(name: string): FactDefinition | undefined
}

/** The value of a fact by its type. */
export interface FactValueByType {
  readonly text: string
  /** A whole number of the fact's unit. */
  readonly integer: number
  readonly flag: boolean
  readonly textList: readonly string[]
  /** A day as `YYYY-MM-DD`. */
  readonly date: string
}

/** What a loader is asked about. */
export interface FactSubject {
  readonly orderId: string
  /** Null when the event is about the whole order. */
  readonly captureId: string | null
  readonly eventId: string
}

/** Reads a fact where it lives. Null says that there is no value (unknown); an exception says that the source is down. */
export type FactLoader<Type extends FactType> = (
  subject: FactSubject,
  facts: Facts,
) => FactValueByType[Type] | null | Promise<FactValueByType[Type] | null>

/** A fact of the merchant's own. With a loader it is read on demand; without one it comes with events or the order. */
export interface OwnFact<Type extends FactType = FactType, Name extends string = string>
  extends FactDefinition {
  readonly name: Name
  readonly type: Type
  readonly load?: FactLoader<Type>
}

interface OwnFactFields<Type extends FactType, Name extends string> {
  /** `customer.`, `event.` or `shop.` and a name in lower camel case. */
  readonly name: Name
  readonly type: Type
  /** One sentence for people. */
  readonly sentence: string
  /** What an integer counts. */
  readonly unit?: Type extends 'integer' ? NonNullable<FactDefinition['unit']> : never
  /** The texts that can occur; any other is unknown. */
  readonly values?: Type extends 'text' ? readonly FactValueByType[Type][] : never
  /** Whether it can be lacking. Default: true. */
  readonly nullable?: boolean
  /** Reads it on demand: only when an awake rule names it. */
  readonly load?: FactLoader<Type>
}

/**
 * Declares one fact of the merchant's own; a loader of another type does not compile.
 *
 * `createVocabulary` checks the name and the rest.
 *
 * @example
 * ```ts
 * import { createVocabulary, defineFact } from '@postdelivery/rules'
 *
 * const tier = defineFact({
 *   name: 'customer.tier',
 *   type: 'text',
 *   values: ['plain', 'gold'],
 *   sentence: 'how good a customer they are',
 *   load: async ({ orderId }) => (orderId.startsWith('G') ? 'gold' : null),
 * })
 * const vocabulary = createVocabulary([tier])
 * expect(vocabulary.ok && vocabulary.value.definitionOf('customer.tier')?.source).toBe('on_demand')
 * ```
 */
export function defineFact<const Type extends FactType, const Name extends string>(
  fields: OwnFactFields<Type, Name>,
): OwnFact<Type, Name> {
  const { name, type, sentence, unit, values, nullable, load } = fields
  return {
    name,
    type,
    sentence,
    nullable: nullable ?? true,
    source: load === undefined ? 'static' : 'on_demand',
    ...(unit === undefined ? {} : { unit }),
    ...(values === undefined ? {} : { values }),
    ...(load === undefined ? {} : { load }),
  }
}

/**
 * Joins the built-in facts and the merchant's own.
 *
 * Returns: the vocabulary, or all issues with pointers into the list (`/0/name`).
 * Refuses: `bad_fact_name`, `duplicate_fact`, and fields of a wrong type. Throws: never.
 */
export function createVocabulary(
  ownFacts: readonly FactDefinition[] = [],
): Result<Vocabulary, readonly Issue[]> {
  const issues = createIssueList()
  const names = new Set<string>()
  ownFacts.forEach((fact, index) => {
    checkFact(fact, `/${index}`, names, issues)
  })
  if (issues.hasErrors()) return err(issues.sorted())
  return ok(vocabularyOf([...FACTS, ...ownFacts.map(definitionOnly)]))
}

/** The built-in facts alone. */
export const builtInVocabulary = (): Vocabulary => vocabularyOf([...FACTS])

function vocabularyOf(definitions: readonly FactDefinition[]): Vocabulary {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  return Object.freeze({
    definitions: Object.freeze(definitions),
    names: Object.freeze([...byName.keys()]),
    definitionOf: (name: string) => byName.get(name),
  })
}

const TYPES: readonly FactType[] = ['text', 'integer', 'flag', 'textList', 'date']
const UNITS = ['minor', 'days', 'percent', 'count'] as const

function checkFact(fact: unknown, path: string, names: Set<string>, issues: IssueList): void {
  if (!isPlainRecord(fact)) {
    issues.add('wrong_type', path, 'a fact is an object', 'make it with `defineFact`')
    return
  }
  const { name, type, unit, values, sentence, source } = fact
  if (typeof name !== 'string' || !isOwnFactName(name)) {
    const namespaces = OWN_FACT_NAMESPACES.map((each) => `\`${each}.\``).join(', ')
    const shown = typeof name === 'string' ? `\`${name}\`` : 'this'
    const message = `${shown} cannot be a fact of your own`
    const hint = `begin with one of ${namespaces}, go on in lower camel case, and take no built-in name`
    issues.add('bad_fact_name', `${path}/name`, message, hint)
  } else if (names.has(name)) {
    issues.add('duplicate_fact', `${path}/name`, `\`${name}\` is declared twice`, 'keep one')
  } else {
    names.add(name)
  }
  if (!TYPES.some((each) => each === type))
    issues.add('not_listed', `${path}/type`, `the type is one of ${TYPES.join(', ')}`)
  if (unit !== undefined && (type !== 'integer' || !UNITS.some((each) => each === unit)))
    issues.add(
      'not_listed',
      `${path}/unit`,
      `a unit goes with integers and is one of ${UNITS.join(', ')}`,
    )
  if (values !== undefined && (type !== 'text' || !isWordList(values)))
    issues.add(
      'wrong_type',
      `${path}/values`,
      'listed values go with texts and are different texts, at least one',
    )
  if (source !== 'static' && source !== 'on_demand')
    issues.add('not_listed', `${path}/source`, 'the source is one of static, on_demand')
  if (typeof sentence !== 'string' || sentence.trim() === '')
    issues.add('missing', `${path}/sentence`, 'the sentence that explains the fact is missing')
}

const isWordList = (values: unknown): boolean =>
  Array.isArray(values) &&
  values.length > 0 &&
  values.every((value) => typeof value === 'string') &&
  new Set(values).size === values.length

/** A copy without the loader, so that nothing of it can be reached or changed through the vocabulary. */
function definitionOnly(fact: FactDefinition): FactDefinition {
  const { name, type, unit, values, nullable, sentence, source } = fact
  return Object.freeze({
    name,
    type,
    nullable,
    sentence,
    source,
    ...(unit === undefined ? {} : { unit }),
    ...(values === undefined ? {} : { values: Object.freeze([...values]) }),
  })
}
