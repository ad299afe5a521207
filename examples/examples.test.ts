import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { main as damagedGoods } from './01-damaged-goods/main.ts'
import { main as rulesOnly } from './02-rules-only/main.ts'
import { main as crashAndResume } from './04-crash-and-resume/main.ts'
import { main as rulesByOps } from './05-rules-by-ops/main.ts'

const examples = [
  ['01-damaged-goods', damagedGoods],
  ['02-rules-only', rulesOnly],
  ['04-crash-and-resume', crashAndResume],
  ['05-rules-by-ops', rulesByOps],
] as const

describe.each(examples)('example %s', (folder, main) => {
  it('prints what is expected, every time', { timeout: 60_000 }, async () => {
    const lines: string[] = []

    await main((line) => lines.push(line))

    const expected = await readFile(new URL(`${folder}/expected.txt`, import.meta.url), 'utf8')
    expect(`${lines.join('\n')}\n`).toBe(expected)
  })
})
