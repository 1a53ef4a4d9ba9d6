import type { Clock } from '../../ports/clock.ts';

/** How fast a controller may talk to its API server. */
export interface RateLimit {
  /** Requests a second in the long run. */
  readonly qps: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

/** A token bucket that lets requests wait, never refuses them. */
export interface TokenBucket {
  /** Takes tokens; answers how many milliseconds they have to be waited for. */
  take(count: number): number;
}

/** A bucket that starts full; without a limit nobody ever waits. */
export function createTokenBucket(limit: RateLimit | null, clock: Clock): TokenBucket {
  if (limit === null) return { take: () => 0 };
  let tokens = limit.burst;
  let filledAt: number = clock.now();
  return {
    take(count) {
      const at = clock.now();
      tokens = Math.min(limit.burst, tokens + ((at - filledAt) * limit.qps) / 1000) - count;
      filledAt = at;
      return tokens >= 0 ? 0 : Math.ceil((-tokens * 1000) / limit.qps);
    },
  };
}
