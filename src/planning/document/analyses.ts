import { measuredMetric } from '../../analysis/template/measured-metric.ts';
import type { TemplateMetric } from '../../domain/analysis-template.ts';
import type { Plan } from '../../domain/plan.ts';
import { formatDuration } from '../../domain/time.ts';
import { table } from './table.ts';

/** The team's own templates as gates, each metric a row; `null` where there are none. */
export function analysesText({ analyses = [], waves }: Plan): string | null {
  if (analyses.length === 0) return null;
  const targets = waves.reduce((sum, wave) => sum + wave.targets.length, 0);
  const rows = analyses.flatMap(({ name, template }) =>
    template.metrics.map((metric) => [name, metric.name, passesWhen(metric), measured(metric), forgiven(metric)]),
  );
  return [
    '**Analyses of its team**',
    '',
    table(['Analysis', 'Metric', 'Holds when', 'Measured', 'Fails after'], rows),
    '',
    `- at each step, and once promoted, each of the ${targets} targets is judged by itself, and one that fails counts like a failed SLO`,
    '- they mean what Argo Rollouts means by them; but errors and empty answers hold, they neither pass nor fail',
    '- asked at the metric source of each cluster, with its matchers added, not at the address in the template',
  ].join('\n');
}

/** Their queries for the appendix, with the arguments in them. */
export function analysisQueries({ analyses = [] }: Plan): readonly { readonly key: string; readonly query: string }[] {
  return analyses.flatMap(({ name, template }) =>
    template.metrics.map((metric) => ({ key: `${name}/${metric.name}`, query: (metric.provider.query ?? '').trim() })),
  );
}

function passesWhen({ successCondition, failureCondition }: TemplateMetric): string {
  if (successCondition !== null && failureCondition !== null) return `${successCondition}, unless ${failureCondition}`;
  if (successCondition !== null) return successCondition;
  return failureCondition === null ? 'there is an answer' : `not ${failureCondition}`;
}

function measured(metric: TemplateMetric): string {
  // a limit that an argument fills in is told by its name
  if (typeof metric.count === 'string') return `${metric.count} times, every ${metric.interval ?? ''}`;
  const { effectiveCount, intervalMs } = measuredMetric(metric);
  const pace = intervalMs === null ? (metric.interval ?? 'once') : `every ${formatDuration(intervalMs)}`;
  if (effectiveCount === 1) return 'once';
  return effectiveCount === null ? `${pace}, as long as its wave goes on` : `${pace}, ${effectiveCount} times`;
}

function forgiven({ failureLimit }: TemplateMetric): string {
  const limit = failureLimit ?? 0;
  if (typeof limit === 'string') return `more than ${limit} failures`;
  if (limit < 0) return 'never';
  return limit === 0 ? '1 failure' : `${limit + 1} failures`;
}
