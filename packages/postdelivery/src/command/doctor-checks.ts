/** What the doctor looks at, in order. Each look is harmless beside a running engine. */
import { statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import { errorName, instantToMs } from '@postdelivery/core'
import { checkConfig } from '../check-config.ts'
import type { PostDeliveryConfig } from '../config.ts'
import { clockOf, klarnaOptionsOf } from '../config-parts.ts'
import { readRules } from '../live-rules.ts'
import { sqliteOf } from './desk.ts'
import { filesBelow, RULES_ENDING } from './find-files.ts'

/** What one look found. `note`: works, and is worth knowing. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'note' | 'wrong'
  readonly says: string
  readonly hint?: string
}

type Found = Omit<Finding, 'name'>

interface Check {
  readonly name: string
  readonly isOnline?: boolean
  /** Throws: what makes it wrong. */
  readonly look: (config: PostDeliveryConfig) => Promise<readonly Found[]>
}

export const CHECKS: readonly Check[] = [
  { name: 'settings', look: lookAtSettings },
  { name: 'rules', look: lookAtRules },
  { name: 'database', look: lookAtDatabase },
  { name: 'engine', look: lookAtEngine },
  { name: 'clock', look: lookAtClock },
  { name: 'credentials', look: lookAtCredentials },
  { name: 'klarna', look: lookAtKlarna, isOnline: true },
]

const ok = (says: string): Found => ({ status: 'ok', says })

async function lookAtSettings(config: PostDeliveryConfig): Promise<readonly Found[]> {
  const { problems, settings } = checkConfig(config)
  if (problems.length > 0) return problems.map(problemOf)
  const observe = settings?.observe === true ? ', and observes only: nothing is sent' : ''
  return [ok(`complete; days are counted in ${config.timeZone}${observe}`)]
}

async function lookAtRules(config: PostDeliveryConfig): Promise<readonly Found[]> {
  const { vocabulary } = checkConfig(config)
  if (vocabulary === null)
    return [{ status: 'note', says: 'not looked at: the facts of the configuration are wrong' }]
  const read = await readRules(config.rules, vocabulary)
  const issues = read.ok ? read.testIssues : read.issues
  if (!read.ok || issues.length > 0)
    return issues.map((issue) => problemOf({ ...issue, path: `${issue.file}${issue.path}` }))
  const ruleCount = read.ruleSets.reduce((count, { ruleSet }) => count + ruleSet.rules.length, 0)
  const sets = read.ruleSets.map(({ ruleSet }) => `${ruleSet.name} ${ruleSet.version}`).join(', ')
  return [
    ok(`${ruleCount} rules in ${read.ruleSets.length} sets: ${sets}`),
    ...read.warnings.map(
      ({ file, path, message }): Found => ({ status: 'note', says: `${file}${path}: ${message}` }),
    ),
    ...unreadBelow(config.rules.folder),
  ]
}

/** Rules in folders below the one that is read: `lint` and `test` find them, the engine does not. */
function unreadBelow(folder: string | undefined): readonly Found[] {
  if (folder === undefined) return []
  const unread = filesBelow({ file: folder, path: folder }, RULES_ENDING).filter(
    ({ path }) => dirname(path) !== folder,
  )
  return unread.map(({ path }) => ({
    status: 'note',
    says: `\`${relative(folder, path)}\` is in a folder below and is not read`,
    hint: 'move it up, or leave it where it is a draft',
  }))
}

const problemOf = ({
  path,
  message,
  hint,
}: {
  readonly path: string
  readonly message: string
  readonly hint?: string
}): Found => ({
  status: 'wrong',
  says: `${path}: ${message}`,
  ...(hint === undefined ? {} : { hint }),
})

