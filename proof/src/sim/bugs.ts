/**
 * Bugs that can be planted, to show that the invariants see: each is one place of the product that reads otherwise.
 *
 * The texts are the product's own; a test holds that each still stands where it says.
 */

export interface Bug {
  readonly name: string
  /** What is wrong with it, for people. */
  readonly says: string
  readonly changes: readonly BugChange[]
}

export interface BugChange {
  /** Below `packages/`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

const PERFORM = 'core/src/engine/perform-attempt.ts'
const HOLDS = 'core/src/engine/holds.ts'
const CLASSIFY = 'core/src/engine/classify.ts'
const RETRY = 'core/src/engine/retry.ts'
const LOOK = 'core/src/engine/look-before.ts'
const CHART = 'core/src/lifecycle/command-chart.ts'
const SETTLE = 'core/src/lifecycle/settle-decision.ts'
const EXPAND = 'core/src/expand-action.ts'
const ALLOCATE = 'core/src/allocate-refund.ts'
const RESERVE = 'core/src/lifecycle/reserve.ts'
const COMMAND = 'core/src/lifecycle/apply-command-event.ts'
const CHANGE = 'core/src/engine/change.ts'
const ADVANCE = 'core/src/engine/advance-order.ts'
const STORE = 'adapters/src/sqlite/store.ts'

const bug = (
  name: string,
  says: string,
  ...changes: (readonly [string, string, string])[]
): Bug => ({
  name,
  says,
  changes: changes.map(([file, find, replace]) => ({ file, find, replace })),
})

export const BUGS: readonly Bug[] = [
  bug('key_per_attempt', 'each attempt has a key of its own', [
    PERFORM,
    'ports.gateway.perform(request, request.idempotencyKey)',
    'ports.gateway.perform(request, request.idempotencyKey.slice(0, -2) + String(attempt % 100).padStart(2, "0"))',
  ]),
  bug('key_per_order', 'all commands of an order share one key', [
    SETTLE,
    'idempotencyKey: scribe.keyOf(commandId)',
    'idempotencyKey: scribe.keyOf(order.orderId.slice(0, 36))',
  ]),
  bug('id_without_event', 'a command id does not depend on its event', [
    'core/src/ids.ts',
    '      parts.eventId,\n',
    '',
  ]),
  bug(
    'other_bytes_under_a_key',
    'a repeat carries another body than the first attempt, and nobody compares',
    [
      PERFORM,
      'const answered = await ports.gateway.perform(request, request.idempotencyKey)',
      'const answered = await ports.gateway.perform(attempt === 1 || request.body === null ? request : { ...request, body: request.body.replace("{", "{ ") }, request.idempotencyKey)',
    ],
    [
      'adapters/src/klarna/gateway.ts',
      "assert(hash === requestHash({ method, path, body }), 'a stored request matches its hash')",
      'void hash',
    ],
  ),
  bug('attempt_recorded_after_the_call', 'the call goes out first and is recorded afterwards', [
    PERFORM,
    `  const started = await start(ports, loaded, command, attempt)
  if (started === 'conflict') return 'conflict'

  const request = await ports.store.request(command.command.id, generation)`,
    `  const early = await ports.store.request(command.command.id, generation)
  const sent = early === undefined ? undefined : await ports.gateway.perform(early, early.idempotencyKey)
  const started = await start(ports, loaded, command, attempt)
  if (started === 'conflict') return 'conflict'
  if (sent !== undefined)
    return answerForSure(ports, started, command, { outcome: classify(sent), attempt, correlationId: null })

  const request = await ports.store.request(command.command.id, generation)`,
  ]),
  bug('no_stop_of_the_same_key', 'a key is used for as long as it takes', [
    RETRY,
    'SAME_KEY_STOP_MS = 20 * 3_600_000',
    'SAME_KEY_STOP_MS = 2000 * 3_600_000',
  ]),
  bug('absence_is_proof', 'what cannot be found did not happen', [
    CHART,
    "{ target: 'stuck', actions: ['noteAbsent', stuck] }",
    "{ target: 'refused', actions: ['noteAbsent', 'free'] }",
  ]),
  bug('bare_403_refuses', 'a 403 without an error object is a refusal', [
    CLASSIFY,
    "if (!answer.hasErrorObject || errorCode === null) return { type: 'unknown', reason }",
    "if (!answer.hasErrorObject || errorCode === null) return { type: 'refused', code: reason }",
  ]),
  bug('refusal_after_doubt_counts', 'a no after an attempt in doubt is final', [
    CHART,
    "{ guard: 'hasDoubt', target: '#auditing', actions: ['noteDoubtfulRefusal'] },",
    '',
  ]),
  bug('quota_refuses', 'a full quota is a refusal', [
    CLASSIFY,
    '  if (status === 429)\n    return {',
    "  if (status === 429) return { type: 'refused', code: reason }\n  if (status === 428)\n    return {",
  ]),
  bug('error_500_is_done', 'a server error counts as success', [
    CLASSIFY,
    'if (status < 400 || status >= 500 || status === 408 || status === 409)',
    "if (status === 500) return { type: 'done', resultId: null, evidence: 'answer' }\n  if (status < 400 || status >= 500 || status === 408 || status === 409)",
  ]),
  bug('error_500_refuses', 'a server error counts as a refusal', [
    CLASSIFY,
    'if (status < 400 || status >= 500 || status === 408 || status === 409)',
    "if (status === 500) return { type: 'refused', code: reason }\n  if (status < 400 || status >= 500 || status === 408 || status === 409)",
  ]),
  bug('conflict_is_done', 'a 409 means that it was done before', [
    CLASSIFY,
    'if (status < 400 || status >= 500 || status === 408 || status === 409)',
    "if (status === 409) return { type: 'done', resultId: null, evidence: 'answer' }\n  if (status < 400 || status >= 500 || status === 408 || status === 409)",
  ]),
  bug('redirect_is_done', 'a redirect counts as success', [
    CLASSIFY,
    'if (status >= 200 && status < 300)',
    'if (status >= 200 && status < 400)',
  ]),
  bug('page_is_done', "a proxy's page under 200 counts as Klarna's answer", [
    'adapters/src/klarna/answers.ts',
    'return isForeignPage(exchange) ? unreadable : httpAnswerOf(exchange)',
    'return httpAnswerOf(exchange)',
  ]),
  bug('silence_is_refusal', 'no answer counts as a refusal', [
    CLASSIFY,
    "? { type: 'unknown', reason: answer.reason }",
    "? { type: 'refused', code: answer.reason }",
  ]),
  bug('crash_is_success', 'an attempt that a crash cut off counts as done', [
    ADVANCE,
    "const outcome = { type: 'unknown', reason: 'process_died' } as const",
    "const outcome = { type: 'done', resultId: null, evidence: 'answer' } as const",
  ]),
  bug('crash_is_refusal', 'an attempt that a crash cut off counts as refused', [
    ADVANCE,
    "const outcome = { type: 'unknown', reason: 'process_died' } as const",
    "const outcome = { type: 'refused', code: 'process_died' } as const",
  ]),
  bug('no_recovery', 'nobody looks for attempts that a crash cut off', [
    'adapters/src/sqlite/queries.ts',
    'WHERE is_sending = 1',
    'WHERE is_sending = 2',
  ]),
  bug('limits_not_enforced', 'claims are written and never refused', [
    'adapters/src/sqlite/claim-rows.ts',
    'AND total + ? <= ?',
    'AND total + ? <= ? + 1000000000',
  ]),
  bug('claims_never_freed', 'what came to nothing keeps its claims', [
    CHANGE,
    "freedCommandIds: ofType(effects, 'free').map((effect) => effect.commandId)",
    'freedCommandIds: []',
  ]),
  bug('no_look_before_paying', "nobody looks at Klarna's books before a refund", [
    LOOK,
    "if (body.operation !== 'refundOrder' && body.operation !== 'releaseRemainingAuthorization') {",
    "if (body.operation !== 'releaseRemainingAuthorization') {",
  ]),
  bug('look_before_the_first_attempt_alone', 'repeats are sent without a look', [
    LOOK,
    'const { body } = command.command\n  if (body.operation',
    'const { body } = command.command\n  if (command.chart.context.attemptCount > 0) return go\n  if (body.operation',
  ]),
  bug('foreign_refunds_do_not_matter', 'books that differ stop nothing', [
    LOOK,
    "if (books.type === 'differ') {",
    "if (books.type === 'differ') return go\n  if (books.type === 'differ' as never) {",
  ]),
  bug('capture_is_not_looked_at', 'a refund goes out though its capture has less left', [
    LOOK,
    'return body.refundMinor <= leftMinor',
    'return body.refundMinor <= leftMinor + 100_000_000',
  ]),
  bug('offer_is_read_once', 'the offer is not read again before the call', [
    LOOK,
    "if (body.operation === 'extendDueDate') return lookAtOffer(gateway, command, body)",
    "if (body.operation === 'extendDueDate') return go",
  ]),
  bug('cap_is_not_compared', 'the longest offer is taken whatever it costs', [
    EXPAND,
    'option.feeMinor <= feeMaxMinor &&',
    'option.feeMinor <= feeMaxMinor + 100_000_000 &&',
  ]),
  bug('currency_is_ignored', 'the first cap counts, whatever its currency', [
    EXPAND,
    'const feeMaxMinor = params.maxFeeMinor[order.currency]',
    "const feeMaxMinor = params.maxFeeMinor['SEK']",
  ]),
  bug('returned_units_are_not_counted', 'a return that is reported twice is paid twice', [
    ALLOCATE,
    'const quantity = reportedQuantity - quantityOf(ofReturn)',
    'const quantity = reportedQuantity - 0 * quantityOf(ofReturn)',
  ]),
  bug(
    'reserved_money_is_free',
    'a refund that is under way reserves nothing',
    [
      'core/src/books.ts',
      'refundableMinor: Math.max(0, capturedMinor - refundedMinor - reservedMinor),\n  }\n}\n\n/** Amounts of the whole order',
      'refundableMinor: Math.max(0, capturedMinor - refundedMinor),\n  }\n}\n\n/** Amounts of the whole order',
    ],
    [
      'core/src/books.ts',
      '  const reservedMinor = sum(captures.map((each) => each.reservedMinor))\n',
      '  const reservedMinor = 0 * sum(captures.map((each) => each.reservedMinor))\n',
    ],
  ),
  bug('wrong_capture', 'a refund goes to the first capture, whatever came back', [
    EXPAND,
    "      operation: 'refundOrder',\n      captureId: capture.captureId,",
    "      operation: 'refundOrder',\n      captureId: order.captures[0]?.captureId ?? capture.captureId,",
  ]),
  bug('amounts_are_not_whole', 'a share is not rounded', [
    EXPAND,
    'Math.floor((amountMinor * percent) / 100)',
    '(amountMinor * percent) / 100',
  ]),
  bug('extended_again_and_again', 'nobody asks whether the due date was moved before', [
    EXPAND,
    "if (isClaimed && params.again !== 'yes')",
    "if (isClaimed && params.again === 'never')",
  ]),
  bug('sent_again_and_again', 'nobody asks whether the invoice was sent for that reason', [
    EXPAND,
    'return isSent\n',
    'return isSent && false\n',
  ]),
  bug('parcels_told_twice', 'nobody asks whether a parcel is known', [
    EXPAND,
    'return !known.has(canonicalJson(info)) && !isRepeated',
    'return known.size >= 0 && !isRepeated',
  ]),
  bug('approval_of_other_bytes', 'an approval counts whatever it names', [
    COMMAND,
    'if (event.hash !== command.approvalHash)',
    "if (event.hash === 'never')",
  ]),
  bug('author_approves', 'who asked or wrote the rules may approve', [
    COMMAND,
    'const barred = [command.command.requestedBy, ...approvedBy, ...command.barredApprovers]',
    'const barred = [...approvedBy]',
  ]),
  bug('one_person_twice', 'two spellings of a name are two people', [
    COMMAND,
    'a.trim().toLowerCase() === b.trim().toLowerCase()',
    'a === b',
  ]),
  bug('no_threshold', 'nobody is asked, however much it is', [
    RESERVE,
    "  if (ask.mode === 'approval') return 'rule_asks_for_approval'",
    "  if (ask.mode !== 'draft') return null\n  if (ask.mode === 'approval') return 'rule_asks_for_approval'",
  ]),
  bug('expired_approvals_go', 'what nobody approved in time is sent', [
    CHART,
    "        expire: {\n          target: 'rejected',",
    "        expire: {\n          target: 'requested',",
  ]),
  bug('stop_is_cached', 'the kill switch is read once', [
    HOLDS,
    'const scopes = new Set(stops.map((stop) => stop.scope))',
    'const scopes: Set<string> = ((globalThis as Record<string, unknown>)["scopes"] ??= new Set(stops.map((stop) => stop.scope))) as Set<string>',
  ]),
  bug('stop_is_read_too_early', 'the kill switch is not read again after the look', [
    PERFORM,
    "if (isHeld(command)) return 'conflict'",
    'void isHeld',
  ]),
  bug('stop_by_rule_is_forgotten', 'a stop of one rule stops nothing', [
    HOLDS,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the product's own text.
    '(rule !== null && scopes.has(`rule:${rule}`))',
    'false',
  ]),
  bug('audits_are_forgotten', "nobody reads Klarna's books for what was left in doubt", [
    'core/src/lifecycle/next-step.ts',
    "['requested', 'doubtful', 'auditing'].includes(commandPhase(command))",
    "['requested', 'doubtful'].includes(commandPhase(command))",
  ]),
  bug('events_wait_for_the_next_look', 'what was submitted is not looked at until the store is', [
    'adapters/src/embedded/embedded-engine.ts',
    "if (this.#phase === 'running' && !this.#passes.holds.isWaiting(orderId)) {",
    "if (this.#phase === ('never' as Phase)) {",
  ]),
  bug('no_wait_before_a_repeat', 'what failed is repeated at once', [
    RETRY,
    'REPEAT_WAITS_MS: readonly number[] = [5_000, 300_000, 18_000_000]',
    'REPEAT_WAITS_MS: readonly number[] = [0, 0, 0]',
  ]),
  bug('acknowledged_before_it_is_stored', 'the sender hears "accepted" before the flush', [
    STORE,
    'accept: (event) => write(() => acceptEvent(connection, event)),',
    "accept: async (event) => {\n      const known = readEvent(connection, event.orderId, event.eventId)\n      if (known !== undefined) return write(() => acceptEvent(connection, event))\n      void write(() => acceptEvent(connection, event)).catch(() => {})\n      return { type: 'accepted' }\n    },",
  ]),
  bug(
    'commands_in_a_second_transaction',
    'the decision is written first, its commands afterwards',
    [
      STORE,
      `      write(
        () => writeChange(connection, change),
        (result) => result.type === 'committed',
      ),`,
      `      write(
        () => writeChange(connection, { ...change, commands: [] }),
        (result) => result.type === 'committed',
      ).then(async (result) => {
        if (result.type === 'committed' && change.commands.length > 0)
          await new Promise((resolve) => setImmediate(resolve)).then(() => write(() => change.commands.forEach((command) => storeRequest(connection, command))))
        return result
      }),`,
    ],
    [
      STORE,
      "import { acceptEvent } from './event-rows.ts'",
      "import { storeRequest } from './command-rows.ts'\nimport { acceptEvent } from './event-rows.ts'",
    ],
  ),
  bug('an_id_takes_another_body', 'the same id with another content replaces the first', [
    'adapters/src/sqlite/event-rows.ts',
    'ON CONFLICT (order_id, event_id) DO NOTHING`,\n    ...inboxValues(event),\n  )\n  if (added === 1)',
    'ON CONFLICT (order_id, event_id) DO UPDATE SET body = excluded.body, body_hash = excluded.body_hash`,\n    ...inboxValues(event),\n  )\n  if (added === 1)',
  ]),
  bug('parked_for_ever', 'events that came before their order are forgotten', [
    'core/src/engine/handle-event.ts',
    "unparks: event.type === 'order.captured',",
    'unparks: false,',
  ]),
  bug('stuck_in_silence', 'nobody is told of a stuck command', [
    CHART,
    "const stuck = { type: 'openWork', params: { kind: 'stuck_command' } } as const",
    "const stuck = { type: 'alarm', params: { code: 'answer_repeated' } } as const",
  ]),
  bug('given_up_in_silence', 'nobody is told of an event that was given up', [
    'core/src/engine/handle-event.ts',
    "return writePutOff(ports, stored, loaded, { status: 'dead_lettered', reason, work: [work] })",
    "return writePutOff(ports, stored, loaded, { status: 'dead_lettered', reason, work: work === null ? [work] : [] })",
  ]),
  bug('new_generation_with_the_old_key', 'a person tries as new, and nothing is new', [
    CHANGE,
    "generations: ofType(effects, 'openGeneration')",
    "generations: ofType(effects, 'openGeneration').slice(1)",
  ]),
  bug('booked_twice', 'what is found at Klarna is booked twice', [
    CHART,
    "auditedPresent: { target: 'confirmed', actions: ['book'] }",
    "auditedPresent: { target: 'confirmed', actions: ['book', 'book'] }",
  ]),
  bug('other_days_are_booked', 'an extension is booked with other days than were bought', [
    'core/src/lifecycle/router.ts',
    'numberOfDays: body.numberOfDays,\n        feeMinor',
    'numberOfDays: body.numberOfDays + 1,\n        feeMinor',
  ]),
  bug('personal_data_is_stored', "the customer's address gets into the order", [
    'adapters/src/klarna/mapping.ts',
    "paymentMethod: paymentMethodFrom(wire('initial_payment_method')),",
    "paymentMethod: JSON.stringify(wire('billing_address')),",
  ]),
  bug('password_in_a_trace', 'what is told of an attempt names the credentials', [
    PERFORM,
    'const attributes = { operation: command.body.operation, generation, attempt }',
    "const attributes = { operation: command.body.operation, generation, attempt, sent: 'canary-password-9d1f' }",
  ]),
  // In both readings: in one of them alone it makes them differ, and what they differ on acts on nothing.
  bug(
    'unknown_acts',
    'a negation of what is unknown is true',
    [
      'rules/src/operators.ts',
      "if (!isKnownValue(seen, definition)) return 'unknown'",
      "if (!isKnownValue(seen, definition)) return seen === undefined ? 'true' : 'unknown'",
    ],
    [
      'rules/src/compile/compile-conditions.ts',
      "wanted, verdict: 'unknown' })",
      "wanted, verdict: 'true' })",
    ],
  ),
]
