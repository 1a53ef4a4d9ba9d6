import type { Instant } from '../domain/time.ts';

/** Whether this process may act. */
export type LeadershipState =
  /** `epoch` rises with every takeover; nothing may be started at or after `validUntil`. */
  | { readonly kind: 'leading'; readonly epoch: number; readonly validUntil: Instant }
  /** `holder` is `null` when nobody is known to lead. */
  | { readonly kind: 'following'; readonly holder: string | null };

/** Leadership among the daemons of one hub. */
export interface Leadership {
  /** As of now: a leader whose time is over follows, whatever its loop does. */
  state(): LeadershipState;
  /** Gives the state at first, and whenever kind, epoch or holder changes. */
  run(signal: AbortSignal): AsyncIterable<LeadershipState>;
  /** Stops leading at once and lets the next one in. */
  release(): Promise<void>;
}
