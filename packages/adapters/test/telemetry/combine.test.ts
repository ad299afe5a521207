import { combineTelemetry } from '@postdelivery/adapters/embedded'
import { expect, test } from 'vitest'
import { anEvent } from './builders.ts'

test('each hears everything, also when one before it fails', () => {
  const heard: string[] = []
  const telemetry = combineTelemetry(
    { record: ({ name }) => heard.push(`first ${name}`) },
    {
      record: () => {
        throw new Error('the disk is full')
      },
    },
    { record: ({ name }) => heard.push(`last ${name}`) },
  )

  telemetry.record(anEvent('alarm'))

  expect(heard).toEqual(['first alarm', 'last alarm'])
})
