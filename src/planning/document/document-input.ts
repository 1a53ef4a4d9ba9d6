import type { Plan, PlanFinding, TargetId } from '../../domain/plan.ts';
import type { Evidence } from '../evidence.ts';
import type { Forecast } from '../forecast.ts';

/** What a plan document is made from. */
export interface PlanDocument {
  readonly plan: Plan;
  readonly forecast: Forecast;
  /** Version that each target runs now; `null` when the clusters were not asked. */
  readonly running: ReadonlyMap<TargetId, string> | null;
  /** What a look at the clusters found; `null` when nobody looked. */
  readonly preflight: readonly PlanFinding[] | null;
  /** What happened; `null` before the run. */
  readonly evidence: Evidence | null;
}

/** Renders one section; `shown` bounds its lists. */
export type Section = (document: PlanDocument, shown: number) => string;
