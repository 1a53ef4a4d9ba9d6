import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { ApiServer, ApiServerIdentity } from '../../ports/api-server.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Finding, type Findings, findingsOf } from './finding.ts';

const { ok, warning, error } = findingsOf('api server');

/** A daemon does some requests in a row for each target; slower ones are felt. */
const SLOW_MS = 500;
const REQUESTS = 3;
/** Strict validation of what is applied came with it. */
const OLDEST_MINOR = 27;
const SKEW_WARNING_MS = 3_000;
const SKEW_ERROR_MS = 30_000;

/** Whether the API server answers, how fast, which version it is, and how far its clock is from ours. */
export async function checkApiServer(server: ApiServer, clock: Clock): Promise<readonly Finding[]> {
  const times: number[] = [];
  let identity: ApiServerIdentity;
  let askedAt: Instant;
  try {
    do {
      askedAt = clock.now();
      identity = await server.identify();
      times.push(clock.now() - askedAt);
    } while (times.length < REQUESTS);
  } catch (cause) {
    if (cause instanceof TransientError)
      return [error('ClusterUnreachable', cause.message, 'see whether it runs and can be reached from here')];
    if (cause instanceof TerminalError)
      return [
        error('ClusterRefuses', cause.message, 'mend the access of its Cluster object, or renew its credentials'),
      ];
    throw cause;
  }
  return [speed(identity, Math.min(...times)), ...age(identity), ...skew(identity, askedAt, clock.now())];
}

function speed({ version }: ApiServerIdentity, fastestMs: number): Finding {
  const message = `${version} answers in ${fastestMs} ms`;
  if (fastestMs < SLOW_MS) return ok('ApiServerAnswers', message);
  return warning('ApiServerSlow', message, 'run the daemon nearer to it, or expect a slow rollback');
}

function age({ version }: ApiServerIdentity): readonly Finding[] {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (Number.isNaN(minor) || minor >= OLDEST_MINOR) return [];
  const message = `${version} is older than 1.${OLDEST_MINOR}: it does not check what is applied to the field`;
  return [warning('ApiServerOld', message, `upgrade it to 1.${OLDEST_MINOR} or newer`)];
}

/** The server's clock has whole seconds: what lies between sending, answer and the next second is no skew. */
function skew({ clockAt }: ApiServerIdentity, sentAt: Instant, answeredAt: Instant): readonly Finding[] {
  if (clockAt === null) return [];
  return skewFindings(skewBetween(clockAt, clockAt + 1_000, sentAt, answeredAt), findingsOf('clock'));
}

/** How far a clock that read between two values is outside of our own time around it; positive: it is ahead. */
export function skewBetween(leastAt: number, mostAt: number, sentAt: Instant, answeredAt: Instant): number {
  if (leastAt > answeredAt) return leastAt - answeredAt;
  return mostAt < sentAt ? mostAt - sentAt : 0;
}

/** Findings of a skew, ms; a small one is none. */
export function skewFindings(skewMs: number, told: Findings): readonly Finding[] {
  const distanceMs = Math.abs(skewMs);
  if (distanceMs < SKEW_WARNING_MS) return [];
  const message = `its clock is ${Math.round(distanceMs / 1000)} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} ours: ages, pauses and samples are dated wrong`;
  const level = distanceMs < SKEW_ERROR_MS ? 'warning' : 'error';
  return [told[level]('ClockSkew', message, 'set both clocks by the same time servers (NTP)')];
}
