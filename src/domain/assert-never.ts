/** A bug: an invariant that the program itself must keep does not hold. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Ends a switch over a union; the compiler proves that it is never reached. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected variant ${JSON.stringify(value)}`);
}
