/** What may be said of an error that somebody else's code has thrown. */

/**
 * The class of an error for logs and records, or `unknown` when its name is none that a class has.
 *
 * Its text, its code and even its name may hold anything: a password in a connection string, a customer.
 */
export const errorName = (error: unknown): string =>
  error instanceof Error && /^[A-Za-z][A-Za-z0-9]{0,59}$/.test(error.name) ? error.name : 'unknown'
