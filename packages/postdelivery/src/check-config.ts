/** Checks a configuration without opening anything: every problem at once. */
import { klarnaOptionProblems } from '@postdelivery/adapters/klarna'
import {
  approvalShape,
  DEFAULT_DEADLINE_DAYS,
  DEFAULT_UNUSUAL_RATE,
  isPlainRecord,
  isTimeZone,
  limitsShape,
  type Problem,
  readShape,
  type Settings,
  type Shape,
  settingsShape,
} from '@postdelivery/core'
import type { Vocabulary } from '@postdelivery/rules'
import type { PostDeliveryConfig } from './config.ts'
import type { ConfigProblem } from './config-error.ts'
import { withoutValue } from './failures.ts'
import { SECRET_MIN_LENGTH } from './signature.ts'
import { vocabularyOf } from './vocabulary-of.ts'

/** What a checked configuration says; the parts are null when they have problems. */
export interface CheckedConfig {
  readonly problems: readonly ConfigProblem[]
  readonly settings: Settings | null
  readonly vocabulary: Vocabulary | null
}

const KNOWN_KEYS: readonly (keyof PostDeliveryConfig)[] = [
  'klarna',
  'store',
  'rules',
  'timeZone',
  'limits',
  'approval',
  'deadlineDays',
  'unusualRate',
  'facts',
  'observe',
  'telemetry',
  'notifier',
  'events',
  'concurrency',
  'clock',
  'fetch',
]

/** Checks everything but the rules themselves. Throws: never. */
export function checkConfig(config: unknown): CheckedConfig {
  if (!isPlainRecord(config)) {
    const problems = [{ path: '', code: 'wrong_type', message: 'must be an object' }]
    return { problems, settings: null, vocabulary: null }
  }
  const settings = checkSettings(config)
  const facts = checkFacts(config['facts'])
  return {
    problems: [
      ...checkKeys(config),
      ...checkKlarna(config),
      ...checkPorts(config),
      ...settings.problems,
      ...facts.problems,
      ...checkEvents(config['events']),
      ...checkConcurrency(config['concurrency']),
    ].toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    settings: settings.settings,
    vocabulary: facts.vocabulary,
  }
}

function checkKeys(config: Record<string, unknown>): readonly ConfigProblem[] {
  return Object.keys(config)
    .filter((key) => !KNOWN_KEYS.some((known) => known === key))
    .map((key) => ({
      path: `/${key}`,
      code: 'unknown_key',
      message: `\`${key}\` is no part of the configuration`,
      hint: `known: ${KNOWN_KEYS.join(', ')}`,
    }))
}

function checkKlarna(config: Record<string, unknown>): readonly ConfigProblem[] {
  const { klarna, fetch } = config
  if (!isPlainRecord(klarna))
    return [missing('/klarna', 'say how to reach Klarna: `{ region, live, credentials }`', klarna)]
  const { fetch: misplaced, ...options } = klarna
  const problems = klarnaOptionProblems({ ...options, ...(fetch === undefined ? {} : { fetch }) })
  return [
    ...problems.map((problem) => ({
      ...withoutValue(problem),
      path: problem.path === '/fetch' ? '/fetch' : `/klarna${problem.path}`,
      ...hintOf(problem),
    })),
    ...(misplaced === undefined
      ? []
      : [
          { path: '/klarna/fetch', code: 'unknown_key', message: '`fetch` stands beside `klarna`' },
        ]),
  ]
}

const hintOf = ({ path }: Problem): { readonly hint?: string } => {
  const hint = KLARNA_HINTS[path]
  return hint === undefined ? {} : { hint }
}

const KLARNA_HINTS: Readonly<Record<string, string>> = {
  '/credentials':
    'give a function such as `() => vault.read("klarna")`, so that keys can change and are never printed',
  '/region':
    "`eu` is Europe, `na` North America, `oc` Oceania; it follows from the merchant's account",
  '/live': 'say false until the rules were tried on the playground',
}

/** Parts that are objects with functions: what is called later must be there now. */
const PORTS = [
  { key: 'store', methods: ['open'], isRequired: true, say: "say `store: sqlite('./orders.db')`" },
  {
    key: 'rules',
    methods: ['read', 'look'],
    isRequired: true,
    say: "say `rules: rulesFrom('./rules')`",
  },
  {
    key: 'telemetry',
    methods: ['record'],
    isRequired: false,
    say: 'give a `Telemetry`, or leave it out',
  },
  {
    key: 'notifier',
    methods: ['notify'],
    isRequired: false,
    say: 'give a `Notifier`, or leave it out',
  },
  {
    key: 'clock',
    methods: ['now'],
    isRequired: false,
    say: "leave it out for the machine's clock",
  },
] as const

function checkPorts(config: Record<string, unknown>): readonly ConfigProblem[] {
  const problems = PORTS.flatMap(({ key, methods, isRequired, say }): readonly ConfigProblem[] => {
    const port = config[key]
    if (port === undefined && !isRequired) return []
    const isPort =
      typeof port === 'object' &&
      port !== null &&
      methods.every((method) => typeof Reflect.get(port, method) === 'function')
    return isPort ? [] : [missing(`/${key}`, say, port)]
  })
  return [...problems, ...checkWatchMs(config['rules'])]
}

