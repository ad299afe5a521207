/** What must be said about public names: a doc comment each, and a unit for each number. */
import ts from 'typescript'
import { docOf, isExported, type PublicName, publicNames } from './public-names.ts'
import { type Finding, lineOf, type Repository } from './repository.ts'

/** A number whose name ends so needs no further word about its unit. */
const UNIT = /(Minor|Days|Hours|Ms|Count|Index|Percent|BasisPoints|Length|Bytes|Max|Min)$/

/** Numbers that are words of the glossary, or of HTTP: they count nothing else. */
const PLAIN = /^(attempt|generation|seq|quantity|priority|status|number_of_\w+)$/

/** A comment that says what numbers are. */
const SAYS_UNIT =
  /minor|day|hour|second|millisecond|percent|count|number|order of|how (many|often)|from [01]\b|version|status|byte|character|port/i

/** Public functions, classes, constants and types without a doc comment. */
export const undocumentedExports = (repository: Repository): readonly Finding[] =>
  publicNames(repository)
    .filter((found) => needsDoc(found.declaration) && !isDocumented(found))
    .map(({ name, source, declaration }) => ({
      rule: 'undocumented-export',
      path: source.path,
      line: lineOf(source.tree, declaration.getStart()),
      what: `\`${name}\` is public and has no doc comment`,
      instead: 'a sentence above it: what it gives, with units and refusals where they apply',
    }))

/** Numbers in public types that say no unit, neither by name nor by comment. */
export const numbersWithoutUnit = (repository: Repository): readonly Finding[] =>
  publicNames(repository).flatMap((found) =>
    numberFields(found.declaration)
      .filter((field) => !saysUnit(field, found))
      .map((field) => ({
        rule: 'number-without-unit',
        path: found.source.path,
        line: lineOf(found.source.tree, field.getStart()),
        what: `\`${found.name}.${field.name.getText()}\` is a number without a unit`,
        instead: 'a name that ends in the unit (`…Minor`, `…Days`, `…Count`), or a line above it',
      })),
  )

/** `export *` and default exports: a reader cannot search for what they name. */
export const hiddenExports = (repository: Repository): readonly Finding[] =>
  repository.packages.flatMap((name) =>
    repository.sources(`packages/${name}/src`).flatMap(({ path, tree }) =>
      tree.statements.flatMap((statement): readonly Finding[] => {
        const at = { rule: 'hidden-export', path, line: lineOf(tree, statement.getStart()) }
        if (ts.isExportDeclaration(statement) && isStar(statement))
          return [{ ...at, what: '`export *`', instead: 'name every export' }]
        if (ts.isExportAssignment(statement) || isDefault(statement))
          return [{ ...at, what: 'a default export', instead: 'a named export' }]
        return []
      }),
    ),
  )

const isStar = ({ exportClause }: ts.ExportDeclaration): boolean =>
  exportClause === undefined || ts.isNamespaceExport(exportClause)

const isDefault = (statement: ts.Statement): boolean =>
  isExported(statement) &&
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)

/** The names of a list's entries or of an alias of another type say it all. */
const needsDoc = (declaration: ts.Declaration): boolean =>
  !ts.isTypeAliasDeclaration(declaration) && !isTable(declaration)

/** `as const` tables and shapes whose type alias carries the sentence. */
const isTable = (declaration: ts.Declaration): boolean =>
  ts.isVariableDeclaration(declaration) &&
  declaration.initializer !== undefined &&
  ts.isAsExpression(declaration.initializer)

/**
 * Whether a reader finds a sentence: above the declaration, above its file when the file is named after it, or above the
 * fields when it is nothing but its fields.
 */
function isDocumented({ name, source, declaration }: PublicName): boolean {
  if (docOf(statementOf(declaration)) !== '') return true
  const fileName = source.path.replace(/^.*\/|\.tsx?$/g, '').replaceAll('-', '')
  if (fileName === name.toLowerCase() && source.text.startsWith('/**')) return true
  return (
    ts.isInterfaceDeclaration(declaration) &&
    declaration.members.some((member) => docOf(member) !== '')
  )
}

const statementOf = (declaration: ts.Declaration): ts.Node =>
  ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration

function numberFields(declaration: ts.Declaration): readonly ts.PropertySignature[] {
  const fields: ts.PropertySignature[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertySignature(node) && node.type !== undefined && isNumber(node.type))
      fields.push(node)
    // What a function takes is told at the function.
    if (ts.isFunctionTypeNode(node) || ts.isMethodSignature(node)) return
    ts.forEachChild(node, visit)
  }
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
    visit(declaration)
  return fields
}

/** `number`, and unions and lists of it. */
function isNumber(type: ts.TypeNode): boolean {
  if (type.kind === ts.SyntaxKind.NumberKeyword) return true
  if (ts.isUnionTypeNode(type))
    return type.types.some(isNumber) && type.types.every(isNumberOrNothing)
  if (ts.isTypeOperatorNode(type)) return isNumber(type.type)
  return ts.isArrayTypeNode(type) && isNumber(type.elementType)
}

const isNumberOrNothing = (type: ts.TypeNode): boolean =>
  isNumber(type) ||
  type.kind === ts.SyntaxKind.UndefinedKeyword ||
  (ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword)

function saysUnit(field: ts.PropertySignature, { declaration }: PublicName): boolean {
  const name = field.name.getText()
  if (PLAIN.test(name)) return true
  if (UNIT.test(name) || UNIT.test(name.charAt(0).toUpperCase() + name.slice(1))) return true
  return docOf(field) !== '' || SAYS_UNIT.test(docOf(declaration))
}