async function lookAtDatabase(config: PostDeliveryConfig): Promise<readonly Found[]> {
  const store = sqliteOf(config)
  if (statSync(store.path, { throwIfNoEntry: false }) === undefined)
    return [
      {
        status: 'note',
        says: `\`${resolve(store.path)}\` is not there yet; the engine creates it`,
      },
    ]
  const inbox = store.openInbox()
  try {
    const stops = await inbox.stops()
    const { journalMode } = inbox.inspect()
    const standing = stops.map(
      ({ scope, by, why }): Found => ({
        status: 'note',
        says: `stopped: ${scope} by ${by}: ${why}`,
      }),
    )
    if (journalMode !== 'wal') {
      const says = `keeps its log as \`${journalMode}\``
      return [
        { status: 'wrong', says, hint: 'let the engine open it once: it sets `wal`' },
        ...standing,
      ]
    }
    return [
      ok(`\`${resolve(store.path)}\` opens, can be written, and keeps what it acknowledged`),
      ...standing,
    ]
  } finally {
    await inbox.close()
  }
}

async function lookAtEngine(config: PostDeliveryConfig): Promise<readonly Found[]> {
  const store = sqliteOf(config)
  if (statSync(store.path, { throwIfNoEntry: false }) === undefined) return [ok('none has run yet')]
  const engine = store.engine()
  if (engine === null)
    return [
      {
        status: 'note',
        says: 'none runs: events, approvals and repeats wait',
        hint: 'start your backend',
      },
    ]
  return [ok(`runs as pid ${engine.pid} on ${engine.host} since ${engine.startedAt}`)]
}

/** A second of difference is what a clock that is set by hand may have at best. */
const CLOCK_MAX_MS = 60_000

async function lookAtClock(config: PostDeliveryConfig): Promise<readonly Found[]> {
  const now = clockOf(config).now()
  const apartMs = Math.abs(instantToMs(now) - Date.now())
  if (config.clock !== undefined && apartMs > CLOCK_MAX_MS)
    return [{ status: 'note', says: `the configuration has a clock of its own, which says ${now}` }]
  const { engine, path } = sqliteOf(config)
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [ok(`says ${now}`)]
  const startedAt = engine()?.startedAt
  if (startedAt !== undefined && startedAt > now)
    return [
      {
        status: 'wrong',
        says: `says ${now}, before the engine started`,
        hint: 'set the clock by NTP',
      },
    ]
  return [ok(`says ${now}`)]
}

async function lookAtCredentials({ klarna }: PostDeliveryConfig): Promise<readonly Found[]> {
  let given: unknown
  try {
    given = await klarna.credentials()
  } catch (error) {
    // What a vault says may hold a token.
    return [{ status: 'wrong', says: `the function throws \`${errorName(error)}\`` }]
  }
  const { username, password } = Object(given) as { username?: unknown; password?: unknown }
  const isThere = (text: unknown): boolean => typeof text === 'string' && text !== ''
  if (isThere(username) && isThere(password)) return [ok('there (never shown)')]
  const says = 'the function gives no `username` and `password`'
  return [{ status: 'wrong', says, hint: 'see `klarna.credentials` of the configuration' }]
}

/** An id that no order has: an answer of Klarna's own to it shows that address and credentials are good. */
const NO_ORDER = '00000000-0000-0000-0000-000000000000'

async function lookAtKlarna(config: PostDeliveryConfig): Promise<readonly Found[]> {
  const client = createKlarnaClient(klarnaOptionsOf(config))
  const read = await createKlarnaGateway(client).readOrder(NO_ORDER)
  if (read.type === 'read') return [ok(`${client.baseUrl} answers`)]
  const { answer } = read
  if (answer.type === 'no_answer')
    return [
      {
        status: 'wrong',
        says: `${client.baseUrl} does not answer: ${answer.reason.replaceAll('_', ' ')}`,
      },
    ]
  if (answer.status === 404 && answer.hasErrorObject)
    return [ok(`${client.baseUrl} answers and takes our credentials`)]
  const hint =
    answer.status === 401
      ? 'the credentials are of another merchant, region or environment'
      : undefined
  return [
    {
      status: 'wrong',
      says: `${client.baseUrl} answers with status ${answer.status}`,
      ...(hint === undefined ? {} : { hint }),
    },
  ]
}
