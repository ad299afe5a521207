import type { Facts, RulesInForce } from '@postdelivery/core'
import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  captured,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  ORDER_ID,
  type RuleSpec,
  ruleBook,
  told,
} from './builders.ts'
import { aRegistered, aRig } from './rig.ts'
import { GUIDE_OPTIONS, http } from './scripted-klarna.ts'

/** A rule that looks at Klarna's offers, and remembers the facts that it saw. */
const looking = (mode: 'live' | 'shadow', seen: Facts[]): RuleSpec => ({
  on: 'shop.go',
  name: `looks at offers, ${mode}`,
  mode,
  action: ACTIONS.sendOut,
  needs: ['extension.available'],
  when: (facts) => {
    seen.push(facts)
    return facts['extension.available'] === true ? 'true' : 'unknown'
  },
})

describe("Klarna's offers as facts", () => {
  test('are read when a rule names them, once for facts and decision together', async () => {
    const seen: Facts[] = []
    const rig = await aRegistered({
      rules: [looking('live', seen), { on: 'shop.go', action: ACTIONS.extend }],
    })
    rig.klarna.onRead = () => {}

    await rig.submit(told('go'))
    await rig.run()

    expect(seen).toMatchObject([
      {
        'extension.available': true,
        'extension.longestDays': 60,
        'extension.longestFeeMinor': 4900,
        'extension.freeDays': 2,
      },
    ])
    // Once to decide, once as the extension's gate.
    expect(rig.klarna.readCount).toBe(2)
  })

  test('are not read when no rule names them', async () => {
    const rig = await aRegistered({ rules: [{ on: 'shop.go', action: ACTIONS.ship }] })

    await rig.tell(told('go'))

    expect(rig.klarna.readCount).toBe(0)
  })

  test('that are refused or empty say that nothing is offered', async () => {
    for (const offer of [http(403, 'NOT_ALLOWED'), { currency: 'SEK', options: [] }]) {
      const seen: Facts[] = []
      const rig = await aRegistered({ rules: [looking('live', seen)] })
      rig.klarna.offer(offer)

      await rig.tell(told('go'))

      expect(seen[0]).toMatchObject({ 'extension.available': false })
      expect(seen[0]).not.toHaveProperty('extension.longestDays')
    }
  })

  test('that cannot be read make the event wait when a rule that acts needs them', async () => {
    for (const [answer, reason] of [
      [http(503), 'http_503'],
      [http(401), 'http_401'],
      [http(422, 'X'), 'http_422:X'],
    ] as const) {
      const seen: Facts[] = []
      const rig = await aRegistered({ rules: [looking('live', seen)] })
      rig.klarna.offer(answer)
      await rig.tell(told('go'))
      expect(await rig.store.event(ORDER_ID, 'own-go')).toMatchObject({
        status: 'waiting',
        reason: `due-date options at Klarna: ${reason}`,
      })
      rig.klarna.offer(GUIDE_OPTIONS)

      await rig.play(MINUTE_MS)

      expect(await rig.phases()).toEqual(['confirmed'])
    }
  })

  test('that cannot be read are unknown to a shadow rule, and nothing waits', async () => {
    const seen: Facts[] = []
    const rig = await aRegistered({ rules: [looking('shadow', seen)] })
    rig.klarna.offer(http(503))

    await rig.tell(told('go'))

    expect(seen).toHaveLength(1)
    expect(seen[0]).not.toHaveProperty('extension.available')
    expect((await rig.store.decisions(ORDER_ID))[1]?.summary).toBe(
      'no rule fired; 1 could not tell',
    )
  })
})

test('a decision keeps the facts and the verdicts that it rests on', async () => {
  const rig = await aRegistered({
    rules: [
      { on: 'shop.go', action: ACTIONS.refund, when: () => 'false' },
      { on: 'shop.go', action: ACTIONS.ship, when: () => 'unknown' },
    ],
  })

  await rig.tell(told('go'))

  const decision = await rig.store.decision(ORDER_ID, 'own-go')
  expect(decision).toMatchObject({
    ruleSets: [{ name: 'stories', version: '1' }],
    evaluator: 'stories 1',
    facts: { 'order.currency': 'SEK', 'capture.capturedMinor': 6000 },
    rules: [{ verdict: 'false' }, { verdict: 'unknown' }],
    actions: [],
    summary: 'no rule fired; 1 could not tell',
  })
})

describe('a defect met while deciding', () => {
  const broken: readonly [string, Partial<RulesInForce>][] = [
    [
      'in the rule book',
      {
        evaluate: async (type) => {
          if (type === 'shop.go') throw new TypeError('x is not a function')
          return []
        },
      },
    ],
    [
      'in settling',
      {
        limitsOf: () => {
          throw new RangeError('too deep')
        },
      },
    ],
  ]
  for (const [name, part] of broken) {
    test(`${name} puts the event off, raises an alarm, and in the end asks a person`, async () => {
      const sound = ruleBook([{ on: 'shop.go', action: ACTIONS.sendOut }])
      const rig = await aRegistered({
        ruleBook: { inForce: () => ({ ...sound.inForce(), ...part }) },
      })
      await rig.submit(told('go'))
      await rig.submit(told('after'))

      await rig.play(HOUR_MS)
      expect((await rig.store.event(ORDER_ID, 'own-go'))?.status).toBe('waiting')
      await rig.play(DAY_MS)

      expect((await rig.store.event(ORDER_ID, 'own-go'))?.status).toBe('dead_lettered')
      expect((await rig.work())[0]).toBe('dead_letter')
      expect(rig.records.find((each) => each.name === 'alarm')?.attributes).toMatchObject({
        code: 'deciding_failed',
      })
      expect(rig.klarna.sent).toEqual([])
      const after = await rig.store.event(ORDER_ID, 'own-after')
      expect(['decided', 'waiting', 'dead_lettered']).toContain(after?.status)
    })
  }

  test('of one event does not keep the events behind it from being decided', async () => {
    const sound = ruleBook([{ on: 'shop.after', action: ACTIONS.sendOut }])
    let isBroken = true
    const rig = await aRig({
      ruleBook: {
        inForce: () => ({
          ...sound.inForce(),
          evaluate: (type, facts) =>
            type === 'shop.go' && isBroken
              ? Promise.reject(new TypeError('x'))
              : sound.inForce().evaluate(type, facts),
        }),
      },
    })
    await rig.register(captured())
    await rig.submit(told('go'))
    await rig.submit(told('after'))

    await rig.play(DAY_MS)
    isBroken = false

    expect((await rig.store.event(ORDER_ID, 'own-after'))?.status).toBe('decided')
    expect(rig.klarna.done).toHaveLength(1)
  })
})
