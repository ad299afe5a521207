/** Fifty rules of a shop, and a version of them in which five are different. */

const REASONS = ['damaged', 'wrong_item', 'too_small', 'too_large', 'changed_mind', 'late']
const PROBLEMS = ['invoice_missing', 'not_received', 'wrong_item', 'damaged', 'late', 'other']
const COUNTRIES = ['SE', 'DE', 'NO', 'FI', 'DK']
const caps = (feeMinor: number) => ({ SEK: feeMinor, NOK: feeMinor, EUR: feeMinor / 10 })

/** The text of a rule set with so many rules; `shift` moves the thresholds of every tenth of them. */
export function madeRules(ruleCount: number, shift: number): string {
  const rules = Array.from({ length: ruleCount }, (_, index) =>
    madeRule(index, index % 10 === 0 ? shift : 0),
  )
  return JSON.stringify({
    name: 'bench',
    version: `${1 + shift}`,
    publishedBy: 'ops@shop.example',
    rules,
  })
}

function madeRule(index: number, shift: number) {
  const country = COUNTRIES[index % COUNTRIES.length]
  const head = { name: `Rule ${index}`, mode: 'live', priority: 1 + (index % 5) }
  const where = { fact: 'order.country', operator: 'equal', value: country }
  const limits = { perOrder: 2, perDay: 100_000 }
  if (index % 5 === 0) {
    return {
      ...head,
      on: ['customer.reported'],
      conditions: {
        all: [
          where,
          { fact: 'event.problem', operator: 'equal', value: PROBLEMS[index % PROBLEMS.length] },
          { fact: 'order.payLater', operator: 'equal', value: true },
          { fact: 'time.daysToDueDate', operator: 'lessThan', value: 25 + shift },
        ],
      },
      event: {
        type: 'extendDueDate',
        params: { choose: 'cheapest', atLeastDays: 10, maxFeeMinor: caps(2_000) },
      },
      limits,
    }
  }
  if (index % 5 === 1) {
    return {
      ...head,
      on: ['customer.reported'],
      conditions: {
        all: [
          where,
          { fact: 'event.problem', operator: 'equal', value: PROBLEMS[index % PROBLEMS.length] },
        ],
      },
      event: { type: 'sendOut' },
      limits,
    }
  }
  return {
    ...head,
    on: [index % 2 === 0 ? 'return.received' : 'return.registered'],
    conditions: {
      all: [
        where,
        {
          fact: 'return.reason',
          operator: 'in',
          value: [REASONS[index % REASONS.length], REASONS[(index + 2) % REASONS.length]],
        },
        {
          fact: 'return.valueMinor',
          operator: 'lessThan',
          value: 20_000 + 1_000 * index + 4_000 * shift,
        },
        { fact: 'time.daysSinceCapture', operator: 'lessThan', value: 20 },
      ],
    },
    event: { type: 'refund', params: { basis: 'returned_items' } },
    limits,
  }
}
