/** What a merchant decides once about the engine; code and configuration set it, rules never do. */
import { approvalShape, limitsShape } from './limits.ts'
import { flag, integer, list, record, type Shaped, text } from './shape.ts'
import { unusualRateShape } from './unusual-rate.ts'

const daysList = list(integer({ min: 0, max: 365 }), { max: 20 })

/** Settings of one engine, which serves one Klarna merchant id. */
export const settingsShape = record({
  /** IANA zone in which days are counted. */
  timeZone: text({ max: 100 }),
  limits: limitsShape,
  approval: approvalShape,
  /** Days left at which `deadline.approaching` wakes the rules, per deadline. */
  deadlineDays: record({
    due_date: daysList,
    authorization_expiry: daysList,
    return_window: daysList,
  }),
  /** From when on a rule fires so often that people are told. */
  unusualRate: unusualRateShape,
  /** Everything but the sending. */
  observe: flag,
})
export type Settings = Shaped<typeof settingsShape>

/** Days left at which deadlines wake rules, when the merchant does not say. */
export const DEFAULT_DEADLINE_DAYS: Settings['deadlineDays'] = {
  due_date: [14, 7, 3, 1],
  authorization_expiry: [7, 3, 1],
  return_window: [7, 1],
}
