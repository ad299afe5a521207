/** Reads one case that tells what an order goes through. */
import {
  DEADLINES,
  type DueDateOptions,
  type Facts,
  type IsoInstant,
  instant,
  isInstant,
  isPlainRecord,
  type Problem,
  parseAction,
  parseEvent,
  type ReportedEvent,
} from '@postdelivery/core'
import {
  addWrongType,
  type Fields,
  openFields,
  readInteger,
  readText,
  readWord,
  shown,
} from '../fields.ts'
import { didYouMean } from '../suggest.ts'
import { DECISION_KEYS, readExpectedDecision } from './read-expected-decision.ts'
import { type CaseReading, readCaseName, readFacts, readList } from './reading.ts'
import {
  type ExpectedDecision,
  KLARNA_SAYS,
  PEOPLE_SAY,
  RULE_TEST_LIMITS,
  type StoryCase,
  type StoryStep,
} from './rule-tests.ts'

const STORY_KEYS = {
  required: ['name', 'order', 'events'],
  optional: ['expect', 'offers', 'facts', 'until'],
}
const STEP_KEYS = {
  required: ['expect'],
  optional: ['event', 'deadline', 'daysLeft', 'klarna', 'people'],
}
const EXPECT_KEYS = {
  required: ['actions'],
  optional: DECISION_KEYS.filter((key) => key !== 'actions'),
}
const OFFER_KEYS = { required: ['days', 'feeMinor'], optional: [] }

/** Reads a story. Returns what can be trusted when no error was added; undefined when it cannot be told. */
export function readStoryCase(
  data: unknown,
  path: string,
  reading: CaseReading,
): StoryCase | undefined {
  const { issues } = reading
  const fields = openFields(data, path, STORY_KEYS, issues)
  if (fields === undefined) return undefined
  const name = readCaseName(fields, issues)
  const beginning = readBeginning(fields, reading)
  const captured = beginning?.happens.event
  const orderId = captured?.orderId ?? ORDER_ID
  const bounds = { max: RULE_TEST_LIMITS.stepMaxCount, of: 'steps' }
  let count = 0
  const steps = readList(fields, 'events', bounds, {
    issues,
    read: (step, place) => {
      count += 1
      return readStep(step, place, { ...reading, defaults: { id: `event-${count}`, orderId } })
    },
  })
  const offers = readOffers(fields, captured?.order.currency ?? '', reading)
  const facts = readOwnFacts(fields, reading)
  const until = readUntil(fields, reading)
  if (name === undefined || beginning === undefined || steps === undefined) return undefined
  return { kind: 'story', path, name, offers, facts, until, steps: [beginning, ...steps] }
}

/** What an event has when nobody says so. */
interface EventDefaults {
  readonly id: string
  readonly orderId: string
}
const ORDER_ID = 'order-1'

/** The order as it begins; nothing is decided then, unless `expect` says what. */
function readBeginning(fields: Fields, reading: CaseReading): Beginning | undefined {
  const { issues } = reading
  const defaults = { type: 'order.captured', id: 'order', orderId: ORDER_ID } as const
  const event = readEvent(fields, 'order', { ...reading, defaults })
  const expect = readExpect(fields, 'order.captured', reading) ?? NOTHING
  if (event === undefined) return undefined
  const path = fields.at('order')
  if (event.type === 'order.captured')
    return { path, happens: { kind: 'event', event }, klarna: 'confirmed', people: 'none', expect }
  issues.add(
    'not_listed',
    `${path}/type`,
    'a story begins with `order.captured`',
    'take `type` out',
  )
  return undefined
}

type Beginning = StoryStep & {
  readonly happens: {
    readonly kind: 'event'
    readonly event: Extract<ReportedEvent, { readonly type: 'order.captured' }>
  }
}

const NOTHING: ExpectedDecision = {
  fires: null,
  silent: [],
  unknown: [],
  actions: [],
  refusal: null,
}

function readExpect(
  fields: Fields,
  on: string,
  reading: CaseReading,
): ExpectedDecision | undefined {
  const data = fields.get('expect')
  if (data === undefined) return undefined
  const opened = openFields(data, fields.at('expect'), EXPECT_KEYS, reading.issues)
  return opened === undefined ? undefined : readExpectedDecision(opened, on, reading)
}

