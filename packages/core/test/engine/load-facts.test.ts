import type { FactDefinition, LoadedFact, OrderEvent, RulesInForce } from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import type { EnginePorts } from '../../src/engine/engine-ports.ts'
import { loadFacts } from '../../src/engine/load-facts.ts'
import { aCapture, anOrder, guideOptions, settings, T0 } from '../builders.ts'

const tier: FactDefinition = {
  name: 'customer.tier',
  type: 'text',
  nullable: true,
  sentence: 'tier',
  source: 'on_demand',
}
const order = anOrder()
const event = {
  id: 'crm-1',
  type: 'customer.reported',
  orderId: 'order-1',
  at: T0,
  problem: 'late',
} as OrderEvent

interface Given {
  readonly needed?: readonly string[]
  readonly wanted?: readonly string[]
  readonly tier?: LoadedFact
  readonly options?: 'read' | number
}

async function load(given: Given) {
  const ports = {
    settings,
    gateway: {
      readDueDateOptions: async () =>
        typeof given.options === 'number'
          ? {
              type: 'failed',
              answer: {
                type: 'answered',
                status: given.options,
                errorCode: given.options === 404 ? 'NO_SUCH_CAPTURE' : null,
                hasErrorObject: given.options === 404,
                errorMessage: null,
                correlationId: null,
                resultId: null,
                rateLimitResetMs: null,
              },
            }
          : { type: 'read', value: guideOptions },
    },
    factSource: { definitions: [tier], load: async () => given.tier ?? { type: 'absent' } },
  } as unknown as EnginePorts
  const rules = {
    factsNeeded: () => given.needed ?? [],
    factsWanted: () => given.wanted ?? [],
  } as Pick<RulesInForce, 'factsNeeded' | 'factsWanted'>
  const loaded = await loadFacts(ports, { order, event, now: T0 }, rules)
  if (!loaded.ok) return loaded.error.reason
  const { facts } = loaded.value
  return {
    tier: facts['customer.tier'],
    longest: facts['extension.longestDays'],
    available: facts['extension.available'],
  }
}

const nothing = { tier: undefined, longest: undefined, available: undefined }
const failed = { type: 'failed', reason: 'crm is down' } as const

const cases: readonly [string, Given, unknown][] = [
  ['reads nothing that no rule mentions', { options: 503, tier: failed }, nothing],
  [
    "reads Klarna's offers when a rule needs them",
    { needed: ['extension.longestDays'] },
    { ...nothing, longest: 60, available: true },
  ],
  [
    'takes a refused read of the offers for none',
    { needed: ['extension.available'], options: 404 },
    { ...nothing, available: false },
  ],
  [
    'waits when the offers that a rule needs cannot be read',
    { needed: ['extension.available'], options: 503 },
    'due-date options at Klarna: http_503',
  ],
  [
    'does not wait for offers that only a draft mentions',
    { wanted: ['extension.available'], options: 503 },
    nothing,
  ],
  [
    'reads offers for a draft when it can',
    { wanted: ['extension.longestDays'] },
    { ...nothing, longest: 60, available: true },
  ],
  [
    "loads a merchant's fact",
    { needed: ['customer.tier'], tier: { type: 'loaded', value: 'gold' } },
    { ...nothing, tier: 'gold' },
  ],
  [
    'takes a value of another type for absent',
    { needed: ['customer.tier'], tier: { type: 'loaded', value: 3 } },
    nothing,
  ],
  [
    'knows that absent is not failed',
    { needed: ['customer.tier'], tier: { type: 'absent' } },
    nothing,
  ],
  [
    'waits for a source that is down',
    { needed: ['customer.tier'], tier: failed },
    'fact customer.tier: crm is down',
  ],
  [
    'does not wait for a source that only a shadow mentions',
    { wanted: ['customer.tier'], tier: failed },
    nothing,
  ],
]

describe('loading facts', () => {
  it.each(cases)('%s', async (_, given, want) => {
    expect(await load(given)).toEqual(want)
  })

  it('reads no offers when the event names none of several captures', async () => {
    const several = anOrder({ captures: [aCapture(), aCapture({ captureId: 'capture-2' })] })
    const ports = { settings, factSource: { definitions: [] } } as unknown as EnginePorts
    const rules = { factsNeeded: () => ['extension.available'], factsWanted: () => [] }
    const loaded = await loadFacts(ports, { order: several, event, now: T0 }, rules)
    expect(loaded.ok && loaded.value.quotes.size).toBe(0)
  })
})
