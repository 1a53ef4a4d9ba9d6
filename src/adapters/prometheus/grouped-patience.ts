import { TerminalError, TransientError } from '../../domain/errors.ts';
import { type Instant, instant, later } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TargetAnswer } from '../../ports/grouped-queries.ts';
import type { Sample } from './instant-query.ts';

/** Asks the server one query, as of a time; throws as `instantQuery` does. */
export type AskOnce = (promql: string, at: Instant, signal: AbortSignal) => Promise<readonly Sample[]>;

/** What became of a query. */
export type Asked =
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | Exclude<TargetAnswer, { readonly kind: 'value' }>;

/** As of when to ask, until when to try, and what ends it before. */
export interface Patience {
  readonly at: Instant;
  readonly deadlineAt: Instant;
  readonly signal: AbortSignal;
}

/** Asks again while that may help. A query is written when its turn comes: those of a round together are megabytes. */
export type AskPatiently = (promql: () => string, patience: Patience) => Promise<Asked>;

const ATTEMPTS = 5;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;

/**
 * Asks within a limit of queries under way. What may work later is tried again: capped, doubling, jittered, and not before the server
 * wants it (`Retry-After`), for which all queries wait together. A partial answer is not asked for again: the next round does that.
 *
 * @param random 0 ≤ x < 1
 */
export function createPatience(
  once: AskOnce,
  limit: <T>(work: () => Promise<T>) => Promise<T>,
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
): AskPatiently {
  /** Until when the server wants to be left alone. */
  const quiet: { until: Instant } = { until: instant(0) };
  const waitMs = (error: TransientError, attempt: number): number => {
    const doubledMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (0.5 + random() / 2);
    return Math.ceil(Math.max(doubledMs, error.retryAfterMs ?? 0));
  };
  const untilWelcome = async (signal: AbortSignal) => {
    while (quiet.until > clock.now() && !signal.aborted) await clock.sleep(quiet.until - clock.now(), signal);
  };
  return async (promql, { at, deadlineAt, signal }) => {
    for (let attempt = 0; ; attempt += 1) {
      const asked = await limit(async () => {
        await untilWelcome(signal);
        return signal.aborted ? tooLate : attemptOnce(() => once(promql(), at, signal));
      });
      if (!(asked instanceof TransientError)) return asked;
      if (signal.aborted) return tooLate;
      const pauseMs = waitMs(asked, attempt);
      if (asked.retryAfterMs !== null) quiet.until = later(clock.now(), asked.retryAfterMs);
      const isLast = attempt + 1 >= ATTEMPTS || asked.reason === 'PartialAnswer';
      if (isLast || later(clock.now(), pauseMs) >= deadlineAt) {
        return { kind: 'missing', reason: asked.reason ?? 'Unanswered', message: asked.message };
      }
      await clock.sleep(pauseMs, signal);
    }
  };
}

const tooLate: Asked = {
  kind: 'missing',
  reason: 'DeadlineExceeded',
  message: 'the round ended before the query was answered: ask for less at once or less often',
};

async function attemptOnce(work: () => Promise<readonly Sample[]>): Promise<Asked | TransientError> {
  try {
    return { kind: 'samples', samples: await work() };
  } catch (error) {
    if (error instanceof TransientError) return error;
    if (error instanceof TerminalError) return { kind: 'refused', message: error.message };
    throw error;
  }
}
