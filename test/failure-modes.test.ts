/** Whoever is woken at three in the morning finds their situation: every code that people meet stands in the document. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ALARMS, BREAKS, REFUSALS, WORK_KINDS } from '@postdelivery/core'
import { POST_DELIVERY_FAILURES } from 'postdelivery'
import { STORE_FAILURES } from 'postdelivery/sqlite'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const document = readFileSync(`${root}docs/failure-modes.md`, 'utf8')
const sources = globSync('packages/*/src/**/*.ts', { cwd: root })
  .filter((path) => !path.includes('klarna-twin'))
  .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }))

/** A section by its heading, up to the next of the same depth. */
function section(heading: string): string {
  const start = document.indexOf(`\n## ${heading}\n`)
  if (start < 0) throw new Error(`no section ${heading}`)
  const end = document.indexOf('\n## ', start + 1)
  return document.slice(start, end < 0 ? undefined : end)
}

/** The codes that the rows of a section are about. */
const codesIn = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_]+)/g)])
      .map((match) => match[1] ?? ''),
  )

/** What a pattern finds in the code, or in one file of it. */
const found = (pattern: RegExp, file = ''): readonly string[] => [
  ...new Set(
    sources
      .filter(({ path }) => path.endsWith(file))
      .flatMap(({ text }) => [...text.matchAll(pattern)].map((hit) => hit[1] ?? '')),
  ),
]

/** Codes of alarms as they are recorded: beside the name, or handed to the one who records. */
const alarmCodes = (): readonly string[] => [
  ...new Set([
    ...Object.keys(ALARMS),
    ...sources.flatMap(({ text }) =>
      [...text.matchAll(/name: (?:[^\n]*\? )?'alarm'/g)].flatMap(({ index }) => {
        const around = text.slice(Math.max(0, index - 400), index + 600)
        return [...around.matchAll(/code: '([a-z_]+)'/g)].map((hit) => hit[1] ?? '')
      }),
    ),
    ...found(/#failed\('([a-z_]+)'\)/g),
  ]),
]

const lacking = (codes: readonly string[], text: string): readonly string[] => {
  const known = codesIn(text)
  return codes.filter((code) => !known.has(code))
}

describe('docs/failure-modes.md', () => {
  const symptoms = section('Symptoms')

  it('leads from every kind of work to a section', () => {
    expect(lacking(Object.keys(WORK_KINDS), symptoms)).toEqual([])
    const anchors = [...document.matchAll(/^#{2,3} (.+)$/gm)].map((match) =>
      `#${match[1]}`.toLowerCase().replaceAll(' ', '-').replaceAll(/[,':]/g, ''),
    )
    const links = [...document.matchAll(/\]\((#[^)]+)\)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !anchors.includes(link))).toEqual([])
    expect(links.length).toBeGreaterThan(20)
  })

  it('answers every alarm', () => {
    const codes = alarmCodes()
    expect(codes).toEqual(expect.arrayContaining(['rate_limited', 'order_stopped', 'stop_set']))
    expect(codes.length).toBeGreaterThan(15)
    expect(lacking(codes, section('Alarms'))).toEqual([])
  })

  it('explains every reason for which a command is stuck', () => {
    const reasons = [
      ...found(/type: 'needs_person', reason: [`']([a-z_]+)/g),
      ...found(/why: [`']([a-z_]+)[:'`]/g, 'apply-command-event.ts'),
      ...found(/type: 'books_differ',\s+reason: '([a-z_]+)'/g),
    ]
    expect(reasons).toEqual(
      expect.arrayContaining(['not_found_at_klarna', 'refunds_at_klarna', 'not_started']),
    )
    expect(lacking(reasons, section('A command is stuck'))).toEqual([])
  })

  it('explains every reason for which a command waits for people', () => {
    const reasons = found(/return '((?:limit:[a-z]+|rule_asks|above_approval)[a-z_:]*)'/g)
    expect(reasons.length).toBeGreaterThan(6)
    const text = section('People must agree')
    expect(reasons.filter((reason) => !text.includes(`\`${reason}\``))).toEqual([])
  })

  it('answers every refusal', () => {
    expect(lacking(Object.keys(REFUSALS), section('Refusals'))).toEqual([])
  })

  it('answers everything that is thrown', () => {
    const codes = [
      ...Object.keys(POST_DELIVERY_FAILURES),
      ...found(/^ {2}'((?:engine|event)_[a-z_]+)',$/gm).filter((code) =>
        code.startsWith('engine_'),
      ),
    ]
    expect(codes).toContain('engine_stopped')
    expect(lacking(codes, section('What the library throws'))).toEqual([])
    expect(lacking(Object.keys(STORE_FAILURES), section('The store does not open'))).toEqual([])
  })

  it('answers every break that a comparison finds', () => {
    expect(lacking(Object.keys(BREAKS), section('Compare the books'))).toEqual([])
  })
})
