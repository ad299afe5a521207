/** A capture for a person's eyes: read live, personal fields masked, never stored. */
import type { ObservedCapture, ReadResult } from '@postdelivery/core'
import { failedReadOf, isSuccess } from './answers.ts'
import { exchange, type KlarnaClient } from './client.ts'
import { addressesFromWire, captureFromWire, type WireAddress } from './mapping.ts'
import type { CaptureRef } from './operations.ts'
import { fillPath, type PathTemplate } from './paths.ts'

/** An address of which enough is left to tell whether it is the right one. */
export interface MaskedAddress {
  /** Initials, for example `J. D.`; null when there is no name. */
  readonly name: string | null
  /** First letter and domain, for example `j***@mail.example`. */
  readonly email: string | null
  /** The last two digits. */
  readonly phone: string | null
  /** The first two characters. */
  readonly postalCode: string | null
  readonly city: string | null
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null
}

/** What staff see of a capture. */
export interface CaptureView {
  readonly capture: ObservedCapture
  /** Klarna's reference for talking to the customer. */
  readonly klarnaReference: string | null
  readonly billingAddress: MaskedAddress | null
  readonly shippingAddress: MaskedAddress | null
}

const PATH = '/ordermanagement/v1/orders/{order_id}/captures/{capture_id}' satisfies PathTemplate

/**
 * Reads a capture with masked addresses.
 *
 * Returns: the view, or why it could not be read. Throws: `AssertionError` for ids that no path can carry.
 * Source: Klarna's post-delivery guide, "Retrieve a capture"; the contract, `getCapture`.
 */
export async function viewCapture(
  client: KlarnaClient,
  ref: CaptureRef,
): Promise<ReadResult<CaptureView>> {
  const path = fillPath(PATH, { order_id: ref.orderId, capture_id: ref.captureId })
  const answer = await exchange(client, { method: 'GET', path, body: null, idempotencyKey: null })
  const isRead =
    answer.type === 'answered' && isSuccess(answer.status) && answer.body.kind === 'json'
  const data = isRead ? answer.body.value : undefined
  const capture = captureFromWire(data, null)
  if (capture === null) return { type: 'failed', answer: failedReadOf(answer) }
  const { klarnaReference, billing, shipping } = addressesFromWire(data)
  return {
    type: 'read',
    value: {
      capture,
      klarnaReference,
      billingAddress: billing === null ? null : masked(billing),
      shippingAddress: shipping === null ? null : masked(shipping),
    },
  }
}

function masked(address: WireAddress): MaskedAddress {
  const initials = [address.givenName, address.familyName]
    .filter((name) => name !== null)
    .map((name) => `${first(name, 1)}.`)
  return {
    name: initials.length === 0 ? null : initials.join(' '),
    email: address.email === null ? null : maskedEmail(address.email),
    phone: address.phone === null ? null : `***${address.phone.replaceAll(/\D/g, '').slice(-2)}`,
    postalCode: address.postalCode === null ? null : `${first(address.postalCode, 2)}***`,
    city: address.city,
    country: address.country,
  }
}

const maskedEmail = (email: string): string => {
  const at = email.lastIndexOf('@')
  return at < 1 ? '***' : `${first(email, 1)}***${email.slice(at)}`
}

/** The first characters as people see them, so that no surrogate pair is cut. */
const first = (text: string, count: number): string => [...text].slice(0, count).join('')
