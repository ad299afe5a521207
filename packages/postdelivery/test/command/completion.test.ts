/** Completion in a real bash: words, options, values, files. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runHere } from './cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'postdelivery-completion-'))
const script = join(folder, 'postdelivery.bash')
writeFileSync(join(folder, 'my.config.ts'), '')
writeFileSync(script, (await runHere(['completion', 'bash'])).stdout)
afterAll(() => rmSync(folder, { recursive: true }))

function complete(...words: readonly string[]): readonly string[] {
  const typed = ['postdelivery', ...words].map((word) => `'${word}'`).join(' ')
  const lines = [
    `source '${script}'`,
    `COMP_WORDS=(${typed})`,
    `COMP_CWORD=${words.length}`,
    '_postdelivery',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash reads it.
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ]
  const { stdout, stderr } = spawnSync('bash', ['-c', lines.join('\n')], {
    encoding: 'utf8',
    cwd: folder,
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

const hasBash = spawnSync('bash', ['--version']).status === 0

describe.runIf(hasBash)('bash', () => {
  it.each([
    [['orde'], ['orders']],
    [
      ['orders', ''],
      ['list', 'show', 'why', 'timeline'],
    ],
    [['orders', 'list', '--wo'], ['--word']],
    [['orders', 'list', '--word', 'part'], ['partlyRefunded']],
    [['work', 'resolve', 'x', '--outcome', 'd'], ['did-not-happen']],
    [['work', 'resolve', '--out'], ['--outcome']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['doctor', '--config', 'my'], ['my.config.ts']],
    [['doctor', '--by', 'x'], []],
  ])('completes %j', (words, want) => {
    expect(complete(...words)).toEqual(want)
  })
})

it.each(['bash', 'zsh', 'fish'])('a script for %s names every command', async (shell) => {
  const { exitCode, stdout } = await runHere(['completion', shell])

  expect(exitCode).toBe(0)
  for (const word of ['orders', 'timeline', 'confirm-books', 'reconcile', 'doctor'])
    expect(stdout).toContain(word)
})

it('knows no other shell', async () => {
  expect((await runHere(['completion', 'csh'])).exitCode).toBe(2)
})
