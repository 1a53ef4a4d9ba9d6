import { InvalidInput } from '../../domain/errors.ts';

/** An access that is wrong as it is given: names the source, the place in it, and the way out. */
export function refuse(description: string, path: string, message: string): InvalidInput {
  return new InvalidInput([{ file: null, line: null, column: null, path, message: `${description}: ${message}` }]);
}
