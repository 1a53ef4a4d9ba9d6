import { isAdapterError, TransientError } from '../../domain/errors.ts';
import type { Notice } from '../../domain/notice.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** How telling one piece of news ended; `interrupted` ends without a word on it. */
export type Telling =
  | { readonly kind: 'told' }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'interrupted' };

/** With what it is tried again. */
export interface TellingWorld {
  readonly clock: Clock;
  /** 0 ≤ x < 1, spreads retries. */
  readonly random: () => number;
  /** Told of each try that failed and is made again, before the wait. */
  readonly onRetry: (error: Error) => Promise<void>;
}

/** Waits between six tries, at most; together, with the tries, less than ten minutes. */
const WAITS_MS = [1_000, 5_000, 25_000, 120_000, 300_000] as const;
/** A receiver that asks for more time gets it until here. */
const DEADLINE_MS = 600_000;

/** Tells one piece of news, again and again while that may help. Never throws what an adapter throws. */
export async function tellWithRetries(
  notifier: Notifier,
  notice: Notice,
  { clock, random, onRetry }: TellingWorld,
  signal: AbortSignal,
): Promise<Telling> {
  const deadlineAt = clock.now() + DEADLINE_MS;
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      await notifier.tell(notice, signal);
      return { kind: 'told' };
    } catch (error) {
      if (signal.aborted) break;
      // a bug in telling must not end a daemon that may be in the middle of a rollback
      if (!(error instanceof Error)) return { kind: 'failed', error: new Error(String(error)) };
      const waitMs = isAdapterError(error) ? nextWaitMs(error, tries, random) : null;
      if (waitMs === null || clock.now() + waitMs > deadlineAt) return { kind: 'failed', error };
      await onRetry(error);
      await clock.sleep(waitMs, signal);
    }
  }
  return { kind: 'interrupted' };
}

/** `null`: not again. */
function nextWaitMs(error: Error, tries: number, random: () => number): number | null {
  const fullMs = WAITS_MS[tries];
  if (!(error instanceof TransientError) || fullMs === undefined) return null;
  const spreadMs = Math.ceil(fullMs * (0.5 + random() / 2));
  return Math.max(spreadMs, error.retryAfterMs ?? 0);
}
