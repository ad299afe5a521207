/** The generated sections about core: charts, events, facts, actions, refusals, outcomes, work. */
import {
  ACTION_SENTENCES,
  ACTION_TYPES,
  ALARMS,
  AUDIT_WAITS_MS,
  BREAKS,
  CLASSES,
  CONFIGURATION_CODES,
  captureChart,
  commandChart,
  DEADLINES,
  DEFAULT_DEADLINE_DAYS,
  EVENT_TYPES,
  FACT_WAITS_MS,
  FACTS,
  OPERATIONS,
  ORDER_WORDS,
  orderChart,
  orderLifecycle,
  PARKED_DAYS,
  REFUSAL_CODES,
  REFUSALS,
  REPEAT_WAITS_MS,
  SAME_KEY_STOP_MS,
  WORK_KINDS,
} from '@postdelivery/core'
import type { AnyStateMachine } from 'xstate'
import { statesOf, type TransitionRow, transitionsOf } from './charts.ts'
import { drawDiagram } from './diagram.ts'
import { code, codes, fence, table } from './markdown.ts'
import type { Sections } from './markers.ts'
import {
  DEADLINE_SENTENCES,
  EVENT_SENTENCES,
  READ_BACK,
  STATE_SENTENCES,
  WORD_SENTENCES,
} from './sentences.ts'
import { type FieldRow, listed, openShapeSource } from './shape-source.ts'

/** All sections that core's tables give. */
export function coreSections(coreSource: URL): Sections {
  const actions = openShapeSource(new URL('actions.ts', coreSource))
  const events = openShapeSource(new URL('events.ts', coreSource))
  return new Map<string, readonly string[]>([
    ...chartSections(orderChart),
    ...chartSections(captureChart),
    ...chartSections(commandChart),
    ['lifecycle-chart', fence('mermaid', drawDiagram(orderLifecycle))],
    [
      'order-words',
      table(
        ['Word', 'When'],
        ORDER_WORDS.map((word) => [code(word), WORD_SENTENCES[word]]),
      ),
    ],
    ['alarms', keyed(['Alarm', 'Says'], ALARMS)],
    [
      'breaks',
      table(
        ['Break', 'Says', 'What to do'],
        Object.entries(BREAKS).map(([name, { what, next }]) => [code(name), what, next]),
      ),
    ],
    ['refusals', keyed(['Code', 'Says'], REFUSALS)],
    ['events', eventTable(events.shapesOf('EVENT_SHAPES'))],
    [
      'event-parts',
      partTables([
        ['order', events.fieldsOf('orderDetailsShape')],
        ['captures[]', events.fieldsOf('captureDetailsShape')],
        ['captures[].lines[]', events.fieldsOf('orderLineShape')],
        ['shippingInfo[]', actions.fieldsOf('shippingInfoShape')],
      ]),
    ],
    ['deadlines', deadlineTable()],
    ['facts', factTable()],
    ['actions', actionTable(actions.shapesOf('ACTION_SHAPES'))],
    [
      'classes',
      table(
        ['Answer', 'Outcome', 'Then'],
        CLASSES.map((row) => [row.answer, code(row.outcome), row.next]),
      ),
    ],
    ['klarna-refusals', klarnaCodes()],
    [
      'work',
      table(
        ['Kind', 'What happened', 'What to do'],
        Object.entries(WORK_KINDS).map(([kind, { what, next }]) => [code(kind), what, next]),
      ),
    ],
    ['waits', waitTable()],
    [
      'read-back',
      table(
        ['Operation', 'Mark that it leaves', 'Read back', 'When the reads do not find it'],
        OPERATIONS.map((operation) => {
          const { mark, readBack, otherwise } = READ_BACK[operation]
          return [code(operation), mark, readBack, otherwise]
        }),
      ),
    ],
  ])
}

/** Diagram, states and transitions of one chart. */
function chartSections(machine: AnyStateMachine): readonly [string, readonly string[]][] {
  return [
    [`${machine.id}-chart`, fence('mermaid', drawDiagram(machine))],
    [`${machine.id}-states`, stateTable(machine)],
    [`${machine.id}-transitions`, transitionTable(machine)],
  ]
}

function stateTable(machine: AnyStateMachine): readonly string[] {
  const sentences = STATE_SENTENCES[machine.id] ?? {}
  const states = statesOf(machine)
  const names = states.map((state) => state.path.join('.'))
  for (const name of names)
    if (sentences[name] === undefined)
      throw new Error(`${machine.id}: state \`${name}\` has no sentence`)
  for (const name of Object.keys(sentences))
    if (!names.includes(name))
      throw new Error(`${machine.id}: no state \`${name}\` for its sentence`)
  const hasTags = states.some((state) => state.tags.length > 0)
  return table(
    ['State', ...(hasTags ? ['Tags'] : []), 'Means'],
    states.map((state, index) => [
      code(names[index] ?? ''),
      ...(hasTags ? [state.tags.join(', ')] : []),
      sentences[names[index] ?? ''] ?? '',
    ]),
  )
}

/** Events and states that share everything else of a transition share its row. */
function transitionTable(machine: AnyStateMachine): readonly string[] {
  const transitions = transitionsOf(machine)
  const hasEffects = transitions.some((row) => row.effects.length > 0)
  const bySource = gather(transitions, (row) => [row.event, ...sameness(row)])
  const rows = gather(bySource, (row) => [row.all.map(sourceOf), ...sameness(row.first)])
  return table(
    ['In', 'On', 'If', 'Goes to', 'Notes', ...(hasEffects ? ['Asks for'] : [])],
    rows.map(({ first, all }) => {
      const { guard, target, notes, effects } = first.first
      return [
        codes(first.all.map(sourceOf)),
        codes(all.map((row) => row.first.event)),
        guard === null || guard === 'otherwise' ? (guard ?? '') : code(guard),
        target === null ? 'stays' : code(target.path.join('.')),
        codes(notes),
        ...(hasEffects ? [codes(effects)] : []),
      ]
    }),
  )
}

