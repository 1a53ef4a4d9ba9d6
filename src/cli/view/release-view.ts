import type { Plan } from '../../domain/plan.ts';
import type { ReleaseStatus } from '../../domain/release-status.ts';
import type { TargetRun } from '../../domain/target-run.ts';
import type { Instant } from '../../domain/time.ts';

/** Everything the picture of a release is drawn from. */
export interface ReleaseView {
  readonly release: string;
  readonly workload: string;
  /** Name of the version it goes to. */
  readonly version: string;
  /** `null` until it has been planned. */
  readonly plan: Plan | null;
  /** `null` until the daemon has looked at it. */
  readonly status: ReleaseStatus | null;
  readonly runs: readonly TargetRun[];
  /** People who approved a wave of this very plan, by name of the wave. @default nobody */
  readonly approvedBy?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Image to the version name that a release gave it. */
  readonly versionNames: ReadonlyMap<string, string>;
  readonly now: Instant;
  /** Time until new pods serve, for the forecast until the release has shown it, ms. @default 30 000 */
  readonly podReadyMs?: number;
}

/** How it is drawn. */
export interface ViewOptions {
  /** Characters a line may have. */
  readonly width: number;
  readonly color: boolean;
  /** IANA name of the zone that clock times are told in. */
  readonly zone: string;
  /** Sentences of the story that are shown. @default 6 */
  readonly storyLines?: number;
}
