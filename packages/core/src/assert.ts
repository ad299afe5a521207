/** Our own promises, checked while running: a broken one is a defect, never a refusal. */

/** Thrown when an invariant of the library is broken; the engine stops the order, not the process. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/**
 * Checks an invariant that callers cannot break by their input.
 *
 * Throws: `AssertionError` with `message` when `condition` is false.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Marks a branch that the types say cannot be reached. Throws: `AssertionError` always. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value \`${JSON.stringify(value)}\``)
}
