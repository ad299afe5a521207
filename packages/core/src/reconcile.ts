/**
 * Compares our ledger of an order with Klarna's books and says where they break. Pure: it reads nothing, changes nothing and
 * opens nothing; what a person does about a break is their decision.
 */
import { commandPhase, isConfirmed, isOpen, orderBooks, refundsOf, sum } from './books.ts'
import { canonicalJson } from './canonical-json.ts'
import { captureOf } from './commands.ts'
import { STALE_READ_MS } from './engine/retry.ts'
import type { ObservedCapture, ObservedOrder, ObservedRefund } from './klarna-order.ts'
import { formatMinor } from './money.ts'
import type { CaptureState, CommandState, OrderState } from './order-state.ts'
import { addMs, type IsoInstant } from './time.ts'
import { describeCommand } from './work.ts'

/** Every break with the safe next step, in the order in which they are told. Docs are written from this table. */
export const BREAKS = {
  currency_differs: {
    what: 'Klarna keeps the order in another currency',
    next: 'report this to us: nothing else of the order was compared',
  },
  refund_unknown: {
    what: 'Klarna has refunds that no command of ours made',
    next: 'find out who refunded; then confirm the books with what Klarna refunded in total',
  },
  refund_repeated: {
    what: 'Klarna has several refunds of one command',
    next: 'the customer was paid more than once: stop refunds, and take it up with Klarna',
  },
  refund_amount_differs: {
    what: 'Klarna refunded another amount than the command asked for',
    next: 'compare the refund at Klarna with the call in the timeline, and take it up with Klarna',
  },
  refund_lacking: {
    what: 'Klarna lacks a refund that counts as paid here',
    next: "look for it in Klarna's portal; when it is surely missing, pay it back there, since here it counts as paid, and drop a stuck repeat as did not happen",
  },
  refund_under_other_reference: {
    what: 'Klarna has the refund under another reference than our command',
    next: 'nothing, when a person made it in the portal for this command; the totals agree',
  },
  refund_not_booked: {
    what: 'Klarna has done a refund that counts as refused or given up here',
    next: 'confirm the books with what Klarna refunded in total',
  },
  refund_total_differs: {
    what: "Klarna's refunds do not sum to the total that Klarna says",
    next: 'compare again later; if it stays so, take it up with Klarna',
  },
  allocation_differs: {
    what: 'Klarna counts refunds on another capture than we do',
    next: 'take it up with Klarna: the customer sees them on the wrong invoice',
  },
  visible_at_klarna: {
    what: 'a command in doubt is done at Klarna',
    next: 'a stuck or paused command: resolve it as happened; any other is found by the engine itself',
  },
  capture_unknown: {
    what: 'Klarna has a capture that we do not know',
    next: 'register the order again with `track`',
  },
  capture_lacking: {
    what: 'Klarna lacks a capture that we know',
    next: 'compare again later; if it stays so, check that the order is the right one',
  },
  captured_amount_differs: {
    what: 'Klarna captured another amount than we know',
    next: 'take it up with Klarna: a capture never changes',
  },
  authorization_differs: {
    what: 'another amount is left of the authorization than we know',
    next: 'register the order again with `track`; after a release of ours ask for it again',
  },
  shipping_info_lacking: {
    what: 'Klarna lacks shipping info that counts as told',
    next: 'tell it again by hand, with `addShippingInfo`',
  },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly next: string }>>
export type BreakCode = keyof typeof BREAKS

/** One place where the ledgers do not agree. */
export interface Break {
  readonly code: BreakCode
  /** `unsure`: the read may merely be older than what we confirmed last; compare again later. */
  readonly certainty: 'certain' | 'unsure'
  readonly orderId: string
  readonly captureId?: string
  readonly commandId?: string
  /** Minor units of the order's currency; what they count follows from the code. */
  readonly oursMinor?: number
  readonly klarnasMinor?: number
  /** One sentence: what differs. */
  readonly what: string
  /** The safe next step. */
  readonly next: string
}

/** Breaks that say that more, less or other money went back than we know. */
export const isAboutRefunds = ({ code }: Break): boolean =>
  code.startsWith('refund_') || code === 'allocation_differs'

