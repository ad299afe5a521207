/** Reads one case that gives facts to rules. */
import { openFields } from '../fields.ts'
import { readExpectedVerdicts, VERDICT_KEYS } from './read-expected-verdicts.ts'
import { type CaseReading, readCaseName, readFacts, readWakingType } from './reading.ts'
import type { FactsCase } from './rule-tests.ts'

const CASE_KEYS = { required: ['name', 'on', 'facts', 'expect'], optional: [] }
const EXPECT_KEYS = { required: ['fires'], optional: VERDICT_KEYS.filter((key) => key !== 'fires') }

/** Reads a facts case. Returns what can be trusted when no error was added; undefined when it has no name. */
export function readFactsCase(
  data: unknown,
  path: string,
  reading: CaseReading,
): FactsCase | undefined {
  const { issues } = reading
  const fields = openFields(data, path, CASE_KEYS, issues)
  if (fields === undefined) return undefined
  const name = readCaseName(fields, issues)
  const on = readWakingType(fields, 'on', issues)
  const given = readFacts(fields.get('facts'), fields.at('facts'), reading)
  const facts = { ...given, ...(on === undefined ? {} : { 'event.type': on }) }
  const expected = fields.get('expect')
  const expect =
    expected === undefined
      ? undefined
      : openFields(expected, fields.at('expect'), EXPECT_KEYS, issues)
  if (name === undefined || expect === undefined) return undefined
  const verdicts = readExpectedVerdicts(expect, on, reading)
  return {
    kind: 'facts',
    path,
    name,
    on: on ?? '',
    facts,
    expect: { ...verdicts, fires: verdicts.fires ?? [] },
  }
}
