/** Reads the shapes of events and actions from their source, so that docs repeat the fields with the comments beside them. */
import { readFileSync } from 'node:fs'
import * as core from '@postdelivery/core'
import ts from 'typescript'

/** One field of a shape. */
export interface FieldRow {
  readonly name: string
  readonly isRequired: boolean
  /** What it accepts, in words. */
  readonly accepts: string
  /** The comment above it, on one line. */
  readonly sentence: string
}

/** Constants that bounds and lists of words refer to. */
const constants: Readonly<Record<string, unknown>> = { ...core, Number }

/** Shapes that are no call of a shape function, in words. */
const WORDS: Readonly<Record<string, string>> = {
  id: 'id, up to 200 characters',
  currencyShape: 'currency such as `SEK`, in any case',
  flag: 'true or false',
  instantShape: 'instant such as `2026-11-24T08:00:00Z`',
  dateShape: 'date such as `2026-12-14`',
  minorByCurrency: 'amounts by currency such as `{ "SEK": 1000 }`',
  shippingInfoShape: 'parcel, as in `shippingInfo[]`',
  looseParams: 'params of the action',
  suggestion: 'action: `{ type, params }`',
}

/** A source file whose constants can be described. */
export interface ShapeSource {
  /** The shapes of a table such as `ACTION_SHAPES`: fields by key, in the order of the source. */
  shapesOf(tableName: string): ReadonlyMap<string, readonly FieldRow[]>
  /** The fields of one shape such as `orderLineShape`. */
  fieldsOf(shapeName: string): readonly FieldRow[]
}

/** Opens a source file. Throws when a shape is written in a way that it does not know, so that docs never lie. */
export function openShapeSource(file: URL): ShapeSource {
  const text = readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file.pathname, text, ts.ScriptTarget.ESNext, true)
  const initializers = new Map<string, ts.Expression>()
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer !== undefined)
        initializers.set(name.text, plain(initializer))
    }
  }
  const reader = createReader(initializers)
  return {
    fieldsOf: (shapeName) => reader.fields(need(initializers, shapeName)),
    shapesOf(tableName) {
      const shapes = need(initializers, tableName)
      if (!ts.isObjectLiteralExpression(shapes)) throw unknown(shapes)
      return new Map(
        shapes.properties.map((property) => {
          if (!ts.isPropertyAssignment(property)) throw unknown(property)
          return [keyOf(property.name), reader.fields(property.initializer)]
        }),
      )
    },
  }
}

