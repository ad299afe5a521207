/** The names that packages export, with their declarations. */
import { dirname, join } from 'node:path'
import ts from 'typescript'
import type { Repository, SourceFile } from './repository.ts'

/** One exported declaration that is reachable from an entry of its package. */
export interface PublicName {
  readonly name: string
  readonly source: SourceFile
  readonly declaration: ts.Declaration
}

/** Every public name: what the entries in `exports` of each package name, followed to its declaration. */
export function publicNames(repository: Repository): readonly PublicName[] {
  return repository.packages.flatMap((name) => {
    const folder = `packages/${name}`
    const sources = new Map(
      repository.sources(`${folder}/src`).map((source) => [source.path, source]),
    )
    const found = entriesOf(repository, folder).flatMap((entry) => namesOf(entry, sources))
    const unique = new Map(found.map((each) => [`${each.source.path}#${each.name}`, each]))
    return [...unique.values()]
  })
}

function entriesOf(repository: Repository, folder: string): readonly string[] {
  const manifest = JSON.parse(repository.text(`${folder}/package.json`)) as {
    readonly exports?: Readonly<Record<string, unknown>>
  }
  return Object.values(manifest.exports ?? {}).flatMap((target) =>
    typeof target === 'string' && target.endsWith('.ts') ? [join(folder, target)] : [],
  )
}

function namesOf(path: string, sources: ReadonlyMap<string, SourceFile>): readonly PublicName[] {
  const source = sources.get(path)
  if (source === undefined) return []
  return source.tree.statements.flatMap((statement): readonly PublicName[] => {
    if (!ts.isExportDeclaration(statement)) return declaredNames(source, statement)
    const { moduleSpecifier, exportClause } = statement
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) return []
    const target = join(dirname(path), moduleSpecifier.text)
    const wanted = exportClause.elements.map(
      (element) => (element.propertyName ?? element.name).text,
    )
    return namesOf(target, sources).filter(({ name }) => wanted.includes(name))
  })
}

function declaredNames(source: SourceFile, statement: ts.Statement): readonly PublicName[] {
  if (!isExported(statement)) return []
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => ({
      name: declaration.name.getText(),
      source,
      declaration,
    }))
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  return isNamed && statement.name !== undefined
    ? [{ name: statement.name.text, source, declaration: statement }]
    : []
}

/** Whether a statement says `export`. */
export const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** The doc comment right above a node, or an empty text. After a blank line it is about something else. */
export function docOf(node: ts.Node): string {
  const text = node.getSourceFile().text
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []
  return ranges
    .filter(({ end }) => !/\n\s*\n/.test(text.slice(end, node.getStart())))
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith('/**'))
    .join('\n')
}
