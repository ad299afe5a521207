/** Where a command is on its way now, in words: done, on its way, held back, or a person's to find out. */
import {
  type CommandState,
  commandPhase,
  holdsOf,
  type IsoInstant,
  isClockBehind,
  type OrderState,
  type Settings,
  type Stop,
} from '@postdelivery/core'

/** One command now. */
export interface CommandStanding {
  readonly commandId: string
  /** As `OrderView` shows it. */
  readonly phase: string
  /** Whether something keeps it from being sent although it may go. */
  readonly isHeld: boolean
  /** `it is held back: everything was stopped by anna (wrong rule)`. */
  readonly sentence: string
}

/** What may hold commands of an order back. */
export interface StandingContext {
  readonly order: OrderState
  readonly settings: Pick<Settings, 'observe'>
  /** What of the kill switch stands. */
  readonly stops: readonly Stop[]
  readonly now: IsoInstant
}

/** Says where one command of an order is. Pure. */
export function standingOf(state: CommandState, context: StandingContext): CommandStanding {
  const phase = commandPhase(state)
  const { why } = state.chart.context
  const words = Object.hasOwn(PHASES, phase) ? (PHASES[phase] ?? phase) : phase
  const because = why === null || !TELLS_WHY.has(phase) ? '' : `: ${why.replaceAll('_', ' ')}`
  const held = WAITS_TO_GO.has(phase) ? holdOf(state, context) : null
  const sentence = held === null ? `${words}${because}` : `it is held back: ${held}`
  return { commandId: state.command.id, phase, isHeld: held !== null, sentence }
}

const PHASES: Readonly<Record<string, string>> = {
  proposed: 'it waits for its turn',
  requested: 'it is on its way to Klarna',
  awaitingApproval: 'it waits for people to agree',
  confirmed: 'Klarna has done it',
  refused: 'Klarna refused it',
  rejected: 'it was given up, and nothing was sent',
  doubtful: 'nobody knows yet whether Klarna has done it; it is repeated under the same key',
  auditing: "nobody knows yet whether Klarna has done it; Klarna's books are read",
  paused: 'Klarna does not accept our set-up; it goes on when a person says so',
  stuck: 'the engine cannot find out whether Klarna has done it; a person has to',
}

const WAITS_TO_GO: ReadonlySet<string> = new Set(['proposed', 'requested', 'doubtful'])
const TELLS_WHY: ReadonlySet<string> = new Set(['refused', 'rejected', 'paused', 'stuck'])

/** What keeps a command from being sent although it may go; null when nothing does. */
function holdOf(
  state: CommandState,
  { order, settings, stops, now }: StandingContext,
): string | null {
  const stop = stops.find((each) => holdsOf(withoutBreak(order), { observe: false }, [each])(state))
  if (stop !== undefined) return `${stop.scope} was stopped by ${stop.by} (${stop.why})`
  if (holdsOf(order, { observe: false }, [])(state)) {
    return "refunds of the order stand still until a person has compared the books with Klarna's"
  }
  if (settings.observe) return 'the engine only observes and sends nothing'
  if (order.commands.some((each) => commandPhase(each) === 'paused')) {
    return 'another command of the order is paused; all go on when a person says so'
  }
  return isClockBehind(order, now)
    ? `the clock is far behind what it said when the order was changed last, at ${order.lastDecidedAt}`
    : null
}

/** Looks at stops alone. */
const withoutBreak = (order: OrderState): OrderState => ({ ...order, booksDiffer: null })
