/** One chart for every call to Klarna: from a proposal to a settled outcome, with doubt as a state of its own. */
import { assertEvent, assign, setup } from 'xstate'
import { isPullAllowed } from '../engine/retry.ts'
import type { CommandChartContext } from '../order-state.ts'
import type { IsoInstant } from '../time.ts'
import { type CommandChartEvent, NEW_COMMAND, WITH_WHY } from './command-chart-event.ts'

const machineSetup = setup({
  types: {
    context: {} as CommandChartContext,
    events: {} as CommandChartEvent,
    tags: {} as 'open' | 'sending' | 'doubt' | 'human' | 'settled',
  },
  guards: {
    isLastApproval: ({ context }) => context.approvedBy.length + 1 >= context.approvalsNeeded,
    hasDoubt: ({ context }) => context.unknownCount > 0,
    mayPull: ({ context, event }) => {
      assertEvent(event, 'pullForward')
      return isPullAllowed(context, event.at)
    },
    mayRepeat: ({ event }) => {
      assertEvent(event, 'unknown')
      return event.retryAt !== null
    },
    mayAuditAgain: ({ event }) => {
      assertEvent(event, 'auditedAbsent')
      return event.auditAt !== null
    },
  },
  actions: {
    // Effects: data for the router, never run here.
    book: () => {},
    free: () => {},
    openGeneration: () => {},
    openWork: (
      _,
      _params: {
        readonly kind: 'stuck_command' | 'awaiting_approval' | 'approval_expired' | 'paused_command'
      },
    ) => {},
    closeWork: (
      _,
      _params: { readonly kind: 'stuck_command' | 'awaiting_approval' | 'paused_command' },
    ) => {},
    alarm: (
      _,
      _params: {
        readonly code: 'late_success' | 'late_refusal' | 'answer_repeated' | 'answer_unexpected'
      },
    ) => {},

    noteApprovalNeeded: assign(({ event }) => {
      assertEvent(event, 'awaitApproval')
      const { why, approvalsNeeded, expiresAt } = event
      return { why, approvalsNeeded, approvalExpiresAt: expiresAt }
    }),
    noteApproval: assign(({ context, event }) => {
      assertEvent(event, 'approve')
      return { approvedBy: [...context.approvedBy, event.by] }
    }),
    clearApproval: assign({ approvalExpiresAt: null, why: null }),
    noteStart: assign(({ context, event }) => {
      assertEvent(event, 'start')
      return {
        attemptCount: context.attemptCount + 1,
        firstReachableAt: context.firstReachableAt ?? event.at,
        reachedBefore: context.firstReachableAt !== null,
        // From its regular instant on, a repeat is the regular one.
        regularAt: isBefore(event.at, context.regularAt) ? context.regularAt : null,
        notBefore: null,
        why: null,
      }
    }),
    noteDone: assign(({ event }) => {
      assertEvent(event, 'done')
      return { resultId: event.resultId, why: null, notBefore: null }
    }),
    noteWhy: assign(({ event }) => {
      assertEvent(event, WITH_WHY)
      return { why: event.why, notBefore: null }
    }),
    noteMisconfigured: assign(({ context, event }) => {
      assertEvent(event, 'misconfigured')
      return {
        why: event.why,
        notBefore: null,
        deferCount: 0,
        firstReachableAt: event.wasSent && !context.reachedBefore ? null : context.firstReachableAt,
      }
    }),
    noteExpired: assign({ why: 'approval_expired', approvalExpiresAt: null }),
    noteUnknown: assign(({ context, event }) => {
      assertEvent(event, 'unknown')
      return {
        unknownCount: context.unknownCount + (event.isExtra ? 0 : 1),
        regularAt: event.isExtra ? context.regularAt : null,
        deferCount: 0,
        why: event.why,
        notBefore: event.retryAt ?? event.auditAt,
      }
    }),
    notePulled: assign(({ context, event }) => {
      assertEvent(event, 'pullForward')
      return { regularAt: context.notBefore, notBefore: event.at }
    }),
    // Whatever it waited for, it may now find out what became of it.
    noteKeyEnded: assign({ keyEnded: true, regularAt: null, notBefore: null }),
    noteNotStarted: assign(({ context, event }) => {
      assertEvent(event, 'notStarted')
      return {
        why: event.why,
        notBefore: event.notBefore,
        staleCount: context.staleCount + (event.isStale ? 1 : 0),
        deferCount: context.deferCount + 1,
        // An attempt that surely never left takes back what its start assumed.
        firstReachableAt:
          event.wasReachable || context.reachedBefore ? context.firstReachableAt : null,
      }
    }),
    noteDoubtfulRefusal: assign(({ event }) => {
      assertEvent(event, 'refused')
      return { why: event.why, notBefore: event.auditAt, regularAt: null }
    }),
    notePostponed: assign(({ context, event }) => {
      assertEvent(event, 'auditPostponed')
      return { notBefore: event.auditAt, deferCount: context.deferCount + 1 }
    }),
    noteAbsent: assign(({ context, event }) => {
      assertEvent(event, 'auditedAbsent')
      return { auditCount: context.auditCount + 1, notBefore: event.auditAt, why: event.why }
    }),
    newGeneration: assign(({ context }) => ({
      generation: context.generation + 1,
      attemptCount: 0,
      unknownCount: 0,
      firstReachableAt: null,
      notBefore: null,
      auditCount: 0,
      reachedBefore: false,
      regularAt: null,
      keyEnded: false,
      deferCount: 0,
      staleCount: 0,
      why: null,
    })),
  },
})

