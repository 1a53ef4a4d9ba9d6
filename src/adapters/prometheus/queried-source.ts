import type { MetricSourceSpec } from '../../domain/fleet.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GroupedQueries } from '../../ports/grouped-queries.ts';
import type { MetricSource } from '../../ports/metric-source.ts';
import { createGroupedEvaluator } from './grouped-evaluator.ts';
import { openAccess, type PrometheusAccess } from './prometheus-access.ts';
import { connectPrometheus, createPrometheusSource } from './prometheus-source.ts';
import { createTemplateQueries } from './template-queries.ts';

/** What a source needs beside its server. */
export interface QueriedSourceParts {
  readonly clock: Clock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

/** A MetricSource that answers queries of templates too; those have connections of their own, so that SLOs never wait for them. */
export function createQueriedSource(
  spec: MetricSourceSpec,
  { clock, random }: QueriedSourceParts,
  access: PrometheusAccess = openAccess,
): MetricSource & GroupedQueries {
  const now = () => clock.now();
  const evaluator = createGroupedEvaluator(connectPrometheus(spec, access, { now }), { clock, random });
  return { ...createPrometheusSource(spec, access, { now }), ...createTemplateQueries(spec, evaluator) };
}
