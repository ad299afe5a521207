/** What must not stand in the code: words, sizes, and paths or hosts of somebody's machine. */
import ts from 'typescript'
import { type Finding, lineOf, type Repository } from './repository.ts'

/** The most lines of a file, tables of test cases apart. */
const LINE_MAX_COUNT = 400
const TEST_LINE_MAX_COUNT = 600

/** Globals that would make core and rules depend on when and where they run. */
const IMPURE: Readonly<Record<string, string>> = {
  fetch: 'a port',
  process: 'an argument',
  setTimeout: 'an instant at which the runtime wakes the order',
  setInterval: 'an instant at which the runtime wakes the order',
  setImmediate: 'an instant at which the runtime wakes the order',
  crypto: '`ids.ts`',
  performance: 'the clock of the ports',
}

/** Places where printing is the purpose. */
const MAY_PRINT = /(^|\/)(main|command-line)\.ts$/

/** Words that promise work and never get it. */
export const bannedWords = (repository: Repository): readonly Finding[] =>
  repository.paths
    .filter((path) => /\.(ts|tsx|js|sh)$/.test(path) && !isAboutWords(path))
    .flatMap((path) =>
      repository
        .text(path)
        .split('\n')
        .flatMap((text, index) =>
          /\b(FIXME|XXX)\b/.test(text)
            ? [
                {
                  rule: 'banned-word',
                  path,
                  line: index + 1,
                  what: 'FIXME or XXX',
                  instead: '`TODO(#issue)` with an open issue',
                },
              ]
            : [],
        ),
    )

/** Prints in libraries: nobody asked for them. */
export const consoleCalls = (repository: Repository): readonly Finding[] =>
  repository.packages
    .flatMap((name) => repository.sources(`packages/${name}/src`))
    .filter(({ path }) => !MAY_PRINT.test(path))
    .flatMap(({ path, tree }) =>
      nodesOf(tree)
        .filter((node) => ts.isIdentifier(node) && node.text === 'console' && isGlobalUse(node))
        .map((node) => ({
          rule: 'console-call',
          path,
          line: lineOf(tree, node.getStart()),
          what: '`console` in a library',
          instead: 'the `Telemetry` port',
        })),
    )

/** Clocks, randomness, networks and processes in the packages that must be the same everywhere. */
export function impureCalls(repository: Repository): readonly Finding[] {
  const sources = ['core', 'rules'].flatMap((name) => repository.sources(`packages/${name}/src`))
  return sources.flatMap(({ path, tree }) =>
    nodesOf(tree).flatMap((node) => {
      const found = impureUse(node)
      return found === undefined
        ? []
        : [{ rule: 'impure-call', path, line: lineOf(tree, node.getStart()), ...found }]
    }),
  )
}

function impureUse(node: ts.Node): { readonly what: string; readonly instead: string } | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText()
    if (text === 'Date.now') return { what: '`Date.now`', instead: 'the clock of the ports' }
    if (text === 'Math.random') return { what: '`Math.random`', instead: '`ids.ts`' }
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') {
    const isNow = node.arguments === undefined || node.arguments.length === 0
    return isNow ? { what: '`new Date()`', instead: 'the clock of the ports' } : undefined
  }
  if (!ts.isIdentifier(node) || !Object.hasOwn(IMPURE, node.text)) return undefined
  const instead = IMPURE[node.text]
  return instead === undefined || !isGlobalUse(node)
    ? undefined
    : { what: `\`${node.text}\``, instead }
}

/** A node and all nodes below it. */
function nodesOf(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = []
  const visit = (child: ts.Node): void => {
    found.push(child)
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

/** Files that are too long to be about one thing. */
export const longFiles = (repository: Repository): readonly Finding[] =>
  repository.paths
    .filter((path) => /\.tsx?$/.test(path) && !path.includes('/generated/'))
    .flatMap((path) => {
      const lineCount = repository.text(path).trimEnd().split('\n').length
      const maxCount = /(^|\/)test\//.test(path) ? TEST_LINE_MAX_COUNT : LINE_MAX_COUNT
      return lineCount <= maxCount
        ? []
        : [
            {
              rule: 'long-file',
              path,
              line: maxCount + 1,
              what: `${lineCount} lines`,
              instead: `at most ${maxCount}: one concept per file`,
            },
          ]
    })

/** Paths and hosts of one machine: they are wrong on every other. */
export const leakedPlaces = (repository: Repository): readonly Finding[] =>
  repository.paths
    .filter((path) => !/\.(png|ico|woff2)$/.test(path))
    .flatMap((path) =>
      repository
        .text(path)
        .split('\n')
        .flatMap((text, index) => {
          const [leak] = LEAKS.exec(text) ?? []
          return leak === undefined
            ? []
            : [
                {
                  rule: 'leaked-place',
                  path,
                  line: index + 1,
                  what: `\`${leak}\` is a place on one machine or network`,
                  instead: 'a path below the repository, or no host at all',
                },
              ]
        }),
    )

/** Home and work folders, and hosts of package registries. */
const LEAKS = /(?<![\w.~-])\/(?:work|home\/\w+|root|Users\/\w+)\/|\bregistry\.[a-z0-9-]+\.[a-z]+/

const isAboutWords = (path: string): boolean =>
  path.startsWith('tools/tidy') || path.startsWith('test/tidy')

/** A name that stands for the global: no property, no key, no declaration of its own, no import. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent))
    return parent.expression === node || parent.expression.getText() === 'globalThis'
  const isName =
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isVariableDeclaration(parent) ||
      ts.isFunctionDeclaration(parent)) &&
    parent.name === node
  return !isName && !ts.isImportSpecifier(parent)
}