export interface ReconcileInput {
  /** Loaded after `observed` was read, so that no command which Klarna has done is unknown here. */
  readonly order: OrderState
  readonly observed: ObservedOrder
  /** When `observed` was asked for. */
  readonly readAt: IsoInstant
  /** When commands were confirmed, by id; one that is missing counts as confirmed when the order was decided about last. */
  readonly confirmedAt?: ReadonlyMap<string, IsoInstant>
}

/**
 * Compares an order.
 *
 * Units: minor units of the order's currency.
 * Returns: the breaks in the order of `BREAKS`, none when the ledgers agree.
 */
export function reconcileOrder(input: ReconcileInput): readonly Break[] {
  const { order, observed } = input
  if (observed.currency !== order.currency) {
    const about = `${observed.currency} instead of ${order.currency}`
    return [makeBreak(input, 'currency_differs', { about })]
  }
  const found = [
    ...compareForeign(input),
    ...refundsOf(order).flatMap((each) => compareRefund(input, each)),
    ...compareTotal(input),
    ...compareAllocation(input),
    ...compareCaptures(input),
    ...compareAuthorization(input),
    ...order.commands.flatMap((each) => compareShipping(input, each)),
  ]
  const places = Object.keys(BREAKS)
  return found.toSorted((a, b) => places.indexOf(a.code) - places.indexOf(b.code))
}

interface Facts {
  readonly about: string
  readonly captureId?: string | null
  readonly commandId?: string
  readonly oursMinor?: number
  readonly klarnasMinor?: number
  readonly isUnsure?: boolean
}

function makeBreak({ order }: ReconcileInput, code: BreakCode, facts: Facts): Break {
  const { about, captureId, commandId, oursMinor, klarnasMinor, isUnsure = false } = facts
  const { what, next } = BREAKS[code]
  return {
    code,
    certainty: isUnsure ? 'unsure' : 'certain',
    orderId: order.orderId,
    ...(captureId === undefined || captureId === null ? {} : { captureId }),
    ...(commandId === undefined ? {} : { commandId }),
    ...(oursMinor === undefined ? {} : { oursMinor }),
    ...(klarnasMinor === undefined ? {} : { klarnasMinor }),
    what: `${what}: ${about}`,
    next,
  }
}

const money = ({ order }: ReconcileInput, amountMinor: number): string =>
  formatMinor(amountMinor, order.currency)

const ofCommand = (observed: ObservedOrder, { command }: CommandState): readonly ObservedRefund[] =>
  observed.refunds.filter((refund) => refund.reference === command.id)

/** Whether a read may be older than the confirmation of a command, or than the last that was decided. */
function mayBeStale({ order, readAt, confirmedAt }: ReconcileInput, commandId?: string): boolean {
  const known = commandId === undefined ? undefined : confirmedAt?.get(commandId)
  return readAt <= addMs(known ?? order.lastDecidedAt, STALE_READ_MS)
}

/** Refunds that count as paid here and that Klarna does not list, in sum. */
const lackingMinor = ({ order, observed }: ReconcileInput, captureId?: string): number =>
  sum(
    refundsOf(order, captureId)
      .filter((each) => isConfirmed(each) && ofCommand(observed, each).length === 0)
      .map((each) => each.refund.refundMinor),
  )

/** Refunds at Klarna that no command made, beyond those that were there before us or that people adopted. */
function foreignMinor({ order, observed }: ReconcileInput): {
  readonly adoptedMinor: number
  readonly foundMinor: number
} {
  const ids = new Set(refundsOf(order).map((each) => each.command.id))
  const confirmed = refundsOf(order).filter(isConfirmed)
  const foreign = observed.refunds.filter(({ reference }) => !ids.has(reference ?? ''))
  return {
    adoptedMinor:
      orderBooks(order).refundedMinor - sum(confirmed.map((each) => each.refund.refundMinor)),
    foundMinor: sum(foreign.map((refund) => refund.refundedMinor)),
  }
}

/** A person who refunds by hand and resolves the command as happened leaves as much foreign as is lacking. */
function isUnderOtherReference(input: ReconcileInput): boolean {
  const { adoptedMinor, foundMinor } = foreignMinor(input)
  const lacking = lackingMinor(input)
  return lacking > 0 && foundMinor - adoptedMinor === lacking
}

