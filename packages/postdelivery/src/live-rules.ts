/** The rules in force while the engine runs: activated against the store, exchanged as a whole or not at all. */
import { setImmediate } from 'node:timers/promises'
import {
  type Clock,
  canonicalJson,
  errorName,
  type IsoInstant,
  type RuleBook,
  type RuleSetRef,
  type RuntimeStore,
  type StoreReader,
  type Telemetry,
} from '@postdelivery/core'
import {
  checkRuleTests,
  createRuleBook,
  type RuleSet,
  type RuleSetFile,
  refOf,
  type Vocabulary,
  validateRuleSets,
} from '@postdelivery/rules'
import type { RulesIssue, RulesSource } from './rules-source.ts'

/** Rules that were read and found good, or everything that is wrong with them. */
export type RulesChecked =
  | {
      readonly ok: true
      readonly ruleSets: readonly CheckedRuleSet[]
      readonly warnings: readonly RulesIssue[]
      /** What their tests say; with issues they do not come into force anew. */
      readonly testIssues: readonly RulesIssue[]
    }
  | { readonly ok: false; readonly issues: readonly RulesIssue[] }

/** A good rule set with the file that it came from. */
export interface CheckedRuleSet {
  readonly ruleSet: RuleSet
  readonly file: string
}

/** What became of the last change that was refused. */
export interface RefusedRules {
  readonly at: IsoInstant
  readonly issues: readonly RulesIssue[]
}

export interface LiveRules extends RuleBook {
  /** What is allowed in the rules in force and worth a look. */
  warnings(): readonly RulesIssue[]
  /** The change that is not in force because it was refused, or null when what is there is in force. */
  refused(): RefusedRules | null
  /** Stops looking for changes and waits for a look that is under way. */
  close(): Promise<void>
}

