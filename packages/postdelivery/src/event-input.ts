/** Events as a backend writes them: core's events with plain texts for dates, and params typed by action. */
import {
  type Action,
  err,
  type IsoInstant,
  type OwnEvent,
  ok,
  type PlainDate,
  type Problem,
  type PublicEvent,
  type PublicEventType,
  parseAction,
  parseEvent,
  type ReportedEvent,
  type Result,
} from '@postdelivery/core'
import type { FactValueByType, OwnFact } from '@postdelivery/rules'
import { withoutValue } from './failures.ts'

/** The merchant's own facts, as the configuration declares them. */
export type OwnFacts = readonly OwnFact[]

/** Core's types with branded instants and dates as plain texts; the texts are checked when they come in. */
type Plain<Value> = Value extends IsoInstant | PlainDate
  ? string
  : Value extends readonly (infer Entry)[]
    ? readonly Plain<Entry>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Plain<Value[Key]> }
      : Value

/** Own facts of one namespace by their short names: `event.weight` is `weight` in an event's `data`. */
export type OwnFactValues<Facts extends OwnFacts, Namespace extends string> = DeclaredValues<
  Facts[number],
  Namespace
> &
  Readonly<Record<string, string | number | boolean>>

/** Without any declared fact there is nothing to add; a mapped type over nothing would allow nothing. */
type DeclaredValues<Fact extends OwnFact, Namespace extends string> = [Fact] extends [never]
  ? unknown
  : {
      readonly [Each in Fact as Each['name'] extends `${Namespace}.${infer Short}`
        ? Short
        : never]?: FactValueByType[Each['type']]
    }

type WithData<Event, Facts extends OwnFacts> = 'data' extends keyof Event
  ? Omit<Event, 'data'> & {
      /** Your own facts about this event, `event.*` in rules. */
      readonly data?: OwnFactValues<Facts, 'event'>
    }
  : Event

type RequestedAction = {
  [Type in Action['type']]: {
    readonly type: Type
    readonly params: Plain<Extract<Action, { readonly type: Type }>['params']>
  }
}[Action['type']]

type EventOf<Type extends PublicEventType> = Extract<PublicEvent, { readonly type: Type }>

/**
 * What a backend may report: the events of the vocabulary, and its own as `shop.*`.
 *
 * Instants are ISO 8601 texts with a zone, dates `YYYY-MM-DD`, amounts whole minor units.
 */
export type EventInput<Facts extends OwnFacts = OwnFacts> =
  | {
      [Type in Exclude<PublicEventType, 'action.requested'>]: WithData<Plain<EventOf<Type>>, Facts>
    }[Exclude<PublicEventType, 'action.requested'>]
  | (Omit<Plain<EventOf<'action.requested'>>, 'action'> & {
      /** What staff ask for; checked like a rule's action, under the same limits. */
      readonly action: RequestedAction
    })
  | WithData<Plain<OwnEvent>, Facts>

/**
 * Reads an event from data that nobody has checked: its type, its fields, and the params of a requested action.
 *
 * Returns: the event, or all problems with JSON Pointers; values that were given are not repeated in them.
 * Refuses: internal types and ids, so that nobody outside can forge an answer of Klarna's. Throws: never.
 */
export function readEvent(data: unknown): Result<ReportedEvent, readonly Problem[]> {
  const parsed = parseEvent(data)
  if (!parsed.ok) return err(parsed.error.map(withoutValue))
  const event = parsed.value
  if (event.type !== 'action.requested') return ok(event)
  const action = parseAction(event.action.type, event.action.params)
  if (action.ok) return ok(event)
  return err(
    action.error.map((problem) => withoutValue({ ...problem, path: `/action${problem.path}` })),
  )
}
