/** The generated sections about failures: what the store and the library throw, with what to do. */
import { code, table } from './markdown.ts'
import type { Sections } from './markers.ts'

/** Failures by code, as the packages keep them. */
type Failures = Readonly<Record<string, { readonly retry: boolean; readonly hint: string }>>

/**
 * All sections that the tables of failures give.
 *
 * The tables are read where they stand: they need no package of their own here.
 */
export async function failureSections(packages: URL): Promise<Sections> {
  const store = await failuresIn(
    new URL('adapters/src/sqlite/failures.ts', packages),
    'STORE_FAILURES',
  )
  const library = await failuresIn(
    new URL('postdelivery/src/failures.ts', packages),
    'POST_DELIVERY_FAILURES',
  )
  return new Map([
    ['store-failures', failureTable(store)],
    ['library-failures', failureTable(library)],
  ])
}

async function failuresIn(file: URL, name: string): Promise<Failures> {
  const module = (await import(file.href)) as Readonly<Record<string, Failures>>
  const failures = module[name]
  if (failures === undefined) throw new Error(`${file.pathname} has no ${name}`)
  return failures
}

const failureTable = (failures: Failures): readonly string[] =>
  table(
    ['Code', 'The same call may work later', 'What to do'],
    Object.entries(failures).map(([name, { retry, hint }]) => [
      code(name),
      retry ? 'yes' : 'no',
      hint,
    ]),
  )