const sourceOf = (row: TransitionRow): string => row.source.path.join('.')

/** What two transitions must share to stand in one row. */
const sameness = ({ guard, target, notes, effects }: TransitionRow): readonly unknown[] => [
  guard,
  target?.id ?? null,
  notes,
  effects,
]

/** Things that share a key, in the order of the first of each. */
interface Gathered<Thing> {
  readonly first: Thing
  readonly all: readonly Thing[]
}

function gather<Thing>(
  things: readonly Thing[],
  keyOf: (thing: Thing) => readonly unknown[],
): readonly Gathered<Thing>[] {
  const groups = Map.groupBy(things, (thing) => JSON.stringify(keyOf(thing)))
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ first, all: [first, ...rest] }],
  )
}

function eventTable(shapes: ReadonlyMap<string, readonly FieldRow[]>): readonly string[] {
  return table(
    ['Event', 'Carries', 'Says'],
    [...EVENT_TYPES, 'deadline.approaching' as const].map((type) => [
      code(type),
      type === 'deadline.approaching'
        ? codes(['deadline', 'on', 'daysLeft', 'captureId?'])
        : listed((shapes.get(type) ?? []).filter((field) => field.name !== 'data')),
      EVENT_SENTENCES[type],
    ]),
  )
}

const partTables = (
  parts: readonly (readonly [string, readonly FieldRow[]])[],
): readonly string[] =>
  parts.flatMap(([name, fields], index) => [
    ...(index === 0 ? [] : ['']),
    `${code(name)}:`,
    '',
    ...fieldTable(fields),
  ])

const fieldTable = (fields: readonly FieldRow[]): readonly string[] =>
  table(
    ['Field', 'Required', 'Accepts', 'Means'],
    fields.map((field) => [
      code(field.name),
      field.isRequired ? 'yes' : 'no',
      field.accepts,
      field.sentence,
    ]),
  )

function deadlineTable(): readonly string[] {
  return table(
    ['Deadline', 'Date', 'Wakes rules, unless set otherwise'],
    DEADLINES.map((deadline) => [
      code(deadline),
      DEADLINE_SENTENCES[deadline],
      `${DEFAULT_DEADLINE_DAYS[deadline].join(', ')} days before`,
    ]),
  )
}

function factTable(): readonly string[] {
  return table(
    ['Fact', 'Type', 'Unit', 'Can be unknown', 'Says'],
    FACTS.map((fact) => [
      code(fact.name),
      fact.type,
      fact.unit ?? '',
      fact.nullable ? (fact.source === 'on_demand' ? 'yes; read on demand' : 'yes') : 'no',
      fact.values === undefined ? fact.sentence : `${fact.sentence}: ${codes(fact.values)}`,
    ]),
  )
}

function actionTable(shapes: ReadonlyMap<string, readonly FieldRow[]>): readonly string[] {
  return ACTION_TYPES.flatMap((type, index) => {
    const fields = shapes.get(type) ?? []
    const { does, refused } = ACTION_SENTENCES[type]
    return [
      ...(index === 0 ? [] : ['']),
      `${code(type)} ${does}. Refused: ${refused}.`,
      '',
      ...(fields.length === 0 ? ['No params.'] : fieldTable(fields)),
    ]
  })
}

function klarnaCodes(): readonly string[] {
  const refused = Object.entries(REFUSAL_CODES).map(([status, known]) => [
    status,
    codes(known),
    'refused for good; after an attempt in doubt, audited',
  ])
  return table(
    ['Status', 'Code', 'Then'],
    [
      ...refused,
      ['401, 403, 404', codes(CONFIGURATION_CODES), 'paused: the set-up is wrong, not the order'],
    ],
  )
}

function waitTable(): readonly string[] {
  return table(
    ['What', 'When'],
    [
      ['Repeats of an unknown outcome, same key, after', spans(REPEAT_WAITS_MS)],
      [
        'No attempt with the same key later than',
        `${span(SAME_KEY_STOP_MS)} after the first that could have reached Klarna`,
      ],
      [
        'The next of these repeats, when Klarna answers again',
        `at once, but ${span(REPEAT_WAITS_MS[0] ?? 0)} after the attempt before at the earliest; once for each of the waits`,
      ],
      ["Reads of Klarna's books after the last attempt", spans(AUDIT_WAITS_MS)],
      [
        'An event whose source is down is tried again after',
        `${spans(FACT_WAITS_MS)}; then it is dead-lettered`,
      ],
      ['Events of an unknown order are kept', `${PARKED_DAYS} days`],
    ],
  )
}

const spans = (waitsMs: readonly number[]): string => waitsMs.map(span).join(', ')

function span(waitMs: number): string {
  const units = [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const
  const [name, unitMs] = units.find(([, ms]) => waitMs % ms === 0) ?? ['ms', 1]
  return `${waitMs / unitMs} ${name}`
}

const keyed = (
  head: readonly [string, string],
  rows: Readonly<Record<string, string>>,
): readonly string[] =>
  table(
    head,
    Object.entries(rows).map(([key, says]) => [code(key), says]),
  )