const isBefore = (at: IsoInstant, other: IsoInstant | null): boolean => other !== null && at < other

const stuck = { type: 'openWork', params: { kind: 'stuck_command' } } as const
const unstuck = { type: 'closeWork', params: { kind: 'stuck_command' } } as const
const approved = { type: 'closeWork', params: { kind: 'awaiting_approval' } } as const
const resumed = { type: 'closeWork', params: { kind: 'paused_command' } } as const
const alarm = <
  const Code extends 'late_success' | 'late_refusal' | 'answer_repeated' | 'answer_unexpected',
>(
  code: Code,
) => ({ type: 'alarm', params: { code } }) as const

/** Outcomes for a command that nobody sent: a success is booked all the same, everything raises an alarm. */
const unsentAnswers = {
  done: { target: '#confirmed', actions: ['noteDone', 'book', alarm('answer_unexpected')] },
  refused: { actions: [alarm('answer_unexpected')] },
  unknown: { target: '#auditing', actions: ['noteUnknown', alarm('answer_unexpected')] },
  notStarted: { actions: [alarm('answer_unexpected')] },
  misconfigured: { actions: [alarm('answer_unexpected')] },
  needsPerson: { actions: [alarm('answer_unexpected')] },
} as const

/** Outcomes other than a success for a command that waits for a person, or is settled. */
const heardAgain = {
  refused: { actions: [alarm('answer_repeated')] },
  unknown: { actions: [alarm('answer_repeated')] },
  notStarted: { actions: [alarm('answer_repeated')] },
  misconfigured: { actions: [alarm('answer_repeated')] },
  needsPerson: { actions: [alarm('answer_repeated')] },
} as const

/** Outcomes of an attempt, in every state from which it may have been made. */
const answers = {
  done: { target: '#confirmed', actions: ['noteDone', 'book'] },
  refused: [
    // A no after an attempt that may have worked proves nothing: the first one may be why.
    { guard: 'hasDoubt', target: '#auditing', actions: ['noteDoubtfulRefusal'] },
    { target: '#refused', actions: ['noteWhy', 'free'] },
  ],
  unknown: [
    { guard: 'mayRepeat', target: '#doubtful', actions: ['noteUnknown'] },
    { target: '#auditing', actions: ['noteUnknown'] },
  ],
  notStarted: [
    { guard: 'hasDoubt', target: '#doubtful', actions: ['noteNotStarted'] },
    { target: '#requested.ready', actions: ['noteNotStarted'] },
  ],
  misconfigured: {
    target: '#paused',
    actions: ['noteMisconfigured', { type: 'openWork', params: { kind: 'paused_command' } }],
  },
  needsPerson: { target: '#stuck', actions: ['noteWhy', stuck] },
} as const

/** The same outcomes for a command that is paused: what moves it on also ends the merchant's work. */
const lateAnswers = {
  done: { target: '#confirmed', actions: ['noteDone', 'book', resumed] },
  refused: [
    { guard: 'hasDoubt', target: '#auditing', actions: ['noteDoubtfulRefusal', resumed] },
    { target: '#refused', actions: ['noteWhy', 'free', resumed] },
  ],
  unknown: [
    { guard: 'mayRepeat', target: '#doubtful', actions: ['noteUnknown', resumed] },
    { target: '#auditing', actions: ['noteUnknown', resumed] },
  ],
  notStarted: [
    { guard: 'hasDoubt', target: '#doubtful', actions: ['noteNotStarted', resumed] },
    { target: '#requested.ready', actions: ['noteNotStarted', resumed] },
  ],
  misconfigured: answers.misconfigured,
  needsPerson: { target: '#stuck', actions: ['noteWhy', stuck, resumed] },
} as const

