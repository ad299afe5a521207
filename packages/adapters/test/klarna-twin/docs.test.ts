import { readFileSync } from 'node:fs'
import { DEFAULT_SETTINGS, FAULT_KINDS, sampleOrderId } from '@postdelivery/adapters/klarna-twin'
import { describe, expect, it } from 'vitest'
import { aTwin, GUIDE } from './a-twin.ts'

const text = readFileSync(new URL('../../../../docs/twin.md', import.meta.url), 'utf8')

/** The first and another cell of the rows below a heading. */
const rowsOf = (heading: string, column: number): readonly (readonly [string, string])[] => {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\| `(\w+[\w-]*)` \|.*$/gm)].map(([row, name = '']) => [
    name,
    (row.split('|')[column] ?? '').trim(),
  ])
}

describe('the page about the twin', () => {
  it('lists every setting with its default', () => {
    const listed = rowsOf('Settings', 2).map(([name, value]) => [name, value.replaceAll('`', '')])

    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(
        Object.entries(DEFAULT_SETTINGS).map(([name, value]) => [name, JSON.stringify(value)]),
      ),
    )
  })

  it('lists every fault with what it does by itself', () => {
    expect(Object.fromEntries(rowsOf('Faults', 3))).toEqual(FAULT_KINDS)
  })

  it('lists every sample order', async () => {
    await using twin = await aTwin()

    const ids = rowsOf('Sample orders', 2).map(([name]) => sampleOrderId(name))

    expect(ids).toEqual(twin.orders.map(({ orderId }) => orderId))
    expect(text).toContain(GUIDE)
  })

  it('shows calls of the control path that work', async () => {
    await using twin = await aTwin()
    const calls = [...text.matchAll(/^curl (?:-X (\w+) +)?\$twin(\S*)(?: +-d '(.*?)')?/gm)]

    const statuses = await Promise.all(
      calls.map(async ([, method = 'GET', path = '', body]) => {
        const url = `${twin.url}/__twin${path.replace('$order', GUIDE)}`
        const answer = await fetch(url, { method, ...(body === undefined ? {} : { body }) })
        return answer.ok ? 'ok' : `${method} ${path}: ${await answer.text()}`
      }),
    )

    expect(statuses.length).toBeGreaterThan(10)
    expect(new Set(statuses)).toEqual(new Set(['ok']))
  })
})
