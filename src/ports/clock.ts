import type { Instant } from '../domain/time.ts';

/** The only timer below composition. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
