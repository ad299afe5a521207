/** `postdelivery doctor`: looks whether everything that the engine needs is there, without changing anything. */
import type { PostDeliveryConfig } from '../config.ts'
import { defineCommand } from './command-definition.ts'
import { CHECKS, type Finding } from './doctor-checks.ts'
import { EXIT } from './exit-codes.ts'
import { printable } from './output.ts'

export const doctorCommand = defineCommand({
  arguments: [],
  options: {
    online: { type: 'flag', summary: 'also read one order at Klarna, or look whether it answers' },
  },
  formats: ['pretty', 'json'],
  readsConfig: true,
  examples: [
    ['doctor', 'configuration, rules, database, engine, clock, credentials'],
    ['doctor --online', 'and whether Klarna answers'],
  ],
  notes: ['Credentials are asked for and never shown. Exit code 3: something has to be mended.'],
  async run({ options, format, out, talk, loadConfig }) {
    const { path, config } = await loadConfig()
    const findings: Finding[] = [{ name: 'configuration', status: 'ok', says: `\`${path}\` loads` }]
    for (const check of CHECKS) {
      if (check.isOnline === true && !options.online) continue
      talk.progress(`looking at ${check.name}`)
      findings.push(...(await look(check, config)))
    }
    talk.progress('')
    const isSound = findings.every(({ status }) => status !== 'wrong')
    if (format === 'json') out.data({ isSound, findings })
    else {
      for (const { name, status, says, hint } of findings) {
        const word = out.paint(COLOURS[status], WORDS[status])
        out.line(`${word}  ${name.padEnd(NAME_WIDTH)}  ${printable(says)}`)
        if (hint !== undefined) out.line(`${''.padEnd(NAME_WIDTH + 9)}${out.paint('dim', hint)}`)
      }
    }
    return isSound ? EXIT.fine : EXIT.configuration
  },
})

/** A check that fails is a finding as well, and keeps no other from looking. */
async function look(
  { name, look }: (typeof CHECKS)[number],
  config: PostDeliveryConfig,
): Promise<readonly Finding[]> {
  try {
    return (await look(config)).map((finding) => ({ name, ...finding }))
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    return [{ name, status: 'wrong', says }]
  }
}

const NAME_WIDTH = 13
const WORDS = { ok: 'ok   ', note: 'note ', wrong: 'WRONG' } as const
const COLOURS = { ok: 'green', note: 'yellow', wrong: 'red' } as const
