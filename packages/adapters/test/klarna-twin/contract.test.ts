import { describe, expect, it } from 'vitest'
import { seal } from '../../src/klarna-twin/answer-call.ts'
import { loadContract } from '../../src/klarna-twin/contract.ts'
import { OPERATION_IDS, ROUTES, type Route, targetOf } from '../../src/klarna-twin/routes.ts'
import { createTwinState } from '../../src/klarna-twin/twin-state.ts'
import { START_MS } from './a-twin.ts'

const contract = loadContract()
const routeOf = (operation: Route['operation']): Route => {
  const route = ROUTES.find((each) => each.operation === operation)
  if (route === undefined) throw new Error(`no route for ${operation}`)
  return route
}

describe('every route', () => {
  it.each(ROUTES.map((route) => [`${route.method} ${route.template}`, route] as const))(
    'is in the contract: %s',
    (_, route) => {
      const wrong = contract.problemsOfAnswer(route, {
        status: 404,
        headers: {},
        body: { error_code: 5 },
      })

      expect(contract.problemsOfAnswer(route, { status: 418, headers: {} })).toEqual([
        'status 418 is not in the contract',
      ])
      expect(wrong).toContain('`error_code` must be string')
      expect(contract.problemsOfAnswer(route, { status: 404, headers: {} })).toEqual([])
      if (route.takesBody) expect(contract.problemsOfBody(route, {})).not.toEqual([])
    },
  )

  it('is found by its path', () => {
    for (const route of ROUTES) {
      const path = route.template
        .replace('{order_id}', 'o%2F1')
        .replace(/\{(capture|refund)_id\}/, 'p')
      expect(targetOf(route.method, path)).toMatchObject({ route, orderId: 'o/1' })
    }
  })

  it('is one of twelve operations', () => {
    expect(OPERATION_IDS).toHaveLength(12)
  })
})

describe('an answer that breaks the contract', () => {
  it.each([
    ['a body that is missing', { status: 200, headers: {} }, ['the body is missing']],
    [
      'a member of another type',
      { status: 200, headers: {}, body: { order_amount: '1' } },
      ['`order_amount` must be integer'],
    ],
  ])('is found for a read: %s', (_, answer, problems) => {
    expect(contract.problemsOfAnswer(routeOf('getOrder'), answer)).toEqual(problems)
  })

  it.each([
    ['a header that is missing', { status: 201, headers: {} }, ['header `Location` is missing']],
    [
      'a body that should be empty',
      { status: 201, headers: { Location: '/x' }, body: {} },
      ['the body should be empty'],
    ],
  ])('is found for a write: %s', (_, answer, problems) => {
    expect(contract.problemsOfAnswer(routeOf('refundOrder'), answer)).toEqual(problems)
  })

  it('is never sent: the twin says so loudly instead', () => {
    const state = createTwinState({ clock: { now: () => START_MS } })
    const parts = { route: routeOf('getOrder'), quotaHeaders: {}, correlationId: 'c-1' }

    const sealed = seal(state, parts, { status: 200, headers: {}, body: { order_amount: 1.5 } })

    expect(sealed.status).toBe(500)
    expect(JSON.parse(sealed.text)).toEqual({
      error_code: 'TWIN_BROKE_CONTRACT',
      error_messages: [
        expect.stringContaining('defect of the twin'),
        '`order_amount` must be integer',
      ],
      correlation_id: 'c-1',
    })
    expect(state.violations).toEqual([
      {
        at: '2026-11-24T08:00:00.000Z',
        operation: 'getOrder',
        status: 200,
        problems: ['`order_amount` must be integer'],
      },
    ])
  })
})
