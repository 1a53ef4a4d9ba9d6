import { isAdapterError, TransientError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Time that each check has, ms: a dead cluster holds nobody up. */
export const CHECK_DEADLINE_MS = 10_000;

/** One look at one thing. */
export interface Check {
  /** Names it in its findings: `rights`. */
  readonly name: string;
  /** @default CHECK_DEADLINE_MS */
  readonly deadlineMs?: number;
  /** The signal aborts at the deadline. @throws what adapters throw: it becomes a finding */
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/** Runs all checks at once; their findings come in the order of the checks. */
export async function runChecks(checks: readonly Check[], clock: Clock): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => runCheck(check, clock)))).flat();
}

/** Runs one check within its deadline. */
export async function runCheck(check: Check, clock: Clock): Promise<readonly Finding[]> {
  const deadlineMs = check.deadlineMs ?? CHECK_DEADLINE_MS;
  const limit = new AbortController();
  const finished = new AbortController();
  const late = clock.sleep(deadlineMs, finished.signal).then((): readonly Finding[] => {
    limit.abort();
    return [tooLate(check.name, deadlineMs)];
  });
  try {
    const looking = check.look(limit.signal).catch((error: unknown) => [failed(check.name, error)]);
    return await Promise.race([looking, late]);
  } finally {
    finished.abort();
  }
}

function tooLate(check: string, deadlineMs: number): Finding {
  const message = `no answer within ${deadlineMs / 1000} seconds`;
  return findingsOf(check).error('TooLate', message, 'see whether it is overloaded or cut off, and look again');
}

/** What a refused or failed call says of a check. A bug stays a bug. */
function failed(check: string, error: unknown): Finding {
  if (!isAdapterError(error)) throw error;
  const { message } = error;
  return error instanceof TransientError
    ? findingsOf(check).error(
        'Unreachable',
        message,
        'see whether it runs and can be reached from here, and look again',
      )
    : findingsOf(check).error('Refused', message, 'mend what the message names, and look again');
}
