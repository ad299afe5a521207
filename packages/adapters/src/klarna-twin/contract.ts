/** Holds what the twin gets and gives against the OpenAPI contract, with the file that the client is made from. */
import { readFileSync } from 'node:fs'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import type { Route } from './routes.ts'

/** One thing that is wrong with a body. */
export interface SchemaProblem {
  /** Klarna's way to name a member: `shipping_info[0].shipping_company`; empty for the whole body. */
  readonly field: string
  /** The schema keyword that was broken, for example `maxLength`. */
  readonly keyword: string
  readonly message: string
}

/** An answer as it is about to be sent. */
export interface SentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface Contract {
  /** What is wrong with a request body; empty when it is as the contract has it. */
  readonly problemsOfBody: (route: Route, body: unknown) => readonly SchemaProblem[]
  /** What is wrong with an answer, one line each. */
  readonly problemsOfAnswer: (route: Route, answer: SentAnswer) => readonly string[]
  /** What is wrong with an order as a read would answer it. */
  readonly problemsOfOrder: (value: unknown) => readonly SchemaProblem[]
}

/** The parts of an OpenAPI document that are used here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Response>> }
}
interface Operation {
  readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>>
}
interface Response {
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>
  readonly content?: Readonly<Record<string, unknown>>
}

/** What an answer must be, worked out once for each status of each call. */
interface AnswerRule {
  readonly requiredHeaders: readonly string[]
  readonly validate: ValidateFunction | undefined
}

const FILE = new URL('../../openapi/klarna-order-management.yaml', import.meta.url)
const DOCUMENT_ID = 'klarna'
const JSON_TYPE = 'application/json'

let loaded: Contract | undefined

/** Reads the contract once for the process. Throws: when the file is missing or no OpenAPI document. */
export function loadContract(): Contract {
  loaded ??= createContract(readDocument())
  return loaded
}

function createContract(document: Document): Contract {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false })
  ajv.addSchema(document, DOCUMENT_ID)
  const orderValidator = compile(ajv, ['components', 'schemas', 'Order'])
  const bodies = new Map<Route, ValidateFunction>()
  const answers = new Map<Route, Map<number, AnswerRule | undefined>>()

  const bodyValidatorOf = (route: Route): ValidateFunction => {
    const known = bodies.get(route)
    if (known !== undefined) return known
    const place = [...placeOf(route), 'requestBody', 'content', JSON_TYPE, 'schema']
    const validate = compile(ajv, place)
    bodies.set(route, validate)
    return validate
  }
  const answerRuleOf = (route: Route, status: number): AnswerRule | undefined => {
    const rules = answers.get(route) ?? new Map<number, AnswerRule | undefined>()
    answers.set(route, rules)
    if (!rules.has(status)) rules.set(status, makeAnswerRule(ajv, document, { route, status }))
    return rules.get(status)
  }

  return {
    problemsOfBody: (route, body) => problemsOf(bodyValidatorOf(route), body),
    problemsOfOrder: (value) => problemsOf(orderValidator, value),
    problemsOfAnswer(route, { status, headers, body }) {
      const rule = answerRuleOf(route, status)
      if (rule === undefined) return [`status ${status} is not in the contract`]
      const missing = rule.requiredHeaders.filter((name) => headers[name] === undefined)
      return [
        ...missing.map((name) => `header \`${name}\` is missing`),
        ...bodyProblems(rule, status, body),
      ]
    },
  }
}

const bodyProblems = (rule: AnswerRule, status: number, body: unknown): readonly string[] => {
  if (rule.validate === undefined) return body === undefined ? [] : ['the body should be empty']
  // Errors may come without Klarna's error object; a read may not come without what was read.
  if (body === undefined) return status >= 400 ? [] : ['the body is missing']
  return problemsOf(rule.validate, body).map(({ field, message }) => `\`${field}\` ${message}`)
}

function makeAnswerRule(
  ajv: Ajv2020,
  document: Document,
  { route, status }: { readonly route: Route; readonly status: number },
): AnswerRule | undefined {
  const declared = document.paths[route.template]?.[route.method.toLowerCase()]?.responses[status]
  if (declared === undefined) return undefined
  const place =
    '$ref' in declared
      ? segmentsOf(declared.$ref)
      : [...placeOf(route), 'responses', String(status)]
  const response = valueAt(document, place) as Response
  const requiredHeaders = Object.entries(response.headers ?? {})
    .filter(([, header]) => isRequired(valueAt(document, segmentsOf(header.$ref))))
    .map(([name]) => name)
  const hasBody = response.content?.[JSON_TYPE] !== undefined
  const validate = hasBody ? compile(ajv, [...place, 'content', JSON_TYPE, 'schema']) : undefined
  return { requiredHeaders, validate }
}

const placeOf = (route: Route): readonly string[] => [
  'paths',
  route.template,
  route.method.toLowerCase(),
]

function compile(ajv: Ajv2020, place: readonly string[]): ValidateFunction {
  const pointer = place
    .map((segment) => encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  const validate = ajv.getSchema(`${DOCUMENT_ID}#/${pointer}`)
  if (validate === undefined) throw new Error(`the contract has nothing at /${place.join('/')}`)
  return validate
}

function problemsOf(validate: ValidateFunction, value: unknown): readonly SchemaProblem[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map(problemOf)
}

function problemOf({
  instancePath,
  keyword,
  params,
  message = 'is wrong',
}: ErrorObject): SchemaProblem {
  const missing: unknown = params['missingProperty'] ?? params['additionalProperty']
  const path = segmentsOf(`#${instancePath}`)
  const whole = typeof missing === 'string' ? [...path, missing] : path
  const field = whole
    .map((segment, index) =>
      /^\d+$/.test(segment) ? `[${segment}]` : index === 0 ? segment : `.${segment}`,
    )
    .join('')
  return { field, keyword, message: keyword === 'additionalProperties' ? 'is not known' : message }
}

/** The segments of a JSON pointer in a URI fragment. */
const segmentsOf = (reference: string): readonly string[] =>
  reference
    .slice(reference.indexOf('#') + 1)
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

const valueAt = (document: Document, place: readonly string[]): unknown =>
  place.reduce<unknown>(
    (value, segment) => (isRecord(value) ? value[segment] : undefined),
    document,
  )

const isRequired = (header: unknown): boolean => isRecord(header) && header['required'] === true

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function readDocument(): Document {
  const document: unknown = parse(readFileSync(FILE, 'utf8'))
  if (!isRecord(document) || !isRecord(document['paths']))
    throw new Error('the contract is no OpenAPI document')
  // Linted as OpenAPI 3.1 when the repository is checked.
  return document as unknown as Document
}
