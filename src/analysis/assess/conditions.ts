import type { TemplateMetric } from '../../domain/analysis-template.ts';
import type { Condition, ConditionProblem } from '../expression/condition.ts';
import { parseCondition } from '../expression/parse-condition.ts';
import { type AnalysisProblem, analysisProblem } from '../template/problem.ts';

/** A condition that was read, one that Argo cannot read either, or none. */
export type ReadCondition = Condition | ConditionProblem | null;

/** What makes a reading good and what makes it bad. */
export interface MetricConditions {
  readonly kind: 'conditions';
  readonly success: ReadCondition;
  readonly failure: ReadCondition;
}

/**
 * Reads the conditions of a metric. One that Argo refuses makes errors of readings, as it does there; one that only we do not
 * understand refuses the whole analysis, for its readings could mean anything.
 */
export function readConditions(
  metric: Pick<TemplateMetric, 'successCondition' | 'failureCondition'>,
): MetricConditions | AnalysisProblem {
  const success = read(metric.successCondition);
  const failure = read(metric.failureCondition);
  return (
    unreadable('successCondition', success) ??
    unreadable('failureCondition', failure) ?? { kind: 'conditions', success, failure }
  );
}

function read(text: string | null): ReadCondition {
  return text === null ? null : parseCondition(text);
}

function unreadable(field: string, condition: ReadCondition): AnalysisProblem | null {
  if (condition?.kind !== 'problem' || condition.reason === 'Invalid') return null;
  const message = `${field} cannot be read, at character ${condition.position}: ${condition.message}`;
  return analysisProblem(`Condition${condition.reason}`, message);
}
