import { ConflictError, TerminalError, TransientError } from '../domain/errors.ts';
import { earliest, type Instant, later } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** A conflict is looked at again at once; many in a row are spread. */
const FIRST_CONFLICT_MS = 20;
/** A refusal is mended by people. */
const REFUSED_MS = 30_000;

/** Spreads retries per key: capped, doubling, jittered. */
export interface Backoff<K> {
  failed(key: K, error: Error): void;
  succeeded(key: K): void;
  /** Keys that must not be tried yet. */
  waiting(): readonly K[];
  /** When the next key may be tried again. */
  nextAt(): Instant | null;
}

/** Makes a back-off; `random` gives 0 ≤ x < 1. */
export function createBackoff<K>(clock: Clock, random: () => number): Backoff<K> {
  const entries = new Map<K, { readonly failures: number; readonly until: Instant }>();
  const isWaiting = (entry: { readonly until: Instant }) => entry.until > clock.now();
  return {
    failed(key, error) {
      const failures = (entries.get(key)?.failures ?? 0) + 1;
      const waitMs = delayMs(error, failures) * (0.5 + random() / 2);
      entries.set(key, { failures, until: later(clock.now(), Math.ceil(waitMs)) });
    },
    succeeded: (key) => void entries.delete(key),
    waiting: () => [...entries].filter(([, entry]) => isWaiting(entry)).map(([key]) => key),
    nextAt: () => earliest(...[...entries.values()].filter(isWaiting).map((entry) => entry.until)),
  };
}

function delayMs(error: Error, failures: number): number {
  if (error instanceof TerminalError) return REFUSED_MS;
  const firstMs = error instanceof ConflictError ? FIRST_CONFLICT_MS : FIRST_RETRY_MS;
  const doubledMs = Math.min(LONGEST_RETRY_MS, firstMs * 2 ** Math.min(failures - 1, 10));
  const askedMs = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(doubledMs, askedMs);
}
