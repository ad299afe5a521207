/** The real client against a twin of Klarna. */
import { createKlarnaClient, createKlarnaGateway } from '@postdelivery/adapters/klarna'
import type { PaymentGateway } from '@postdelivery/core'

/** Where a twin is, and how to be let in. */
export interface TwinAddress {
  readonly url: string
  readonly username: string
  readonly password: string
}

/** The address is read anew for each call, so that a test can change its password. */
export const twinGateway = (
  address: TwinAddress,
  options: { readonly timeoutMs?: number } = {},
): PaymentGateway =>
  createKlarnaGateway(
    createKlarnaClient({
      ...options,
      baseUrl: address.url,
      credentials: () => ({ username: address.username, password: address.password }),
    }),
  )
