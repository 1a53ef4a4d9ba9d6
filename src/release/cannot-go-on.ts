import type { ReleaseStatus } from '../domain/release-status.ts';
import type { Instant } from '../domain/time.ts';
import { waitingAnew } from './decide.ts';

/** Why a release stands still that nobody can decide anything about. */
const CANNOT_GO_ON = 'CannotGoOn';

/** The status of a release that cannot even be looked at; `null` when it says so already. The next decision takes it back. */
export function cannotGoOn(status: ReleaseStatus, message: string, now: Instant): ReleaseStatus | null {
  if (status.waitingFor.some((wait) => wait.reason === CANNOT_GO_ON && wait.message === message)) return null;
  const others = status.waitingFor.filter(({ reason }) => reason !== CANNOT_GO_ON);
  return waitingAnew(status, [{ reason: CANNOT_GO_ON, message }, ...others], now);
}
