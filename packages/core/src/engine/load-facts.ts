/** Loads all facts that the awake rules name, before anything is decided. Absent is unknown; failed to load is not. */

import type { OrderEvent } from '../events.ts'
import { type Facts, type FactValue, isFactValue } from '../facts.ts'
import { extensionFacts, factsOf } from '../facts-of.ts'
import type { DueDateOptions } from '../klarna-order.ts'
import { subjectCaptureId } from '../lifecycle/apply-report.ts'
import type { OrderState } from '../order-state.ts'
import type { RulesInForce } from '../ports/rule-book.ts'
import { err, ok, type Result } from '../result.ts'
import type { IsoInstant } from '../time.ts'
import { classify } from './classify.ts'
import type { EnginePorts } from './engine-ports.ts'

/** What was loaded for one decision. */
export interface LoadedFacts {
  readonly facts: Facts
  /** Klarna's offers that were read on the way, by capture. */
  readonly quotes: ReadonlyMap<string, DueDateOptions>
}

/** A source that is down: the event waits. */
export interface SourceDown {
  readonly reason: string
}

/**
 * Loads the static facts and those on demand that rules mention; only those that acting rules need are waited for.
 *
 * Returns: the facts, or the first source that is down. A value of another type than declared counts as absent.
 */
export async function loadFacts(
  ports: EnginePorts,
  subject: { readonly order: OrderState; readonly event: OrderEvent; readonly now: IsoInstant },
  rules: Pick<RulesInForce, 'factsNeeded' | 'factsWanted'> | null,
): Promise<Result<LoadedFacts, SourceDown>> {
  const { order, event, now } = subject
  const captureId = subjectCaptureId(order, event)
  const needed = new Set(rules?.factsNeeded(event.type))
  const mentioned = new Set([...needed, ...(rules?.factsWanted(event.type) ?? [])])
  const facts: Record<string, FactValue> = {
    ...factsOf(order, event, now, ports.settings.timeZone),
  }
  const quotes = new Map<string, DueDateOptions>()

  if (captureId !== null && namesExtension(mentioned)) {
    const quote = await readQuote(ports, order.orderId, captureId)
    if (!quote.ok && namesExtension(needed)) return quote
    if (quote.ok) {
      quotes.set(captureId, quote.value)
      Object.assign(facts, extensionFacts(quote.value))
    }
  }
  const declared = ports.factSource.definitions.filter(
    (definition) => definition.source === 'on_demand' && mentioned.has(definition.name),
  )
  for (const definition of declared) {
    const loaded = await ports.factSource.load(
      definition.name,
      { orderId: order.orderId, captureId, eventId: event.id },
      facts,
    )
    if (loaded.type === 'failed' && needed.has(definition.name))
      return err({ reason: `fact ${definition.name}: ${loaded.reason}` })
    if (loaded.type === 'loaded' && isFactValue(loaded.value, definition))
      facts[definition.name] = loaded.value
  }
  return ok({ facts, quotes })
}

const namesExtension = (names: ReadonlySet<string>): boolean =>
  [...names].some((name) => name.startsWith('extension.'))

/** Reads Klarna's offers for a capture. A documented refusal of the read means that nothing is offered. */
export async function readQuote(
  ports: EnginePorts,
  orderId: string,
  captureId: string,
): Promise<Result<DueDateOptions, SourceDown>> {
  const read = await ports.gateway.readDueDateOptions(orderId, captureId)
  if (read.type === 'read') return ok(read.value)
  const outcome = classify(read.answer)
  if (outcome.type === 'refused') return ok({ currency: '', options: [] })
  const reason = 'reason' in outcome ? outcome.reason : outcome.type
  return err({ reason: `due-date options at Klarna: ${reason}` })
}
