/** What refers to something must find it: paths in documents, sources named in comments, codes in tests. */
import ts from 'typescript'
import { docOf, isExported } from './public-names.ts'
import { type Finding, lineOf, type Repository, type SourceFile } from './repository.ts'

/** Names of constants that list codes of the public contract. */
const CODE_TABLE = /^(REFUSALS|ISSUES|ALARMS|[A-Z]+_(FAILURES|CODES|ISSUES))$/

const PATH_IN_TEXT =
  /`((?:packages|docs|test|tools|examples|\.ci)\/[^`\s]*|[A-Za-z][A-Za-z0-9.-]*\.(?:json|md|yaml|ts))`/g

/** Paths in back-ticks that lead nowhere. Patterns and places that a reader fills in are left out. */
export function brokenPaths(repository: Repository): readonly Finding[] {
  const documents = repository.paths.filter((path) => /^(?:[A-Z]+|docs\/.*)\.md$/.test(path))
  return documents.flatMap((path) =>
    withoutFences(repository.text(path)).flatMap((text, index) =>
      [...text.matchAll(PATH_IN_TEXT)].flatMap(([, named = '']) => {
        const target = named.replace(/#.*$/, '')
        if (/[*{}<>…]|NN|NAME/.test(target)) return []
        if (repository.has(target) || !target.includes('/')) return []
        return [
          {
            rule: 'broken-path',
            path,
            line: index + 1,
            what: `\`${target}\` does not exist`,
            instead: 'the path that was meant',
          },
        ]
      }),
    ),
  )
}

/** Documents that comments in the code refer to. */
export const brokenSources = (repository: Repository): readonly Finding[] =>
  repository.packages.flatMap((name) =>
    repository.sources(`packages/${name}/src`).flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) =>
        [...line.matchAll(/(docs\/[A-Za-z0-9/_-]+\.md)(?:#([a-z0-9-]+))?/g)].flatMap(
          ([whole, file = '', heading]) =>
            hasHeading(repository, file, heading)
              ? []
              : [
                  {
                    rule: 'broken-source',
                    path,
                    line: index + 1,
                    what: `\`${whole}\` does not exist`,
                    instead: 'the document and heading that were meant',
                  },
                ],
        ),
      ),
    ),
  )

/** Codes of the public contract that no test names. */
export function untestedCodes(repository: Repository): readonly Finding[] {
  const tests = repository.paths
    .filter((path) => /^(packages\/[^/]+\/test|test|examples)\//.test(path) && path.endsWith('.ts'))
    .map((path) => repository.text(path))
    .join('\n')
  return repository.packages.flatMap((name) =>
    repository.sources(`packages/${name}/src`).flatMap((source) =>
      codesOf(source)
        .filter(({ code }) => !new RegExp(`\\b${code}\\b`).test(tests))
        .map(({ code, table, line }) => ({
          rule: 'untested-code',
          path: source.path,
          line,
          what: `\`${code}\` of ${table} is named in no test`,
          instead: 'a test that makes it happen',
        })),
    ),
  )
}

interface Code {
  readonly code: string
  readonly table: string
  readonly line: number
}

/** The codes that the tables of a file list: keys of an object, texts of a list, or the first argument of each row. */
function codesOf({ tree }: SourceFile): readonly Code[] {
  return tree.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement) || !isExported(statement)) return []
    return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      const table = name.getText()
      if (!CODE_TABLE.test(table) || initializer === undefined) return []
      if (/Klarna refuses|merchant's set-up/.test(docOf(statement)))
        return klarnaCodes(table, initializer, tree)
      return rowsOf(initializer).map((row) => ({
        code: row.text,
        table,
        line: lineOf(tree, row.getStart()),
      }))
    })
  })
}

/** Klarna's own codes, by status or in a list. */
const klarnaCodes = (table: string, node: ts.Node, tree: ts.SourceFile): readonly Code[] => {
  const found: Code[] = []
  const visit = (child: ts.Node): void => {
    if (ts.isStringLiteral(child))
      found.push({ code: child.text, table, line: lineOf(tree, child.getStart()) })
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

type NamedRow = ts.StringLiteral | ts.Identifier

function rowsOf(node: ts.Expression): readonly NamedRow[] {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return rowsOf(node.expression)
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap((property) =>
      property.name !== undefined &&
      (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
        ? [property.name]
        : [],
    )
  }
  if (!ts.isArrayLiteralExpression(node)) return []
  return node.elements.flatMap((element) => {
    if (ts.isStringLiteral(element)) return [element]
    const first = ts.isCallExpression(element) ? element.arguments[0] : undefined
    return first !== undefined && ts.isStringLiteral(first) ? [first] : []
  })
}

function hasHeading(repository: Repository, file: string, heading: string | undefined): boolean {
  if (!repository.has(file)) return false
  if (heading === undefined) return true
  return withoutFences(repository.text(file)).some(
    (line) => line.startsWith('#') && anchorOf(line.replace(/^#+ /, '')) === heading,
  )
}

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

/** The lines of a document, those in fences empty. */
function withoutFences(text: string): readonly string[] {
  let isInside = false
  return text.split('\n').map((line) => {
    if (!line.startsWith('```')) return isInside ? '' : line
    isInside = !isInside
    return ''
  })
}