export const commandChart = machineSetup.createMachine({
  id: 'command',
  initial: 'proposed',
  context: NEW_COMMAND,
  states: {
    proposed: {
      on: {
        request: 'requested',
        awaitApproval: {
          target: 'awaitingApproval',
          actions: [
            'noteApprovalNeeded',
            { type: 'openWork', params: { kind: 'awaiting_approval' } },
          ],
        },
        reject: { target: 'rejected', actions: ['noteWhy', 'free'] },
        ...unsentAnswers,
      },
    },
    awaitingApproval: {
      tags: ['open', 'human'],
      on: {
        approve: [
          {
            guard: 'isLastApproval',
            target: 'requested',
            actions: ['noteApproval', 'clearApproval', approved],
          },
          { actions: ['noteApproval'] },
        ],
        reject: { target: 'rejected', actions: ['noteWhy', 'free', approved] },
        expire: {
          target: 'rejected',
          actions: [
            'noteExpired',
            'free',
            approved,
            { type: 'openWork', params: { kind: 'approval_expired' } },
          ],
        },
        ...unsentAnswers,
        done: {
          target: 'confirmed',
          actions: ['noteDone', 'book', approved, alarm('answer_unexpected')],
        },
        unknown: {
          target: 'auditing',
          actions: ['noteUnknown', approved, alarm('answer_unexpected')],
        },
      },
    },
    requested: {
      id: 'requested',
      tags: ['open'],
      initial: 'ready',
      on: answers,
      states: {
        ready: {
          on: {
            start: { target: 'sending', actions: ['noteStart'] },
            // A person drops what was not sent yet.
            reject: { target: '#rejected', actions: ['noteWhy', 'free'] },
            endKey: { actions: ['noteKeyEnded'] },
          },
        },
        sending: { tags: ['sending'] },
      },
    },
    doubtful: {
      id: 'doubtful',
      tags: ['open', 'doubt'],
      on: {
        start: { target: 'requested.sending', actions: ['noteStart'] },
        pullForward: { guard: 'mayPull', actions: ['notePulled'] },
        endKey: { actions: ['noteKeyEnded'] },
        ...answers,
      },
    },
    // The merchant's set-up is broken: the claim stands, the merchant mends it and resumes.
    paused: {
      id: 'paused',
      tags: ['open', 'human'],
      on: {
        resume: [
          { guard: 'hasDoubt', target: 'doubtful', actions: [resumed] },
          { target: 'requested', actions: [resumed] },
        ],
        endKey: { actions: ['noteKeyEnded'] },
        // What the merchant id does not know can only be settled by a person.
        resolveHappened: { target: 'confirmed', actions: ['noteWhy', 'book', resumed] },
        resolveDidNotHappen: { target: 'refused', actions: ['noteWhy', 'free', resumed] },
        resolveTryAsNew: {
          target: 'requested',
          actions: ['newGeneration', 'openGeneration', resumed],
        },
        ...lateAnswers,
      },
    },
    // The attempts are over and nobody knows: Klarna's books are read.
    auditing: {
      id: 'auditing',
      tags: ['open', 'doubt'],
      on: {
        auditedPresent: { target: 'confirmed', actions: ['book'] },
        auditedAbsent: [
          { guard: 'mayAuditAgain', actions: ['noteAbsent'] },
          { target: 'stuck', actions: ['noteAbsent', stuck] },
        ],
        auditPostponed: { actions: ['notePostponed'] },
        ...answers,
      },
    },
    // Only a person can find out.
    stuck: {
      id: 'stuck',
      tags: ['open', 'human'],
      on: {
        ...heardAgain,
        resolveHappened: { target: 'confirmed', actions: ['noteWhy', 'book', unstuck] },
        resolveDidNotHappen: { target: 'refused', actions: ['noteWhy', 'free', unstuck] },
        resolveTryAsNew: {
          target: 'requested',
          actions: ['newGeneration', 'openGeneration', unstuck],
        },
        done: { target: 'confirmed', actions: ['noteDone', 'book', unstuck] },
      },
    },
    // Settled states are ordinary states: what contradicts them must still be heard.
    confirmed: {
      id: 'confirmed',
      tags: ['settled'],
      on: {
        ...heardAgain,
        done: { actions: [alarm('answer_repeated')] },
        refused: { actions: [alarm('late_refusal')] },
      },
    },
    refused: {
      id: 'refused',
      tags: ['settled'],
      on: {
        ...heardAgain,
        done: { target: 'confirmed', actions: ['noteDone', 'book', alarm('late_success')] },
      },
    },
    rejected: { id: 'rejected', tags: ['settled'], on: unsentAnswers },
  },
})
