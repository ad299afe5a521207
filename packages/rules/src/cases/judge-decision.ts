/** Compares one decision of a story with what its step expects: actions with what becomes of them, and refusals. */
import type { Command, DecidedAction, SimulatedStep } from '@postdelivery/core'
import { type Difference, judgeVerdicts, type Telling } from './judge-verdicts.ts'
import type { ExpectedAction, StoryStep } from './rule-tests.ts'

/** Compares a step with what happened. An event that repeats an earlier id decides nothing. */
export function judgeDecision(
  step: StoryStep,
  told: SimulatedStep,
  say: Telling['say'],
): readonly Difference[] {
  const { expect } = step
  const path = `${step.path}/expect`
  const { decision, commands } = told
  const refusal = decision?.refusal?.code ?? null
  const differences: Difference[] = []
  if (refusal !== expect.refusal)
    differences.push({
      path: `${path}/refusal`,
      rule: null,
      wanted: wordOfRefusal(expect.refusal),
      got: wordOfRefusal(refusal),
      ...(decision === null ? {} : { sentence: decision.summary }),
    })
  return [
    ...differences,
    ...judgeActions(expect.actions, decision?.actions ?? [], { commands, path: `${path}/actions` }),
    ...judgeVerdicts(expect, decision?.rules ?? [], { path, say }),
  ]
}

const wordOfRefusal = (code: string | null): string =>
  code === null ? 'the event is taken' : `the event is refused: ${code}`

function judgeActions(
  expected: readonly ExpectedAction[],
  actions: readonly DecidedAction[],
  { commands, path }: { readonly commands: readonly Command[]; readonly path: string },
): readonly Difference[] {
  const differences = expected.flatMap((each, index) => {
    const action = actions[index]
    if (action === undefined)
      return [{ path: each.path, rule: each.rule, wanted: wordsOf(each), got: 'no such action' }]
    const said = { type: action.type, ...saidOf(each, factsOfAction(action, commands)) }
    const wanted = wordsOf(each)
    const got = wordsOf(said)
    if (wanted === got) return []
    return [{ path: each.path, rule: action.rule, wanted, got, sentence: action.sentence }]
  })
  const extra = actions.slice(expected.length).map(
    (action): Difference => ({
      path,
      rule: action.rule,
      wanted: 'no other action',
      got: `${action.type}, ${action.outcome}`,
      sentence: action.sentence,
    }),
  )
  return [...differences, ...extra]
}

type ActionFacts = Omit<ExpectedAction, 'path' | 'type'>

/** What became of an action, in the words of expectations. */
function factsOfAction(action: DecidedAction, commands: readonly Command[]): ActionFacts {
  const own = commands.filter(({ id }) => action.commandIds.includes(id)).map(({ body }) => body)
  const refunds = own.flatMap((body) => (body.operation === 'refundOrder' ? body.refundMinor : []))
  const extensions = own.flatMap((body) => (body.operation === 'extendDueDate' ? [body] : []))
  return {
    rule: action.rule,
    outcome: action.outcome,
    refusal: action.refusal?.code ?? null,
    refundMinor: refunds.reduce((sum, each) => sum + each, 0),
    feeMinor: extensions.reduce((sum, each) => sum + each.feeMinor, 0),
    days: extensions[0]?.numberOfDays ?? 0,
    sentence: action.sentence,
  }
}

/** Of what became of an action, that which the case speaks of. */
const saidOf = (expected: ActionFacts, facts: ActionFacts): Partial<ActionFacts> =>
  Object.fromEntries(FIELDS.filter((key) => expected[key] !== null).map((key) => [key, facts[key]]))

const FIELDS = [
  'outcome',
  'rule',
  'refusal',
  'refundMinor',
  'feeMinor',
  'days',
  'sentence',
] as const satisfies readonly (keyof ActionFacts)[]

/** One line that says all that is said. */
const wordsOf = (action: { readonly type: string } & Partial<ActionFacts>): string =>
  [
    action.type,
    ...FIELDS.flatMap((key) =>
      action[key] === undefined || action[key] === null ? [] : `${key} ${action[key]}`,
    ),
  ].join(', ')