function compareForeign(input: ReconcileInput): readonly Break[] {
  const { adoptedMinor, foundMinor } = foreignMinor(input)
  if (foundMinor === adoptedMinor || isUnderOtherReference(input)) return []
  const amounts = { oursMinor: adoptedMinor, klarnasMinor: foundMinor }
  const about = `${money(input, foundMinor)} at Klarna, ${money(input, adoptedMinor)} known here`
  return foundMinor > adoptedMinor
    ? [makeBreak(input, 'refund_unknown', { about, ...amounts })]
    : [makeBreak(input, 'refund_lacking', { about, ...amounts, isUnsure: mayBeStale(input) })]
}

function compareRefund(
  input: ReconcileInput,
  each: CommandState & { readonly refund: { readonly refundMinor: number } },
): readonly Break[] {
  const seen = ofCommand(input.observed, each)
  const klarnasMinor = sum(seen.map((refund) => refund.refundedMinor))
  const { refundMinor } = each.refund
  const { id: commandId, body } = each.command
  const facts = { captureId: captureOf(body), commandId, oursMinor: refundMinor, klarnasMinor }
  const about = describeCommand(each.command)
  if (seen.length === 0) {
    if (!isConfirmed(each)) return []
    return isUnderOtherReference(input)
      ? [makeBreak(input, 'refund_under_other_reference', { ...facts, about, isUnsure: true })]
      : [
          makeBreak(input, 'refund_lacking', {
            ...facts,
            about,
            isUnsure: mayBeStale(input, commandId),
          }),
        ]
  }
  const state = isConfirmed(each)
    ? []
    : isInDoubt(each)
      ? [makeBreak(input, 'visible_at_klarna', { ...facts, about })]
      : isOpen(each)
        ? []
        : [makeBreak(input, 'refund_not_booked', { ...facts, oursMinor: 0, about })]
  if (seen.length > 1) {
    const times = `${about}, ${seen.length} times`
    return [...state, makeBreak(input, 'refund_repeated', { ...facts, about: times })]
  }
  return klarnasMinor === refundMinor
    ? state
    : [
        ...state,
        makeBreak(input, 'refund_amount_differs', {
          ...facts,
          about: `${about}, ${money(input, klarnasMinor)} at Klarna`,
        }),
      ]
}

/** Commands whose outcome is open: what is merely on its way is not in doubt. */
const isInDoubt = (command: CommandState): boolean =>
  isOpen(command) && ['doubtful', 'auditing', 'stuck', 'paused'].includes(commandPhase(command))

function compareTotal(input: ReconcileInput): readonly Break[] {
  const { refunds, refundedMinor: klarnasMinor } = input.observed
  const oursMinor = sum(refunds.map((refund) => refund.refundedMinor))
  if (oursMinor === klarnasMinor) return []
  const about = `${money(input, oursMinor)} listed, ${money(input, klarnasMinor)} in total`
  return [makeBreak(input, 'refund_total_differs', { about, oursMinor, klarnasMinor })]
}

/** What a capture should have been paid back at Klarna, by the refunds that Klarna lists and what we know of before. */
function expectedMinor(input: ReconcileInput, { captureId, chart }: CaptureState): number {
  const unbookedMinor = sum(
    refundsOf(input.order, captureId)
      .filter((each) => !isConfirmed(each))
      .flatMap((each) => ofCommand(input.observed, each))
      .map((refund) => refund.refundedMinor),
  )
  return chart.context.refundedMinor + unbookedMinor - lackingMinor(input, captureId)
}

