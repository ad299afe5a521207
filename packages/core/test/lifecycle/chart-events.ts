/** The charts, and random events for each of them. */
import { captureChart, commandChart, orderChart, orderLifecycle } from '@postdelivery/core'
import fc from 'fast-check'
import type { AnyStateMachine } from 'xstate'

export const at = '2026-12-08T08:00:00.000Z'
const minorArbitrary = fc.oneof(fc.integer({ min: 1, max: 4000 }), fc.constant(6000))

const later = '2026-12-08T08:05:00.000Z'

/** What each chart may hear, in any order. */
export const CHART_EVENTS = {
  order: fc.oneof(
    fc
      .constantFrom(
        'releaseRequested',
        'releaseConfirmed',
        'releaseRefused',
        'deliveryAccepted',
        'settled',
        'authorizationRaised',
      )
      .map((type) => ({ type })),
    fc.boolean().map((released) => ({ type: 'reopened', released })),
  ),
  capture: fc.oneof(
    minorArbitrary.map((refundMinor) => ({ type: 'refundBooked', refundMinor })),
    minorArbitrary.map((numberOfDays) => ({ type: 'dueDateExtended', numberOfDays, feeMinor: 1 })),
    fc.constant({ type: 'parcelTracked' }),
  ),
  command: fc.oneof(
    fc
      .constantFrom('request', 'expire', 'resume', 'auditedPresent', 'endKey')
      .map((type) => ({ type })),
    fc
      .constantFrom(
        'reject',
        'misconfigured',
        'needsPerson',
        'resolveHappened',
        'resolveDidNotHappen',
        'resolveTryAsNew',
      )
      .map((type) => ({ type, why: 'w' })),
    fc.integer({ min: 1, max: 2 }).map((approvalsNeeded) => ({
      type: 'awaitApproval',
      why: 'w',
      approvalsNeeded,
      expiresAt: at,
    })),
    fc.constantFrom('a', 'b').map((by) => ({ type: 'approve', by })),
    fc.constant({ type: 'start', at }),
    fc.boolean().map((wasSent) => ({ type: 'misconfigured', why: 'w', wasSent })),
    fc.constant({ type: 'done', resultId: 'r' }),
    fc.constant({ type: 'refused', why: 'no', auditAt: at }),
    fc.record({
      type: fc.constant('unknown'),
      why: fc.constant('w'),
      retryAt: fc.constantFrom(at, later, null),
      auditAt: fc.constant(at),
      isExtra: fc.boolean(),
    }),
    fc.constantFrom(at, later).map((dueAt) => ({ type: 'pullForward', at: dueAt })),
    fc.record({
      type: fc.constant('notStarted'),
      why: fc.constant('w'),
      notBefore: fc.constant(at),
      isStale: fc.boolean(),
      wasReachable: fc.boolean(),
    }),
    fc.constantFrom(at, null).map((auditAt) => ({ type: 'auditedAbsent', auditAt, why: 'w' })),
    fc.constant({ type: 'auditPostponed', auditAt: at }),
  ),
  lifecycle: fc.oneof(
    minorArbitrary.map((refundMinor) => ({ type: 'refund.confirmed', refundMinor })),
    minorArbitrary.map((numberOfDays) => ({ type: 'extension.confirmed', numberOfDays })),
    fc
      .constantFrom(
        'shipping.confirmed',
        'release.requested',
        'release.confirmed',
        'release.refused',
        'authorization.raised',
        'delivery.accepted',
        'order.settled',
      )
      .map((type) => ({ type })),
    fc.boolean().map((isReleased) => ({ type: 'order.reopened', isReleased })),
  ),
}

/** Each chart with its input and with what it may hear; an event that it has no place for among it. */
export const CHARTS: readonly [
  string,
  AnyStateMachine,
  unknown,
  fc.Arbitrary<{ readonly type: string }>,
][] = [
  ['order', orderChart, undefined, CHART_EVENTS.order],
  ['capture', captureChart, { capturedMinor: 6000 }, CHART_EVENTS.capture],
  ['command', commandChart, undefined, CHART_EVENTS.command],
  ['standard', orderLifecycle, { capturedMinor: 6000 }, CHART_EVENTS.lifecycle],
]
