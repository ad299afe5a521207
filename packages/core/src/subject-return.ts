/** Which return an event is about, and how far it has come. */
import type { ReturnStage } from './actions.ts'
import { RETURN_STAGES } from './actions.ts'
import { stageOf } from './lifecycle/apply-report.ts'
import type { OrderState, ReturnState } from './order-state.ts'

/** The return that an event is about, with the stage that counts for it. */
export function subjectReturn(
  order: OrderState,
  event: { readonly type: string; readonly returnId?: string | undefined },
): { readonly returned: ReturnState; readonly stage: ReturnStage } | null {
  if (event.returnId === undefined) return null
  const returned = order.returns.find((each) => each.returnId === event.returnId)
  if (returned === undefined) return null
  if (
    event.type === 'return.registered' ||
    event.type === 'return.received' ||
    event.type === 'return.inspected'
  ) {
    return { returned, stage: stageOf(event.type) }
  }
  const stage = RETURN_STAGES.findLast((each) => returned.stages[each] !== undefined)
  return stage === undefined ? null : { returned, stage }
}