function compareAllocation(input: ReconcileInput): readonly Break[] {
  const { order, observed } = input
  const differences = order.captures.flatMap((capture) => {
    const klarnas = observed.captures.find((each) => each.captureId === capture.captureId)
    if (klarnas === undefined) return []
    const oursMinor = expectedMinor(input, capture)
    return [{ capture, oursMinor, klarnasMinor: klarnas.refundedMinor }]
  })
  // Refunds that are not ours may stand on any capture: no more than they are can be on top.
  const { foundMinor, adoptedMinor } = foreignMinor(input)
  const looseMinor = Math.max(0, foundMinor - adoptedMinor) + order.unallocatedRefundedMinor
  const aboveMinor = sum(differences.map((each) => Math.max(0, each.klarnasMinor - each.oursMinor)))
  return differences
    .filter(
      ({ oursMinor, klarnasMinor }) =>
        klarnasMinor < oursMinor || (klarnasMinor > oursMinor && aboveMinor > looseMinor),
    )
    .map(({ capture: { captureId }, oursMinor, klarnasMinor }) =>
      makeBreak(input, 'allocation_differs', {
        about: `capture ${captureId}: ${money(input, klarnasMinor)} at Klarna, ${money(input, oursMinor)} here`,
        captureId,
        oursMinor,
        klarnasMinor,
        isUnsure: mayBeStale(input),
      }),
    )
}

function compareCaptures(input: ReconcileInput): readonly Break[] {
  const { order, observed } = input
  const lacking = order.captures.flatMap((capture): readonly Break[] => {
    const { captureId, chart } = capture
    const oursMinor = chart.context.capturedMinor
    const klarnas = observed.captures.find((each) => each.captureId === captureId)
    const about = `capture ${captureId} of ${money(input, oursMinor)}`
    if (klarnas === undefined) {
      const isUnsure = mayBeStale(input)
      return [makeBreak(input, 'capture_lacking', { about, captureId, oursMinor, isUnsure })]
    }
    const klarnasMinor = klarnas.capturedMinor
    if (klarnasMinor === oursMinor) return []
    const there = `${about}, ${money(input, klarnasMinor)} at Klarna`
    const facts = { about: there, captureId, oursMinor, klarnasMinor }
    return [makeBreak(input, 'captured_amount_differs', facts)]
  })
  const unknown = unknownCaptures(input).map(({ captureId, capturedMinor }) =>
    makeBreak(input, 'capture_unknown', {
      about: `capture ${captureId} of ${money(input, capturedMinor)}`,
      captureId,
      klarnasMinor: capturedMinor,
    }),
  )
  return [...lacking, ...unknown]
}

const unknownCaptures = ({ order, observed }: ReconcileInput): readonly ObservedCapture[] =>
  observed.captures.filter(
    (capture) => !order.captures.some((each) => each.captureId === capture.captureId),
  )

function compareAuthorization(input: ReconcileInput): readonly Break[] {
  const { order, observed } = input
  const release = order.commands.find(
    (each) => each.command.body.operation === 'releaseRemainingAuthorization' && isOpen(each),
  )
  const klarnasMinor = observed.remainingAuthorizedMinor
  const oursMinor = order.remainingAuthorizedMinor
  if (release !== undefined && klarnasMinor === 0 && oursMinor > 0) {
    const about = describeCommand(release.command)
    return isInDoubt(release)
      ? [makeBreak(input, 'visible_at_klarna', { about, commandId: release.command.id })]
      : []
  }
  // What was captured without us has left the authorization: that capture is told already.
  const explainedMinor = sum(unknownCaptures(input).map((capture) => capture.capturedMinor))
  if (klarnasMinor === oursMinor || klarnasMinor === oursMinor - explainedMinor) return []
  const about = `${money(input, klarnasMinor)} at Klarna, ${money(input, oursMinor)} here`
  const facts = { about, oursMinor, klarnasMinor, isUnsure: mayBeStale(input) }
  return [makeBreak(input, 'authorization_differs', facts)]
}

function compareShipping(input: ReconcileInput, each: CommandState): readonly Break[] {
  const { body, id: commandId } = each.command
  if (body.operation !== 'appendShippingInfo') return []
  const { captureId } = body
  const capture = input.observed.captures.find((observed) => observed.captureId === captureId)
  if (capture === undefined) return []
  const texts = new Set(capture.shippingInfo.map(canonicalJson))
  const isThere = body.shippingInfo.every((info) => texts.has(canonicalJson(info)))
  const facts = { about: describeCommand(each.command), captureId, commandId }
  if (isThere && isInDoubt(each)) return [makeBreak(input, 'visible_at_klarna', facts)]
  return isThere || !isConfirmed(each)
    ? []
    : [
        makeBreak(input, 'shipping_info_lacking', {
          ...facts,
          isUnsure: mayBeStale(input, commandId),
        }),
      ]
}
