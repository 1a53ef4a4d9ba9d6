import { badArgument } from '../failure.ts';

/** Fewer digits could be a typing error that fits by chance. */
const LEAST_DIGITS = 8;

/** Whether a hash, or its beginning, is that of the plan. @throws InvalidInput when it is no beginning of a hash */
export function isPrefixOfHash(given: string, hash: string): boolean {
  if (!/^[0-9a-f]+$/.test(given) || given.length < LEAST_DIGITS || given.length > 64)
    throw badArgument(`--expect-plan: expected ${LEAST_DIGITS} to 64 hex digits of a plan's hash, got "${given}"`);
  return hash.startsWith(given);
}
