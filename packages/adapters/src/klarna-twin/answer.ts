/** What the twin answers, as data. Knows no HTTP server; the server adds correlation id and quota headers. */

/** An answer before it is sent. */
export interface TwinAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON; absent for an answer without a body. */
  readonly body?: unknown
}

/** A body of an error, to which the server adds `correlation_id`. Source: the contract, schema `Error`. */
export interface ErrorBody {
  readonly error_code: string
  readonly error_messages: readonly string[]
}

/** An answer with a JSON body. */
export const found = (body: unknown): TwinAnswer => ({ status: 200, headers: {}, body })

/** A write that has no result to name: no body. */
export const done = (status = 204): TwinAnswer => ({ status, headers: {} })

/** A write that made something: its id in a header of its own and at the end of `Location`, no body. */
export const created = (
  header: 'Capture-Id' | 'Refund-Id',
  id: string,
  path: string,
): TwinAnswer => ({
  status: 201,
  headers: { [header]: id, Location: path },
})

/** An error with Klarna's error object. */
export const failed = (status: number, code: string, ...messages: string[]): TwinAnswer => ({
  status,
  headers: {},
  body: { error_code: code, error_messages: messages } satisfies ErrorBody,
})

/** Tells whether an answer is an error. */
export const isError = (answer: TwinAnswer): boolean => answer.status >= 400
