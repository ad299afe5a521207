/** The class of an error for logs and records: its text may hold anything. */
export const errorName = (error: unknown): string =>
  error instanceof Error && /^[A-Za-z][A-Za-z0-9]{0,59}$/.test(error.name) ? error.name : 'unknown'
