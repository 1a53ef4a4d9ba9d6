import type { Instant } from './time.ts';

/** Which tenants; every part that is given must match. An absent label never matches, `not` included. */
export interface Selector {
  readonly tiers: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly not: Selector | null;
  /** Whatever no earlier wave took; only in the last wave. */
  readonly rest: boolean;
}

/** An integer, or a share of the wave's targets. */
export type CountOrPercent =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** What to do when data did not suffice within the limit. */
export type Insufficient = 'wait' | 'useWave' | 'ask' | 'rollback';

/** How a wave's gates judge. */
export interface AnalysisPolicy {
  readonly scope: 'target' | 'wave';
  /** Requests a verdict needs. */
  readonly minRequests: number;
  readonly onInsufficient: Insufficient;
  /** How long `inconclusive` or `missing` may hold a gate. */
  readonly limitMs: number;
  /** What happens after the limit. */
  readonly then: 'ask' | 'rollback';
  /** How far back one measurement looks. @default 120 000 */
  readonly windowMs: number;
  /** Time between two measurements. @default 30 000 */
  readonly intervalMs: number;
}

export type Weekday = 'Mon' | 'Tue' | 'Wed' | 'Thu' | 'Fri' | 'Sat' | 'Sun';

/** A time of the week in which exposure may widen. */
export interface Window {
  readonly days: readonly Weekday[];
  /** `HH:MM`, local to `timezone`; `to` is exclusive and after `from`. */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}

export type RollbackScope = 'target' | 'wave' | 'release';

/** An ordered group of targets and its gates. */
export interface Wave {
  readonly name: string;
  readonly select: Selector;
  readonly maxConcurrency: CountOrPercent;
  /** Failures beyond it stop the wave. */
  readonly maxFailures: CountOrPercent;
  /** Canary weights, rising, each 1…99; 100 is implied. */
  readonly steps: readonly number[];
  readonly bakeStepMs: number;
  readonly bakeWaveMs: number;
  readonly targetDeadlineMs: number;
  readonly waveDeadlineMs: number;
  readonly analysis: AnalysisPolicy;
  readonly requiredApprovals: number;
  /** Empty: always open. */
  readonly windows: readonly Window[];
  readonly onFailure: RollbackScope;
}

/** The order and the gates of a release. */
export interface WavePlan {
  readonly name: string;
  readonly waves: readonly Wave[];
  readonly rollback: {
    /** Tiers, most valuable (strictest) first. */
    readonly order: readonly string[];
    readonly maxConcurrency: number;
  };
}

/** One workload going to one version. */
export interface ReleaseSpec {
  readonly name: string;
  readonly workload: string;
  readonly wavePlan: string;
  readonly version: { readonly name: string; readonly images: Readonly<Record<string, string>> };
  /** `null`: every tenant of the workload. */
  readonly scope: Selector | null;
}

/** A person lets a wave of exactly this plan start. */
export interface Approval {
  readonly name: string;
  readonly release: string;
  readonly planHash: string;
  readonly wave: string;
  readonly by: string;
}

/** What a freeze covers. */
export type FreezeScope =
  | { readonly kind: 'release'; readonly release: string }
  | { readonly kind: 'tier'; readonly tier: string }
  | { readonly kind: 'labels'; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'tenant'; readonly tenant: string }
  | { readonly kind: 'cluster'; readonly cluster: string }
  | { readonly kind: 'all' };

/** A stop on a scope; nothing widens there while it lasts. Ends when it is deleted or at `until`. */
export interface Freeze {
  readonly name: string;
  readonly scope: FreezeScope;
  readonly from: Instant | null;
  readonly until: Instant | null;
  readonly reason: string;
  readonly by: string;
}

/** A person asks for a rollback. */
export interface RollbackRequest {
  readonly name: string;
  readonly release: string;
  /** `inFlight`: what is moving now; `wave`: the current wave; `release`: everything. */
  readonly scope: 'inFlight' | 'wave' | 'release';
  readonly reason: string;
  readonly by: string;
}
