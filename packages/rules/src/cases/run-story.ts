/** Tells one story with a simulated Klarna, and compares every decision with what its step expects. */
import {
  type Command,
  DEFAULT_DEADLINE_DAYS,
  DEFAULT_UNUSUAL_RATE,
  type Decision,
  type PromptRules,
  type RuleVerdict,
  type Settings,
  type SimulatedStep,
  simulateOrder,
} from '@postdelivery/core'
import { judgeDecision } from './judge-decision.ts'
import type { Difference, Telling } from './judge-verdicts.ts'
import type { StoryCase, StoryStep } from './rule-tests.ts'

/** What came of a story. */
export interface StoryRun {
  readonly differences: readonly Difference[]
  readonly verdicts: readonly RuleVerdict[]
}

/** How a story is told. */
export interface StoryOptions extends Pick<Telling, 'say'> {
  /** IANA zone in which days are counted. */
  readonly timeZone: string
}

/** Tells a story. Throws: never. */
export function runStory(
  story: StoryCase,
  rules: PromptRules,
  { timeZone, say }: StoryOptions,
): StoryRun {
  const { steps, offers, facts, until } = story
  const stepOf = (command: Command) => steps.find((step) => isStepOf(step, command.eventId))
  const told = simulateOrder(eventsOf(story), rules, {
    settings: settingsWithoutLimits(currencyOf(story), timeZone),
    ...(offers === null ? {} : { offersOf: () => offers }),
    ownFactsOf: () => facts,
    outcomeOf: (command) => stepOf(command)?.klarna ?? 'confirmed',
    approvalOf: (command) => stepOf(command)?.people ?? 'none',
    ...(until === null ? {} : { until }),
  })
  return {
    differences: judgeSteps(story, told.steps, say),
    verdicts: told.steps.flatMap(({ decision }) => decision?.rules ?? []),
  }
}

const eventsOf = ({ steps }: StoryCase) =>
  steps.flatMap(({ happens }) => (happens.kind === 'event' ? [happens.event] : []))

function currencyOf({ steps: [first] }: StoryCase): string {
  const event = first.happens.kind === 'event' ? first.happens.event : undefined
  return event?.type === 'order.captured' ? event.order.currency : ''
}

/** Pairs what happened with the steps that tell of it: reported events in their order, deadlines as they come. */
function judgeSteps(
  story: StoryCase,
  told: readonly SimulatedStep[],
  say: Telling['say'],
): readonly Difference[] {
  const waiting = [...story.steps]
  const differences = told.flatMap((each) => {
    const index = waiting.findIndex((step) => isStepOf(step, each.event.id))
    const [step] = index === -1 ? [] : waiting.splice(index, 1)
    return step === undefined ? unexpected(story, each) : judgeDecision(step, each, say)
  })
  const missed = waiting.map(({ path, happens }): Difference => {
    const wanted =
      happens.kind === 'event'
        ? happens.event.type
        : `${happens.deadline} in ${happens.daysLeft} days`
    return { path, rule: null, wanted: `${wanted} comes`, got: 'it does not come' }
  })
  return [...differences, ...missed]
}

/** Ids of deadlines begin with `due:{deadline}:` and end in `:{daysLeft}`. */
function isStepOf({ happens }: StoryStep, eventId: string): boolean {
  if (happens.kind === 'event') return happens.event.id === eventId
  const { deadline, daysLeft } = happens
  return eventId.startsWith(`due:${deadline}:`) && eventId.endsWith(`:${daysLeft}`)
}

/** A deadline that no step tells of may come when nothing comes of it. */
const unexpected = ({ path }: StoryCase, { decision }: SimulatedStep): readonly Difference[] =>
  decision === null || decision.actions.length === 0
    ? []
    : [
        {
          path: `${path}/events`,
          rule: decision.actions[0]?.rule ?? null,
          wanted: 'no step tells of it',
          got: `${happened(decision)}: ${decision.summary}`,
        },
      ]

const happened = ({ eventType, facts }: Decision): string =>
  eventType === 'deadline.approaching'
    ? `${facts['event.deadline']} comes near, ${facts['event.daysLeft']} days left`
    : eventType

/** A merchant's limits and approvals are not what rules are tested for. */
function settingsWithoutLimits(currency: string, timeZone: string): Settings {
  const money = {
    refundMaxMinor: { [currency]: Number.MAX_SAFE_INTEGER },
    extensionFeeMaxMinor: { [currency]: Number.MAX_SAFE_INTEGER },
  }
  const counted = { commandMaxCount: 1_000_000, ...money }
  return {
    timeZone,
    limits: {
      perCommand: money,
      perOrder: counted,
      perRuleAndDay: counted,
      perMerchantAndDay: counted,
    },
    approval: {
      refundAboveMinor: { [currency]: Number.MAX_SAFE_INTEGER },
      extensionFeeAboveMinor: { [currency]: Number.MAX_SAFE_INTEGER },
      approvers: 1,
      expiresAfterHours: 72,
    },
    deadlineDays: DEFAULT_DEADLINE_DAYS,
    unusualRate: DEFAULT_UNUSUAL_RATE,
    observe: false,
  }
}
