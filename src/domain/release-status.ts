import type { Instant } from './time.ts';
import type { RollbackScope } from './wave-plan.ts';

/** Where a release stands. The last four are final. */
export type ReleasePhase =
  | 'Pending'
  | 'Running'
  | 'RollingBack'
  | 'Completed'
  | 'RolledBack'
  | 'RollbackIncomplete'
  | 'Refused';

export const FINAL_PHASES: ReadonlySet<ReleasePhase> = new Set(['Completed', 'RolledBack', 'Refused']);

export type WavePhase = 'Waiting' | 'Running' | 'Baking' | 'Passed' | 'Failed';

/** One wave's progress. */
export interface WaveStatus {
  readonly name: string;
  readonly phase: WavePhase;
  readonly startedAt: Instant | null;
  /** When its last target was promoted and healthy. */
  readonly bakingSince: Instant | null;
  readonly passedAt: Instant | null;
  /** Set while a window, a freeze, an approval or a question to a person stops the wave. */
  readonly blockedSince: Instant | null;
  /** Blocked time before `blockedSince`, ms. */
  readonly blockedMs: number;
}

/** What a release waits for: who or what has to act. */
export interface WaitingFor {
  /** PascalCase constant: `ApprovalRequired`, `Frozen`, `WindowClosed`, `DataMissing` … */
  readonly reason: string;
  readonly message: string;
}

/** A decided rollback. */
export interface RollbackDecision {
  readonly scope: RollbackScope | 'inFlight';
  /** Index of the wave it started from. */
  readonly wave: number;
  readonly reason: string;
  readonly message: string;
  /** `null`: Tidegate itself. */
  readonly by: string | null;
  readonly decidedAt: Instant;
}

/** One line of the release's story, with its numbers. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly reason: string;
  readonly message: string;
}

/** Timeline entries kept in the status; older ones are dropped. */
export const TIMELINE_LIMIT = 200;

/** The summary that `kubectl get releases` and every face show. */
export interface ReleaseStatus {
  readonly phase: ReleasePhase;
  readonly planHash: string | null;
  readonly message: string;
  readonly waves: readonly WaveStatus[];
  readonly waitingFor: readonly WaitingFor[];
  readonly rollback: RollbackDecision | null;
  /** Names of the Rollback requests already acted on. */
  readonly handledRequests: readonly string[];
  readonly timeline: readonly TimelineEntry[];
  readonly finishedAt: Instant | null;
}

/** Time a wave's clock shows, ms: it stands while the wave is blocked. */
export function waveClockMs(wave: WaveStatus, now: Instant): number {
  if (wave.startedAt === null) return 0;
  const blockedNowMs = wave.blockedSince === null ? 0 : now - wave.blockedSince;
  return now - wave.startedAt - wave.blockedMs - blockedNowMs;
}
