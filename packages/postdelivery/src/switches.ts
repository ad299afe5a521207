/** The kill switch's scopes, and which work a person may simply close. */
import { ACTION_TYPES, readShape, record, text, type WorkKind } from '@postdelivery/core'
import { PostDeliveryFailure } from './failures.ts'

/** Sees that a scope names something that can be stopped; a misspelt one would stop nothing. */
export function checkScope(scope: unknown): void {
  if (scope === 'everything') return
  if (typeof scope === 'string') {
    const [kind, name] = [scope.slice(0, scope.indexOf(':')), scope.slice(scope.indexOf(':') + 1)]
    if (kind === 'action' && STOPPABLE.some((type) => type === name)) return
    if (kind === 'rule' && /^[^/]+\/[^/].*$/su.test(name) && name.length <= 400) return
  }
  const actions = STOPPABLE.map((type) => `\`action:${type}\``).join(', ')
  const message = `what is stopped is \`everything\`, ${actions} or \`rule:{set}/{rule}\``
  throw new PostDeliveryFailure('input_invalid', message, {
    problems: [{ code: 'not_listed', path: '/scope', message }],
  })
}

const STOPPABLE = ACTION_TYPES.filter((type) => type !== 'review' && type !== 'notify')

const byShape = record({ by: text({ max: 200 }) })

/** Reads who does something. */
export function readBy(data: unknown): { readonly by: string } {
  const read = readShape(byShape, data)
  if (read.ok) return read.value
  throw new PostDeliveryFailure('input_invalid', 'say who does it, as `by`', {
    problems: read.error,
  })
}

/** Work that ends when its cause does, by another method or by itself; closing it would hide the cause. */
const SELF_CLOSING: readonly WorkKind[] = [
  'stuck_command',
  'awaiting_approval',
  'paused_command',
  'books_differ',
  'order_stopped',
  'event_parked',
  'event_waiting',
  'approval_expiring',
  'repeat_expiring',
  'authorization_expiring',
  'due_date_near',
]

export const isSelfClosing = (kind: WorkKind): boolean => SELF_CLOSING.includes(kind)
