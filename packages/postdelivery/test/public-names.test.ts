/** What people import. A name that goes away breaks somebody's program, so each change shows here. */
import * as main from 'postdelivery'
import * as klarna from 'postdelivery/klarna'
import * as opentelemetry from 'postdelivery/opentelemetry'
import * as pino from 'postdelivery/pino'
import * as sqlite from 'postdelivery/sqlite'
import * as testing from 'postdelivery/testing'
import { expect, test } from 'vitest'

test.for([
  [
    'postdelivery',
    main,
    [
      'BREAKS',
      'ConfigError',
      'EngineFailure',
      'EventError',
      'POST_DELIVERY_FAILURES',
      'PostDeliveryFailure',
      'REFUSALS',
      'SIGNATURE_HEADER',
      'WORK_KINDS',
      'combineTelemetry',
      'createPostDelivery',
      'defineFact',
      'definePostDeliveryConfig',
      'describeRefusal',
      'formatMinor',
      'isConfigError',
      'isEngineFailure',
      'isEventError',
      'isPostDeliveryFailure',
      'loadConfig',
      'renderTimeline',
      'rulesFrom',
      'rulesFromText',
      'signEvent',
    ],
  ],
  [
    'postdelivery/klarna',
    klarna,
    [
      'KLARNA_FAILURES',
      'KLARNA_HOSTS',
      'KLARNA_REGIONS',
      'KlarnaError',
      'KlarnaOptionsError',
      'Secret',
      'appendShippingInfo',
      'captureOrder',
      'createKlarnaClient',
      'extendAuthorizationTime',
      'extendDueDate',
      'getCapture',
      'getCaptures',
      'getOptionsForExtendDueDate',
      'getOrder',
      'getRefund',
      'isKlarnaError',
      'refundOrder',
      'releaseRemainingAuthorization',
      'triggerSendOut',
      'viewCapture',
    ],
  ],
  [
    'postdelivery/sqlite',
    sqlite,
    [
      'STORE_FAILURES',
      'StoreFailure',
      'isStoreFailure',
      'openSqliteInbox',
      'openSqliteReader',
      'sqlite',
    ],
  ],
  [
    'postdelivery/testing',
    testing,
    [
      'DEFAULT_SETTINGS',
      'SIGNATURE_HEADER',
      'createLocalTwin',
      'fixedClock',
      'guideOrder',
      'pastOrdersToNdjson',
      'sampleOrderId',
      'sampleOrders',
      'samplePastOrders',
      'signEvent',
      'startTwin',
    ],
  ],
  ['postdelivery/pino', pino, ['pinoTelemetry']],
  ['postdelivery/opentelemetry', opentelemetry, ['openTelemetry']],
] as const)('`%s` exports what it promises', ([, entry, names]) => {
  expect(Object.keys(entry).toSorted()).toEqual(names)
})
