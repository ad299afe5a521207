/** Who may import whom: core knows nobody, rules and adapters are siblings, each driver has one door. */
import ts from 'typescript'
import { type Finding, lineOf, type Repository } from './repository.ts'

/** What a package may import beside its own files: names, or beginnings that end in `*`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['xstate', '@noble/hashes/*'],
  rules: ['@postdelivery/core', 'json-rules-engine', 'jsonc-parser'],
  adapters: [
    '@postdelivery/core',
    'node:*',
    'openapi-fetch',
    'ajv/*',
    'yaml',
    'pino',
    '@opentelemetry/api',
  ],
  postdelivery: ['@postdelivery/core', '@postdelivery/rules', '@postdelivery/adapters/*', 'node:*'],
}

/** Modules with one door: only these files, or the files of these folders, import them. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  xstate: ['packages/core/src/lifecycle/'],
  'json-rules-engine': ['packages/rules/src/json-rules-engine.ts'],
  'openapi-fetch': ['packages/adapters/src/klarna/'],
  'node:sqlite': ['packages/adapters/src/sqlite/'],
  pino: ['packages/adapters/src/telemetry/pino.ts'],
  '@opentelemetry/api': ['packages/adapters/src/telemetry/opentelemetry.ts'],
}

interface Import {
  readonly path: string
  readonly line: number
  readonly specifier: string
}

/** Imports that a layer must not make. */
export const forbiddenImports = (repository: Repository): readonly Finding[] =>
  importsOf(repository).flatMap(({ name, path, line, specifier }): readonly Finding[] => {
    const at = { rule: 'forbidden-import', path, line }
    if (specifier.startsWith('.')) {
      const isInside = !specifier.includes('/src/') && !escapes(path, specifier)
      return isInside
        ? []
        : [
            {
              ...at,
              what: `${specifier} leaves the package`,
              instead: 'the public name of the other package',
            },
          ]
    }
    const door = DOORS[specifier]
    if (door !== undefined && !door.some((place) => isAt(path, place)))
      return [{ ...at, what: `\`${specifier}\` has one door`, instead: door.join(', ') }]
    return (MAY_IMPORT[name] ?? []).some((allowed) => matches(specifier, allowed))
      ? []
      : [
          {
            ...at,
            what: `${name} must not import \`${specifier}\``,
            instead: 'a port, or another layer',
          },
        ]
  })

function importsOf(repository: Repository): readonly (Import & { readonly name: string })[] {
  return Object.keys(MAY_IMPORT).flatMap((name) =>
    repository.sources(`packages/${name}/src`).flatMap(({ path, tree }) => {
      const found: (Import & { readonly name: string })[] = []
      const visit = (node: ts.Node): void => {
        const module =
          ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
            ? node.moduleSpecifier
            : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
              ? node.arguments[0]
              : undefined
        if (module !== undefined && ts.isStringLiteral(module))
          found.push({ name, path, line: lineOf(tree, node.getStart()), specifier: module.text })
        ts.forEachChild(node, visit)
      }
      visit(tree)
      return found
    }),
  )
}

/** Whether a relative import leads out of the `src` that the file is in. */
function escapes(path: string, specifier: string): boolean {
  const depth = path.split('/').length - 4
  return specifier.split('/').filter((part) => part === '..').length > depth
}

const isAt = (path: string, place: string): boolean =>
  place.endsWith('/') ? path.startsWith(place) : path === place

const matches = (specifier: string, allowed: string): boolean =>
  allowed.endsWith('*')
    ? specifier === allowed.slice(0, -2) || specifier.startsWith(allowed.slice(0, -1))
    : specifier === allowed
