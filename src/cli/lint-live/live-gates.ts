import type { PreparedMetric } from '../../analysis/assess/prepare.ts';
import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { MeasuredSlo } from '../../domain/plan.ts';
import type { Place } from './live-finding.ts';

/** A gate, and the source that it is asked of. */
interface LiveGate {
  /** For messages. */
  readonly subject: string;
  readonly place: Place;
  readonly source: MetricSourceSpec;
}

/** An SLO as one tier has it, for the tenants of one source. */
export interface LiveSlo extends LiveGate {
  readonly kind: 'slo';
  readonly measured: MeasuredSlo;
  readonly rows: readonly { readonly tenant: string; readonly cluster: string; readonly tenantId: string }[];
  /** Shortest and longest window of the wave plans, ms. */
  readonly windowMs: { readonly least: number; readonly most: number };
}

/** A metric of an AnalysisTemplate, for the targets of one source. */
export interface LiveMetric extends LiveGate {
  readonly kind: 'metric';
  readonly metric: PreparedMetric;
  /** With its arguments in it. */
  readonly query: string;
  readonly targets: readonly MetricTarget[];
  /** Arguments that hold the pod hash of the new revision. */
  readonly latestArgs: readonly string[];
  /** Those that hold the old one's. */
  readonly stableArgs: readonly string[];
}

/** Whom a metric is asked for. */
export interface MetricTarget {
  readonly id: string;
  /** Fills the source's matchers; `null` for a template that no fleet uses. */
  readonly cluster: string | null;
  readonly args: Readonly<Record<string, string>>;
}
