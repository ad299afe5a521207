import { readdirSync, readFileSync } from 'node:fs'
import {
  applyEvent,
  commandChart,
  commandPhase,
  decodeSnapshot,
  encodeSnapshot,
  type OrderState,
  SNAPSHOT_VERSION,
} from '@postdelivery/core'
import { describe, expect, it } from 'vitest'
import { apply } from '../builders.ts'
import { SNAPSHOT_STORIES } from './snapshot-stories.ts'

const FOLDER = new URL('../fixtures/snapshots/', import.meta.url)
const versions = Array.from({ length: SNAPSHOT_VERSION }, (_, index) => index + 1)
const stored = (version: number, phase: string): string =>
  readFileSync(new URL(`v${version}/${phase}.json`, FOLDER), 'utf8').trimEnd()
const phaseOf = ({ commands }: OrderState): string | undefined =>
  commands[0] === undefined ? undefined : commandPhase(commands[0])

/** Version 1 did not say which units a refund pays, so that the hashes of a command with units are of other words. */
const withoutPlaces = (order: OrderState): OrderState => ({
  ...order,
  commands: order.commands.map((each) => {
    const { body } = each.command
    if (body.operation !== 'refundOrder') return each
    const units = body.units.map(({ unitIndex: _, ...rest }) => rest)
    const command = { ...each.command, body: { ...body, units } }
    return { ...each, approvalHash: 'another', requestHash: 'another', command }
  }),
})

describe('snapshots of every version', () => {
  it('are kept, one of each phase that a command can be stored in', () => {
    const phases = SNAPSHOT_STORIES.map(({ phase }) => phase)

    expect(readdirSync(FOLDER).toSorted()).toEqual(versions.map((version) => `v${version}`))
    for (const version of versions) {
      const files = readdirSync(new URL(`v${version}/`, FOLDER))
      expect(files.toSorted()).toEqual(phases.map((phase) => `${phase}.json`).toSorted())
    }
    const known = Object.keys(commandChart.states).filter((state) => state !== 'proposed')
    expect(phases.filter((phase) => phase !== 'sending').toSorted()).toEqual(known.toSorted())
  })

  it.each(SNAPSHOT_STORIES)(
    'are written as this version has always written them: $phase',
    ({ phase, order }) => {
      expect(encodeSnapshot(order)).toBe(stored(SNAPSHOT_VERSION, phase))
    },
  )

  for (const version of versions) {
    it.each(SNAPSHOT_STORIES)(
      `of version ${version} load, are written as the newest, and go on: $phase`,
      ({ phase, order, next, nextPhase }) => {
        const loaded = decodeSnapshot(stored(version, phase))

        expect(version === 1 ? withoutPlaces(loaded) : loaded).toEqual(
          version === 1 ? withoutPlaces(order) : order,
        )
        expect(decodeSnapshot(encodeSnapshot(loaded))).toEqual(loaded)
        const hash = loaded.commands[0]?.approvalHash ?? ''
        // People approve what they see, and they see the stored one.
        const events = next.map((event) =>
          event.type === 'command.approved' ? { ...event, hash } : event,
        )
        expect(phaseOf(apply(loaded, ...events))).toBe(nextPhase)
      },
    )

    it(`of version ${version} still refuse what their state does not allow`, () => {
      const loaded = decodeSnapshot(stored(version, 'confirmed'))
      const [command] = loaded.commands
      const at = loaded.lastDecidedAt
      const resumed = applyEvent(
        loaded,
        {
          id: 'r',
          type: 'command.resumed',
          by: 'lead@shop.example',
          orderId: 'order-1',
          at,
          commandId: command?.command.id ?? '',
        },
        at,
      )

      expect(resumed).toMatchObject({ ok: false, error: { code: 'not_paused' } })
    })
  }
})