function checkWatchMs(rules: unknown): readonly ConfigProblem[] {
  const watchMs = isPlainRecord(rules) ? rules['watchMs'] : null
  if (watchMs === null || watchMs === undefined) return []
  if (isWholeWithin(watchMs, 20, 3_600_000)) return []
  const message = 'must be a whole number of milliseconds from 20 to 3,600,000'
  return [{ path: '/rules/watchMs', code: 'out_of_range', message }]
}

function checkSettings(config: Record<string, unknown>): {
  readonly problems: readonly ConfigProblem[]
  readonly settings: Settings | null
} {
  const days = config['deadlineDays']
  const rate = config['unusualRate']
  const read = readShape(settingsShape, {
    timeZone: config['timeZone'],
    limits: config['limits'],
    approval: config['approval'],
    deadlineDays:
      isPlainRecord(days) || days === undefined ? { ...DEFAULT_DEADLINE_DAYS, ...days } : days,
    unusualRate:
      isPlainRecord(rate) || rate === undefined ? { ...DEFAULT_UNUSUAL_RATE, ...rate } : rate,
    observe: config['observe'] ?? false,
  })
  const problems: ConfigProblem[] = read.ok
    ? []
    : read.error.map((problem) => ({ ...withoutValue(problem), ...settingHint(problem) }))
  const { timeZone } = config
  if (typeof timeZone === 'string' && timeZone !== '' && !isTimeZone(timeZone)) {
    problems.push({
      path: '/timeZone',
      code: 'not_listed',
      message: 'this runtime knows no such time zone',
      hint: 'name an IANA zone such as `Europe/Stockholm`',
    })
  }
  return { problems, settings: read.ok && problems.length === 0 ? read.value : null }
}

/** Parts that are missing as a whole name what is in them. */
function settingHint({ path, code }: Problem): { readonly hint?: string } {
  if (code !== 'missing') return {}
  if (path === '/limits') return { hint: `all are required: ${fieldsOf(limitsShape)}` }
  if (path.startsWith('/limits/') && path.endsWith('Minor'))
    return { hint: 'say the most in minor units by currency: `{ SEK: 20_000 }`; `{}` allows none' }
  if (path.startsWith('/limits/') && path.endsWith('Count'))
    return { hint: 'say the most as a whole number; 0 allows none' }
  if (path === '/approval') return { hint: `all are required: ${fieldsOf(approvalShape)}` }
  if (path === '/timeZone') return { hint: 'name an IANA zone such as `Europe/Stockholm`' }
  return {}
}

/** The names of a shape's fields, as the shape itself misses them. */
function fieldsOf(shape: Shape<unknown>): string {
  const read = readShape(shape, {})
  return read.ok ? '' : read.error.map(({ path }) => `\`${path.slice(1)}\``).join(', ')
}

function checkFacts(facts: unknown): {
  readonly problems: readonly ConfigProblem[]
  readonly vocabulary: Vocabulary | null
} {
  if (facts !== undefined && !Array.isArray(facts))
    return {
      problems: [missing('/facts', 'give a list of facts made with `defineFact`', facts)],
      vocabulary: null,
    }
  const vocabulary = vocabularyOf(facts ?? [])
  return vocabulary.ok
    ? { problems: [], vocabulary: vocabulary.value }
    : { problems: vocabulary.error, vocabulary: null }
}

function checkEvents(events: unknown): readonly ConfigProblem[] {
  if (events === undefined) return []
  const secrets = isPlainRecord(events) ? events['secrets'] : undefined
  if (typeof secrets === 'function') return []
  const hint = `a secret has at least ${SECRET_MIN_LENGTH} characters, for example \`openssl rand -hex 32\``
  if (!Array.isArray(secrets) || secrets.length === 0) {
    const message = 'must be a list of secrets, or a function that gives one'
    return [{ path: '/events/secrets', code: 'missing', message, hint }]
  }
  return secrets.flatMap((secret: unknown, index) =>
    isSecret(secret)
      ? []
      : [
          {
            path: `/events/secrets/${index}`,
            code: 'out_of_range',
            message: 'is no secret that is long enough',
            hint,
          },
        ],
  )
}

/** Tells whether a text can be a secret. */
export const isSecret = (secret: unknown): secret is string =>
  typeof secret === 'string' && secret.length >= SECRET_MIN_LENGTH

function checkConcurrency(concurrency: unknown): readonly ConfigProblem[] {
  if (concurrency === undefined || isWholeWithin(concurrency, 1, 1_000)) return []
  return [
    {
      path: '/concurrency',
      code: 'out_of_range',
      message: 'must be a whole number from 1 to 1,000',
    },
  ]
}

const isWholeWithin = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max

const missing = (path: string, hint: string, given: unknown): ConfigProblem => ({
  path,
  code: given === undefined ? 'missing' : 'wrong_type',
  message: given === undefined ? 'is missing' : 'is not what is expected here',
  hint,
})
