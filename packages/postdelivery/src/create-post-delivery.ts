/** Puts everything together: checks the configuration, opens the store, and starts the engine; or leaves nothing behind. */
import {
  combineTelemetry,
  createEmbeddedEngine,
  type EmbeddedEngine,
} from '@postdelivery/adapters/embedded'
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import {
  type Clock,
  type EnginePorts,
  escaped,
  type Notifier,
  type RuntimeStore,
  type Settings,
  type StoreReader,
  type Telemetry,
} from '@postdelivery/core'
import { createVocabulary, type Vocabulary } from '@postdelivery/rules'
import { checkConfig, isSecret } from './check-config.ts'
import type { PostDeliveryConfig } from './config.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { clockOf, klarnaOptionsOf } from './config-parts.ts'
import type { OwnFacts } from './event-input.ts'
import { createFront } from './front.ts'
import {
  activateRules,
  createLiveRules,
  type RulesChecked,
  readRules,
  wereActivated,
} from './live-rules.ts'
import { createFactSource } from './own-facts.ts'
import type { PostDelivery } from './post-delivery.ts'
import type { RulesIssue, RulesSource } from './rules-source.ts'

/**
 * Starts the engine of one Klarna merchant.
 *
 * Everything is checked before anything is opened: the configuration, the facts, every rule file. What an earlier
 * process left unfinished goes on by itself.
 *
 * Throws: `ConfigError` listing every problem; what the store throws when it cannot be opened, `store_locked` when
 *   another engine works on it. Nothing stays open then.
 *
 * @example
 * ```ts no-run
 * import { type ApprovalPolicy, createPostDelivery, type Limits, rulesFrom } from 'postdelivery'
 * import { sqlite } from 'postdelivery/sqlite'
 *
 * declare const limits: Limits
 * declare const approval: ApprovalPolicy
 *
 * await using postDelivery = await createPostDelivery({
 *   klarna: {
 *     region: 'eu',
 *     live: false,
 *     credentials: () => ({ username: 'PK12345', password: 'from your vault' }),
 *   },
 *   store: sqlite('./orders.db'),
 *   rules: rulesFrom('./rules', { watch: true }),
 *   timeZone: 'Europe/Stockholm',
 *   limits,
 *   approval,
 * })
 * ```
 */
export async function createPostDelivery<const Facts extends OwnFacts = readonly []>(
  config: PostDeliveryConfig<Facts>,
): Promise<PostDelivery<Facts>> {
  const checked = await checkEverything(config)
  const store = await config.store.open()
  try {
    return await start(config, checked, store)
  } catch (error) {
    await store.close()
    throw error
  }
}

interface Checked {
  readonly settings: Settings
  readonly vocabulary: Vocabulary
  readonly rules: Extract<RulesChecked, { readonly ok: true }>
}

async function checkEverything(config: PostDeliveryConfig<OwnFacts>): Promise<Checked> {
  const { problems, settings, vocabulary } = checkConfig(config)
  const hasRules = !problems.some(({ path }) => path === '' || path.startsWith('/rules'))
  const rules = hasRules
    ? await readRules(config.rules, vocabulary ?? vocabularyOfGoodFacts(config.facts))
    : null
  const found = [...problems, ...(rules?.ok === false ? problemsOf(rules.issues) : [])]
  // Failing tests are told with everything else that is wrong; alone they need a look into the store first.
  if (found.length > 0 && rules?.ok === true) found.push(...problemsOf(rules.testIssues))
  if (found.length > 0 || settings === null || vocabulary === null || rules?.ok !== true)
    throw new ConfigError(found)
  return { settings, vocabulary, rules }
}

/** The facts without problems, so that rules are not blamed for a declaration that is wrong. */
function vocabularyOfGoodFacts(facts: unknown): Vocabulary {
  const good: OwnFacts[number][] = []
  for (const fact of Array.isArray(facts) ? facts : []) {
    if (createVocabulary([...good, fact]).ok) good.push(fact)
  }
  const vocabulary = createVocabulary(good)
  if (!vocabulary.ok) throw new ConfigError([])
  return vocabulary.value
}

const problemsOf = (issues: readonly RulesIssue[]): readonly ConfigProblem[] =>
  issues.map(({ file, code, path, message, hint }) => ({
    path: `/rules/${escaped(file)}${path === '' ? '' : `#${path}`}`,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
  }))

async function start<Facts extends OwnFacts>(
  config: PostDeliveryConfig<Facts>,
  { settings, vocabulary, rules: checkedRules }: Checked,
  store: RuntimeStore & StoreReader,
): Promise<PostDelivery<Facts>> {
  const clock = clockOf(config)
  const telemetry = combineTelemetry(...(config.telemetry === undefined ? [] : [config.telemetry]))
  const source: RulesSource = config.rules
  if (checkedRules.testIssues.length > 0 && !(await wereActivated(checkedRules.ruleSets, store)))
    throw new ConfigError(problemsOf(checkedRules.testIssues))
  const reused = await activateRules(checkedRules.ruleSets, { store, clock })
  if (reused.length > 0) throw new ConfigError(problemsOf(reused))

  const client = createKlarnaClient(klarnaOptionsOf(config))
  const rules = createLiveRules(checkedRules, { source, vocabulary, store, clock, telemetry })
  try {
    const ports: EnginePorts = {
      store,
      gateway: createKlarnaGateway(client),
      ruleBook: rules,
      factSource: createFactSource(config.facts ?? []),
      clock,
      telemetry,
      settings,
    }
    const notifier = config.notifier ?? telemetryNotifier(telemetry, clock)
    const { concurrency } = config
    const engine = createEmbeddedEngine({
      ...ports,
      store,
      notifier,
      ...(concurrency === undefined ? {} : { concurrency }),
    })
    const close = async (): Promise<void> => {
      await rules.close()
      await engine.stop()
      await store.close()
    }
    await startOrStop(engine)
    const secrets = secretsOf(config)
    return createFront<Facts>({ engine, ports, store, client, rules, vocabulary, secrets, close })
  } catch (error) {
    await rules.close()
    throw error
  }
}

async function startOrStop(engine: EmbeddedEngine): Promise<void> {
  try {
    await engine.start()
  } catch (error) {
    await engine.stop()
    throw error
  }
}

/** Without a notifier a message is at least heard of; its text is not for logs. */
const telemetryNotifier = (telemetry: Telemetry, clock: Clock): Notifier => ({
  async notify({ orderId, channel }) {
    const level = channel === 'alarm' ? 'error' : 'warn'
    const attributes = { code: 'notice_without_notifier', channel }
    telemetry.record({ name: 'alarm', level, at: clock.now(), orderId, attributes })
  },
})

/** Secrets that are too short are not used: they could be guessed. */
function secretsOf({ events }: PostDeliveryConfig<OwnFacts>): () => Promise<readonly string[]> {
  const secrets = events?.secrets ?? []
  return async () => {
    const given: unknown = typeof secrets === 'function' ? await secrets() : secrets
    return Array.isArray(given) ? given.filter(isSecret) : []
  }
}
