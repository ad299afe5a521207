import { readFileSync } from 'node:fs'
import { KLARNA_DIALECTS, KLARNA_HOSTS, prepareRequest } from '@postdelivery/adapters/klarna'
import {
  type CommandBody,
  KLARNA_LIMITS,
  KLARNA_MAX_MINOR,
  LINE_TYPES,
  OPERATIONS,
  orderLineShape,
  readShape,
  SHIPPING_METHODS,
} from '@postdelivery/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { aCommand, aWireCapture, aWireOrder, CAPTURE_ID } from './builders.ts'

interface Schema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly { readonly const?: string }[]
  readonly allOf?: readonly Schema[]
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly $ref: string }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly headers?: object }>
  >
}

const file = new URL('../../openapi/klarna-order-management.yaml', import.meta.url)
const contract = parse(readFileSync(file, 'utf8')) as {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Readonly<
      Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
    >
  }
}
const { schemas, responses } = contract.components
const limitOf = (schema: string, field: string): Schema =>
  schemas[schema]?.properties?.[field] ?? {}

const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method, operation, id: operation.operationId })),
)
const writes = operations.filter(({ method }) => method !== 'get')

describe('the contract', () => {
  it('holds the twelve calls, and the due-date calls in two forms', () => {
    expect(operations.map(({ id }) => id).sort()).toEqual([
      'appendShippingInfo',
      'captureOrder',
      'extendAuthorizationTime',
      'extendDueDate',
      'extendDueDateGuide',
      'getCapture',
      'getCaptures',
      'getOptionsForExtendDueDate',
      'getOptionsForExtendDueDateGuide',
      'getOrder',
      'getRefund',
      'refundOrder',
      'releaseRemainingAuthorization',
      'triggerSendOut',
    ])
  })

  it('holds every operation that core can ask for', () => {
    const ids = writes.map(({ id }) => id)

    expect(OPERATIONS.filter((operation) => !ids.includes(operation))).toEqual([])
  })

  it.each(writes)('takes the key on $id', ({ operation }) => {
    expect(operation.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' })
  })

  it.each(operations)('declares every error of $id', ({ method, operation }) => {
    const reads = ['400', '401', '403', '404', '429', '500', '502', '503', '504']
    const wanted = method === 'get' ? reads : [...reads, '409', '413', '422'].sort()

    expect(Object.keys(operation.responses).filter((status) => status >= '400')).toEqual(wanted)
  })

  it('knows the codes that Klarna documents', () => {
    const codesOf = (name: string) =>
      (
        responses[name]?.content?.['application/json']?.schema.allOf?.[1]?.properties?.[
          'error_code'
        ]?.anyOf ?? []
      )
        .map((each) => each.const)
        .filter((code) => code !== undefined)
    const all = Object.keys(responses).flatMap(codesOf)

    expect([...new Set(all)].sort()).toEqual([
      'BAD_VALUE',
      'CAPTURE_NOT_ALLOWED',
      'CONFLICT',
      'INTERNAL_ERROR',
      'INTERNAL_SERVER_ERROR',
      'INVALID_ADDRESS',
      'INVALID_ORDER_ID',
      'NOT_ALLOWED',
      'NOT_FOUND',
      'NO_SUCH_CAPTURE',
      'NO_SUCH_ORDER',
      'PAYMENT_METHOD_FAILED',
      'REFUND_NOT_ALLOWED',
      'REQUEST_TOO_LARGE',
      'TEMPORARILY_UNAVAILABLE',
      'TIMEOUT',
      'TOO_MANY_REQUESTS',
      'UNAUTHORIZED',
      'UNEXPECTED_ERROR',
      'UNPROCESSABLE_ENTITY',
    ])
  })

  it('names the hosts of the client', () => {
    const hosts = Object.values(KLARNA_HOSTS).flatMap(({ live, playground }) => [live, playground])

    expect(contract.servers.map(({ url }) => url).sort()).toEqual(hosts.sort())
  })

  it('refuses members that it does not list in every request', () => {
    const requests = Object.entries(schemas).filter(([name]) => REQUEST_SCHEMAS.includes(name))

    expect(requests).toHaveLength(REQUEST_SCHEMAS.length)
    for (const [name, schema] of requests)
      expect([name, schema.additionalProperties]).toEqual([name, false])
  })
})

const REQUEST_SCHEMAS = [
  'RefundRequest',
  'CaptureRequest',
  'ShippingInfoRequest',
  'ExtendDueDateRequest',
  'ShippingInfo',
  'OrderLine',
  'ProductIdentifiers',
  'Subscription',
]

describe('core’s limits', () => {
  const cases: [string, unknown, unknown][] = [
    ['amount of a refund', limitOf('RefundRequest', 'refunded_amount').maximum, KLARNA_MAX_MINOR],
    ['amount of a line', limitOf('OrderLine', 'total_amount').maximum, KLARNA_MAX_MINOR],
    ['unit price', limitOf('OrderLine', 'unit_price').maximum, KLARNA_MAX_MINOR],
    ['discount', limitOf('OrderLine', 'total_discount_amount').maximum, KLARNA_MAX_MINOR],
    ['tax', limitOf('OrderLine', 'total_tax_amount').maximum, KLARNA_MAX_MINOR],
    [
      'description',
      limitOf('RefundRequest', 'description').maxLength,
      KLARNA_LIMITS.descriptionMaxLength,
    ],
    [
      'reference',
      limitOf('RefundRequest', 'reference').maxLength,
      KLARNA_LIMITS.referenceMaxLength,
    ],
    [
      'line reference',
      limitOf('OrderLine', 'reference').maxLength,
      KLARNA_LIMITS.referenceMaxLength,
    ],
    ['line name', limitOf('OrderLine', 'name').maxLength, 255],
    ['lines', limitOf('RefundRequest', 'order_lines').maxItems, KLARNA_LIMITS.lineMaxCount],
    [
      'parcels',
      limitOf('ShippingInfoRequest', 'shipping_info').maxItems,
      KLARNA_LIMITS.shippingInfoMaxCount,
    ],
    [
      'carrier',
      limitOf('ShippingInfo', 'shipping_company').maxLength,
      KLARNA_LIMITS.carrierMaxLength,
    ],
    [
      'tracking number',
      limitOf('ShippingInfo', 'tracking_number').maxLength,
      KLARNA_LIMITS.carrierMaxLength,
    ],
    [
      'tracking URI',
      limitOf('ShippingInfo', 'tracking_uri').maxLength,
      KLARNA_LIMITS.trackingUriMaxLength,
    ],
    ['shipping methods', limitOf('ShippingInfo', 'shipping_method').enum, SHIPPING_METHODS],
    ['line types', limitOf('OrderLine', 'type').enum, LINE_TYPES],
  ]

  it.each(cases)('are the contract’s: %s', (_, inContract, inCore) => {
    expect(inContract).toEqual(inCore)
  })
})

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { int32: true, int64: true },
})
ajv.addSchema(contract, 'klarna')
const check = (schema: string, data: unknown): readonly string[] => {
  const validate = ajv.getSchema(`klarna#/components/schemas/${schema}`)
  if (validate === undefined) throw new Error(`the contract has no schema ${schema}`)
  return validate(data) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`)
}

/** Text that core lets through, of any length up to a limit. */
const text = (maxLength: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: maxLength })
    .map((value) => value.replaceAll(/\p{Cc}/gu, '-').slice(0, maxLength))
    .filter((value) => value !== '' && !/\p{Surrogate}/u.test(value))

const lines = fc
  .array(
    fc.record(
      {
        reference: text(255),
        name: text(255),
        type: fc.constantFrom(...LINE_TYPES),
        quantity: fc.integer({ min: 0, max: 1_000_000 }),
        unitPriceMinor: fc.integer({ min: -KLARNA_MAX_MINOR, max: KLARNA_MAX_MINOR }),
        totalMinor: fc.integer({ min: 1, max: 200_000 }),
        totalDiscountMinor: fc.integer({ min: 0, max: KLARNA_MAX_MINOR }),
        taxRateBasisPoints: fc.integer({ min: 0, max: 10_000 }),
        totalTaxMinor: fc.integer({ min: -KLARNA_MAX_MINOR, max: KLARNA_MAX_MINOR }),
      },
      { requiredKeys: ['reference', 'name', 'quantity', 'unitPriceMinor', 'totalMinor'] },
    ),
    { minLength: 1, maxLength: 20 },
  )
  .filter((all) => all.every((line) => readShape(orderLineShape, line).ok))

const bodies: fc.Arbitrary<CommandBody> = fc.oneof(
  fc.record({ lines, description: text(255) }).map((given) => ({
    operation: 'refundOrder' as const,
    captureId: CAPTURE_ID,
    refundMinor: given.lines.reduce((sum, line) => sum + line.totalMinor, 0),
    units: [],
    ...given,
  })),
  fc.integer({ min: 1, max: 365 }).map((numberOfDays) => ({
    operation: 'extendDueDate' as const,
    captureId: CAPTURE_ID,
    numberOfDays,
    feeMinor: 0,
    feeMaxMinor: 0,
  })),
  fc
    .array(
      fc.record(
        {
          shippingCompany: text(100),
          shippingMethod: fc.constantFrom(...SHIPPING_METHODS),
          trackingNumber: text(100),
          trackingUri: text(1024),
          returnShippingCompany: text(100),
          returnTrackingNumber: text(100),
          returnTrackingUri: text(1024),
        },
        { requiredKeys: [] },
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((shippingInfo) => ({
      operation: 'appendShippingInfo' as const,
      captureId: CAPTURE_ID,
      shippingInfo,
    })),
  fc.constant({
    operation: 'triggerSendOut' as const,
    captureId: CAPTURE_ID,
    reason: 'invoice_missing',
  }),
  fc.constant({ operation: 'releaseRemainingAuthorization' as const, remainingMinor: 2000 }),
  fc.constant({ operation: 'extendAuthorizationTime' as const }),
)

const SCHEMA_OF: Readonly<Partial<Record<CommandBody['operation'], string>>> = {
  refundOrder: 'RefundRequest',
  extendDueDate: 'ExtendDueDateRequest',
  appendShippingInfo: 'ShippingInfoRequest',
}

describe('every request that a command becomes', () => {
  it('keeps the contract: path, method and body', () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom(...KLARNA_DIALECTS), (body, dialect) => {
        const request = prepareRequest(aCommand(body), dialect)

        const template = request.path
          .replace(aCommand(body).orderId, '{order_id}')
          .replace(CAPTURE_ID, '{capture_id}')
        const operation = contract.paths[template]?.[request.method.toLowerCase()]
        const suffix = body.operation === 'extendDueDate' && dialect === 'guide' ? 'Guide' : ''
        expect(operation?.operationId).toBe(`${body.operation}${suffix}`)
        const schema = SCHEMA_OF[body.operation]
        expect(request.body === null).toBe(schema === undefined)
        expect(operation?.requestBody === undefined).toBe(schema === undefined)
        if (schema !== undefined) expect(check(schema, JSON.parse(request.body ?? ''))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('is the same bytes each time', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const again = structuredClone(body)

        expect(prepareRequest(aCommand(again), 'reference')).toEqual(
          prepareRequest(aCommand(body), 'reference'),
        )
      }),
    )
  })
})

describe('the schemas', () => {
  const line = { name: 'x', quantity: 1, unit_price: 1, total_amount: 1 }
  const refused: [string, unknown][] = [
    ['RefundRequest', {}],
    ['RefundRequest', { refunded_amount: -1 }],
    ['RefundRequest', { refunded_amount: 200_000_001 }],
    ['RefundRequest', { refunded_amount: 0.5 }],
    ['RefundRequest', { refunded_amount: 1, referense: 'x' }],
    ['RefundRequest', { refunded_amount: 1, description: 'x'.repeat(256) }],
    ['RefundRequest', { refunded_amount: 1, order_lines: Array(1001).fill(line) }],
    ['RefundRequest', { refunded_amount: 1, order_lines: [{ ...line, type: 'x' }] }],
    ['RefundRequest', { refunded_amount: 1, order_lines: [{ ...line, quantity: 0.5 }] }],
    ['CaptureRequest', { captured_amount: '1' }],
    ['CaptureRequest', { captured_amount: 1, shipping_delay: -1 }],
    ['ShippingInfoRequest', { shipping_info: [] }],
    ['ShippingInfoRequest', { shipping_info: Array(501).fill({}) }],
    ['ShippingInfoRequest', { shipping_info: [{ shipping_company: 'x'.repeat(101) }] }],
    ['ExtendDueDateRequest', {}],
    ['ExtendDueDateRequest', { number_of_days: 10.5 }],
  ]

  it.each(refused)('%s refuses what it should (%#)', (schema, data) => {
    expect(check(schema, data)).not.toEqual([])
  })

  const accepted: [string, unknown][] = [
    ['Order', aWireOrder()],
    ['Order', {}],
    ['Order', { status: 'NEW_STATE', initial_payment_method: { type: 'PAY_BY_MOON' }, more: 1 }],
    ['Capture', aWireCapture()],
    ['Refund', { refund_id: 'r', refunded_amount: 1, credit_invoice: false }],
    ['DueDateOptions', { currency: 'SEK', options: [] }],
    ['Error', { error_code: 'ANY', error_messages: [], correlation_id: 'c', service_version: 'v' }],
    ['RefundRequest', { refunded_amount: 0 }],
  ]

  it.each(accepted)('%s accepts what Klarna may say', (schema, data) => {
    expect(check(schema, data)).toEqual([])
  })
})