function readEvent(
  fields: Fields,
  key: string,
  { issues, defaults }: CaseReading & { readonly defaults: Partial<EventDefaults> },
): ReportedEvent | undefined {
  const data = fields.get(key)
  const path = fields.at(key)
  if (data === undefined) return undefined
  if (!isPlainRecord(data)) {
    addWrongType(issues, path, 'an event, which is an object', data)
    return undefined
  }
  const add = ({ code, path: at, message }: Problem): void => {
    const known = code === 'unknown_key' ? message.split('known: ')[1]?.split(', ') : undefined
    issues.add(
      code,
      `${path}${at}`,
      message,
      didYouMean(at.slice(at.lastIndexOf('/') + 1), known ?? []),
    )
  }
  const parsed = parseEvent({ ...defaults, ...data })
  if (!parsed.ok) {
    parsed.error.forEach(add)
    return undefined
  }
  const event = parsed.value
  if (event.type !== 'action.requested') return event
  const action = parseAction(event.action.type, event.action.params)
  if (!action.ok) for (const each of action.error) add({ ...each, path: `/action${each.path}` })
  return event
}

function readStep(
  data: unknown,
  path: string,
  reading: CaseReading & { readonly defaults: EventDefaults },
): StoryStep | undefined {
  const { issues } = reading
  const fields = openFields(data, path, STEP_KEYS, issues)
  if (fields === undefined) return undefined
  const happens = readHappening(fields, reading)
  const klarna = readWord(fields, 'klarna', KLARNA_SAYS, issues) ?? 'confirmed'
  const people = readWord(fields, 'people', PEOPLE_SAY, issues) ?? 'none'
  if (happens === undefined) return undefined
  const on = happens.kind === 'event' ? happens.event.type : 'deadline.approaching'
  const expect = readExpect(fields, on, reading)
  return expect === undefined ? undefined : { path, happens, klarna, people, expect }
}

function readHappening(
  fields: Fields,
  reading: CaseReading & { readonly defaults: EventDefaults },
): StoryStep['happens'] | undefined {
  const { issues } = reading
  if (fields.get('deadline') === undefined) {
    if (fields.get('event') === undefined)
      issues.add('missing', fields.at('event'), '`event` is missing', 'say `event` or `deadline`')
    if (fields.get('daysLeft') !== undefined)
      issues.add(
        'unknown_key',
        fields.at('daysLeft'),
        '`daysLeft` goes with `deadline`',
        'take it out',
      )
    const event = readEvent(fields, 'event', reading)
    if (event === undefined) return undefined
    const { orderId } = reading.defaults
    if (event.orderId === orderId) return { kind: 'event', event }
    const message = `a story tells of one order, \`${shown(orderId)}\``
    issues.add('not_listed', `${fields.at('event')}/orderId`, message, 'leave `orderId` out')
    return undefined
  }
  if (fields.get('event') !== undefined)
    issues.add(
      'unknown_key',
      fields.at('event'),
      'a step says `event` or `deadline`, not both',
      'make two steps',
    )
  if (fields.get('daysLeft') === undefined)
    issues.add('missing', fields.at('daysLeft'), '`daysLeft` is missing')
  const deadline = readWord(fields, 'deadline', DEADLINES, issues)
  const daysLeft = readInteger(fields, 'daysLeft', { min: 0, max: 365 }, issues)
  if (deadline === undefined || daysLeft === undefined) return undefined
  return { kind: 'deadline', deadline, daysLeft }
}

function readOffers(
  fields: Fields,
  currency: string,
  { issues }: CaseReading,
): DueDateOptions | null {
  const bounds = { max: RULE_TEST_LIMITS.offerMaxCount, of: 'offers' }
  const read = (data: unknown, path: string) => {
    const offer = openFields(data, path, OFFER_KEYS, issues)
    if (offer === undefined) return undefined
    const numberOfDays = readInteger(offer, 'days', { min: 1, max: 365 }, issues)
    const feeMinor = readInteger(
      offer,
      'feeMinor',
      { min: 0, max: Number.MAX_SAFE_INTEGER },
      issues,
    )
    return numberOfDays === undefined || feeMinor === undefined
      ? undefined
      : { numberOfDays, feeMinor }
  }
  const options = readList(fields, 'offers', bounds, { issues, read })
  return options === undefined ? null : { currency, options }
}

/** Only what a loader would read; everything else follows from the order and its events. */
function readOwnFacts(fields: Fields, reading: CaseReading): Facts {
  const facts = readFacts(fields.get('facts'), fields.at('facts'), reading)
  for (const name of Object.keys(facts)) {
    const source = reading.vocabulary.definitionOf(name)?.source
    if (source === 'on_demand' && !name.startsWith('extension.')) continue
    const message = `\`${name}\` follows from the order and its events`
    const hint = 'tell the order or the event so that it has this value'
    reading.issues.add('not_supported', `${fields.at('facts')}/${name}`, message, hint)
  }
  return facts
}

function readUntil(fields: Fields, { issues }: CaseReading): IsoInstant | null {
  const until = readText(fields, 'until', { max: 100 }, issues)
  if (until === undefined) return null
  if (isInstant(until)) return instant(until)
  addWrongType(issues, fields.at('until'), 'an instant such as `2026-11-24T08:00:00Z`', until)
  return null
}