function createReader(initializers: ReadonlyMap<string, ts.Expression>) {
  /** The fields of `record({ … })`. Fields that every event has are spread by a call and told once, elsewhere. */
  function fields(expression: ts.Expression): readonly FieldRow[] {
    const call = resolve(expression)
    if (!isCallOf(call, 'record')) throw unknown(call)
    return fieldsOfObject(call.arguments[0])
  }

  function fieldsOfObject(node: ts.Expression | undefined): readonly FieldRow[] {
    const object = node === undefined ? node : resolve(node)
    if (object === undefined || !ts.isObjectLiteralExpression(object)) throw unknown(object)
    return object.properties.flatMap((property): readonly FieldRow[] => {
      if (ts.isSpreadAssignment(property))
        return ts.isCallExpression(property.expression) ? [] : fieldsOfObject(property.expression)
      if (ts.isShorthandPropertyAssignment(property)) return [field(property, property.name)]
      if (ts.isPropertyAssignment(property)) return [field(property, property.initializer)]
      throw unknown(property)
    })
  }

  function field(
    property: ts.PropertyAssignment | ts.ShorthandPropertyAssignment,
    value: ts.Expression,
  ): FieldRow {
    const isOptional = isCallOf(value, 'optional')
    return {
      name: keyOf(property.name),
      isRequired: !isOptional,
      accepts: accepts(isOptional ? argument(value, 0) : value),
      sentence: commentOf(property),
    }
  }

  function accepts(expression: ts.Expression): string {
    const value = resolve(expression)
    if (ts.isCallExpression(value) && ts.isIdentifier(value.expression))
      return acceptsCall(value, value.expression.text)
    if (ts.isIdentifier(expression) && Object.hasOwn(WORDS, expression.text))
      return WORDS[expression.text] ?? ''
    throw unknown(value)
  }

  function acceptsCall(call: ts.CallExpression, name: string): string {
    const bounds = () => boundsOf(call.arguments.at(-1))
    switch (name) {
      case 'oneOf':
        return `one of ${words(argument(call, 0))
          .map((word) => `\`${word}\``)
          .join(', ')}`
      case 'integer':
        return `whole number, ${bounds().min} to ${bounds().max}`
      case 'text':
        return `text, up to ${bounds().max} characters`
      case 'list':
        return `list of ${bounds().min ?? 0} to ${bounds().max}: ${accepts(argument(call, 0))}`
      case 'mapOf':
        return `object with up to ${bounds().max} keys: ${accepts(argument(call, 0))}`
      case 'nullable':
        return `${accepts(argument(call, 0))}, or null`
      case 'eitherOf':
        return `${accepts(argument(call, 0))}, or ${accepts(argument(call, 1))}`
      case 'record':
        return `object of ${listed(fieldsOfObject(call.arguments[0]))}`
      default:
        if (Object.hasOwn(WORDS, name)) return WORDS[name] ?? ''
        throw unknown(call)
    }
  }

  function words(expression: ts.Expression): readonly string[] {
    const value = resolve(expression)
    if (ts.isIdentifier(value)) return constants[value.text] as readonly string[]
    if (!ts.isArrayLiteralExpression(value)) throw unknown(value)
    return value.elements.map((element) => {
      if (!ts.isStringLiteral(element)) throw unknown(element)
      return element.text
    })
  }

  /** Follows names to what they stand for in this file; a name from elsewhere stays. */
  function resolve(expression: ts.Expression): ts.Expression {
    if (!ts.isIdentifier(expression)) return plain(expression)
    const known = initializers.get(expression.text)
    return known === undefined ? expression : resolve(known)
  }

  return { fields }
}

/** `reference`, `quantity`, and `name?` for one that may be left out. */
export const listed = (fields: readonly FieldRow[]): string =>
  fields.map((field) => `\`${field.name}${field.isRequired ? '' : '?'}\``).join(', ')

interface Bounds {
  readonly min?: string
  readonly max?: string
}

function boundsOf(node: ts.Expression | undefined): Bounds {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) throw unknown(node)
  return Object.fromEntries(
    node.properties.map((property) => {
      if (!ts.isPropertyAssignment(property)) throw unknown(property)
      return [keyOf(property.name), numberOf(property.initializer).toLocaleString('en-US')]
    }),
  )
}

function numberOf(node: ts.Expression): number {
  if (ts.isNumericLiteral(node)) return Number(node.text)
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken)
    return -numberOf(node.operand)
  const value: unknown = ts.isIdentifier(node)
    ? constants[node.text]
    : ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)
      ? (constants[node.expression.text] as Record<string, unknown> | undefined)?.[node.name.text]
      : undefined
  if (typeof value !== 'number') throw unknown(node)
  return value
}

function commentOf(node: ts.Node): string {
  const text = node.getSourceFile().text
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []
  return ranges
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith('/**'))
    .map((comment) => comment.replaceAll(/^\/\*\*|\*\/$/g, '').replaceAll(/\s*\n\s*\* ?/g, ' '))
    .join(' ')
    .trim()
}

const keyOf = (name: ts.PropertyName): string =>
  ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : name.getText()

const isCallOf = (node: ts.Expression, name: string): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name

function argument(call: ts.Expression, index: number): ts.Expression {
  const found = ts.isCallExpression(call) ? call.arguments[index] : undefined
  if (found === undefined) throw unknown(call)
  return found
}

/** An expression without `as const` and parentheses. */
function plain(expression: ts.Expression): ts.Expression {
  return ts.isAsExpression(expression) || ts.isParenthesizedExpression(expression)
    ? plain(expression.expression)
    : expression
}

function need(initializers: ReadonlyMap<string, ts.Expression>, name: string): ts.Expression {
  const found = initializers.get(name)
  if (found === undefined) throw new Error(`no constant \`${name}\` at the top level of the file`)
  return found
}

const unknown = (node: ts.Node | undefined): Error =>
  new Error(
    `a shape is written in a way that docs cannot describe: ${node?.getText().slice(0, 200) ?? 'nothing'}`,
  )
