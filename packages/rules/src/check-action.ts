/** Checks what a rule asks for: the action and its params, through core, with our places and suggestions. */
import {
  ACTION_TYPES,
  type Action,
  type ActionType,
  isPlainRecord,
  type Problem,
  parseAction,
} from '@postdelivery/core'
import { paramNames } from './action-params.ts'
import { addNotListed, addWrongType, openFields } from './fields.ts'
import type { Advice, IssueList } from './issues.ts'
import { nearestAdvice } from './suggest.ts'

const EVENT_KEYS = { required: ['type'], optional: ['params'] }

/** Checks the `event` of a rule. Returns the action when it can be asked for. */
export function checkAction(data: unknown, path: string, issues: IssueList): Action | undefined {
  if (data === undefined) return undefined
  const fields = openFields(data, path, EVENT_KEYS, issues)
  const type = fields?.get('type')
  const params = fields?.get('params')
  if (fields === undefined || type === undefined) return undefined
  if (!ACTION_TYPES.some((known) => known === type)) {
    addNotListed(issues, 'not_listed', fields.at('type'), type, ACTION_TYPES)
    return undefined
  }
  if (params !== undefined && !isPlainRecord(params)) {
    addWrongType(issues, fields.at('params'), 'an object', params)
    return undefined
  }
  const parsed = parseAction(type, params)
  if (parsed.ok) return parsed.value
  for (const problem of parsed.error) {
    const advice = adviceFor(problem, type as ActionType, params)
    issues.add(problem.code, `${path}${problem.path}`, problem.message, advice)
  }
  return undefined
}

function adviceFor(
  problem: Problem,
  type: ActionType,
  params: Readonly<Record<string, unknown>> | undefined,
): Advice | undefined {
  const segments = problem.path.split('/').slice(1)
  const key = segments.at(-1) ?? ''
  if (problem.code === 'unknown_key') {
    const others = segments.length === 2 ? paramNames(type).filter((name) => name !== key) : []
    const said = Object.keys(params ?? {})
    const free = others.filter((name) => !said.includes(name))
    return nearestAdvice(key, free, (to) => ({ kind: 'rename_key', to })) ?? 'take it out'
  }
  if (key === 'maxFeeMinor' && problem.code === 'wrong_type')
    return `name the currency: { "SEK": ${typeof params?.['maxFeeMinor'] === 'number' ? params['maxFeeMinor'] : 1000} }`
  if (problem.code === 'bad_key')
    return {
      hint: 'write the currency in upper case, for example `SEK`',
      ...(/^[A-Za-z]{3}$/.test(key)
        ? { repair: { kind: 'rename_key', to: key.toUpperCase() } }
        : {}),
    }
  return undefined
}