export interface LiveRulesOptions {
  readonly source: RulesSource
  readonly vocabulary: Vocabulary
  readonly store: Pick<RuntimeStore, 'saveRuleSet'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Reads and checks all rules of a source, and runs their tests. Throws: never. */
export async function readRules(
  source: RulesSource,
  vocabulary: Vocabulary,
): Promise<RulesChecked> {
  const read = await source.read()
  if (!read.ok) return read
  const ruleSets: CheckedRuleSet[] = []
  const check = validateRuleSets(read.files, vocabulary)
  if (!check.ok) {
    return { ok: false, issues: check.issues.filter((issue) => issue.severity === 'error') }
  }
  check.ruleSets.forEach((ruleSet, index) => {
    ruleSets.push({ ruleSet, file: read.files[index]?.file ?? ruleSet.name })
  })
  const testIssues = await runTests(read.tests ?? [], check.ruleSets, vocabulary)
  return { ok: true, ruleSets, warnings: check.issues, testIssues }
}

/** The engine and its backend share this thread: they get their turn between the cases. */
async function runTests(
  tests: readonly RuleSetFile[],
  ruleSets: readonly RuleSet[],
  vocabulary: Vocabulary,
): Promise<readonly RulesIssue[]> {
  const found: RulesIssue[] = []
  let turnMs = performance.now()
  for (const issues of checkRuleTests(tests, ruleSets, vocabulary)) {
    found.push(...issues)
    if (performance.now() - turnMs < TURN_MAX_MS) continue
    await setImmediate()
    turnMs = performance.now()
  }
  return found
}

const TURN_MAX_MS = 10

/**
 * Whether exactly these rules were activated before, so that they may come into force again whatever their tests say: a
 * test that a new version of this library words otherwise must not keep an engine from starting.
 */
export async function wereActivated(
  ruleSets: readonly CheckedRuleSet[],
  store: Pick<StoreReader, 'ruleSet'>,
): Promise<boolean> {
  for (const { ruleSet } of ruleSets) {
    if ((await store.ruleSet(refOf(ruleSet))) === undefined) return false
  }
  return true
}

/**
 * Keeps rule sets in the store before they come into force, so that every decision can be explained later.
 *
 * Refuses: `version_reused`, for each set whose version stands for another content. What the store throws is thrown.
 */
export async function activateRules(
  ruleSets: readonly CheckedRuleSet[],
  { store, clock }: Pick<LiveRulesOptions, 'store' | 'clock'>,
): Promise<readonly RulesIssue[]> {
  const issues: RulesIssue[] = []
  for (const { ruleSet, file } of ruleSets) {
    const saved = await store.saveRuleSet(refOf(ruleSet), canonicalJson(ruleSet), clock.now())
    if (saved !== 'version_reused') continue
    issues.push({
      file,
      code: 'version_reused',
      path: '/version',
      message: `version \`${ruleSet.version}\` of \`${ruleSet.name}\` was activated before with another content`,
      hint: 'give the changed set a new version',
    })
  }
  return issues
}

/** Puts activated rule sets in force, and looks for changes when the source is to be watched. */
export function createLiveRules(
  started: Extract<RulesChecked, { readonly ok: true }>,
  options: LiveRulesOptions,
): LiveRules {
  const { source, vocabulary, clock, telemetry } = options
  const made = createRuleBook(vocabulary, setsOf(started.ruleSets))
  if (!made.ok) throw new TypeError('rule sets were checked before they got here')
  const book = made.value
  let refused: RefusedRules | null = null
  let { warnings } = started

  const tellLoaded = (): void => {
    for (const { name, version, hash } of book.inForce().ruleSets) {
      const attributes = { ruleSet: name, version, hash, issueCount: warnings.length }
      telemetry.record({ name: 'rules_loaded', level: 'info', at: clock.now(), attributes })
    }
  }
  const refuse = (issues: readonly RulesIssue[]): void => {
    refused = { at: clock.now(), issues }
    telemetry.record(refusalEvent(refused))
  }
  const reload = async (): Promise<void> => {
    const checked = await readRules(source, vocabulary)
    if (!checked.ok) return refuse(checked.issues)
    if (checked.testIssues.length > 0) return refuse(checked.testIssues)
    if (isInForce(checked.ruleSets, book.inForce().ruleSets)) {
      refused = null
      return
    }
    const reused = await activateRules(checked.ruleSets, options)
    if (reused.length > 0) return refuse(reused)
    book.replace(setsOf(checked.ruleSets))
    refused = null
    warnings = checked.warnings
    tellLoaded()
  }

  tellLoaded()
  if (started.testIssues.length > 0) refuse(started.testIssues)
  const watch =
    source.watchMs === null ? null : watchSource(source, source.watchMs, reload, telemetry, clock)
  return {
    inForce: () => book.inForce(),
    warnings: () => warnings,
    refused: () => refused,
    close: async () => watch?.close(),
  }
}

const setsOf = (ruleSets: readonly CheckedRuleSet[]): readonly RuleSet[] =>
  ruleSets.map(({ ruleSet }) => ruleSet)

const isInForce = (
  ruleSets: readonly CheckedRuleSet[],
  inForce: readonly RuleSetRef[],
): boolean => {
  const refs = ruleSets.map(({ ruleSet }) => refOf(ruleSet).hash)
  return (
    refs.length === inForce.length && refs.every((hash, index) => hash === inForce[index]?.hash)
  )
}

/** Names the first issues in an attribute for people; the codes alone pass where an allow-list stands. */
function refusalEvent({ at, issues }: RefusedRules): Parameters<Telemetry['record']>[0] {
  const [first] = issues
  const shown = issues.slice(0, SHOWN_MAX_COUNT)
  return {
    name: 'rules_refused',
    level: 'error',
    at,
    attributes: {
      issueCount: issues.length,
      ...(first === undefined ? {} : { code: first.code, file: first.file, path: first.path }),
      issues: shown
        .map(({ file, path, code, message }) => `${file}#${path} ${code}: ${message}`)
        .join('\n'),
    },
  }
}

const SHOWN_MAX_COUNT = 20

/** Looks again and again; reads when two looks in a row saw the same change. The timer keeps no process alive. */
function watchSource(
  source: RulesSource,
  everyMs: number,
  reload: () => Promise<void>,
  telemetry: Telemetry,
  clock: Clock,
): { close(): Promise<void> } {
  let taken: string | null = null
  let seen: string | null = null
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    const now = await source.look()
    const isSteady = now === seen
    seen = now
    if (!isSteady || now === taken || isClosed) return
    taken = now
    try {
      await reload()
    } catch (error) {
      taken = null
      const attributes = {
        code: 'rules_not_reloaded',
        error: errorName(error),
      }
      telemetry.record({ name: 'alarm', level: 'error', at: clock.now(), attributes })
    }
  }
  const plan = (): void => {
    if (isClosed) return
    timer = setTimeout(() => {
      looking = look().finally(plan)
    }, everyMs).unref()
  }
  plan()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await looking
    },
  }
}
