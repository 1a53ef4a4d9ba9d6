import type { ReadCondition } from '../../analysis/assess/conditions.ts';
import type { MetricAnswer } from '../../analysis/assess/judge-answer.ts';
import type { PreparedMetric } from '../../analysis/assess/prepare.ts';
import { evaluateCondition } from '../../analysis/expression/evaluate-condition.ts';
import type { MetricValue } from '../../analysis/expression/metric-value.ts';

/** Why a measurement is what it is, in words. Values of secrets may be in it. */
export function readingReason(metric: PreparedMetric, answer: MetricAnswer): string {
  if (metric.providerFault !== null) return metric.providerFault;
  if (answer.kind === 'error') return answer.message;
  const { value } = answer;
  return `${conditionsReason(metric, value)}${remark(value)}`;
}

function conditionsReason({ conditions: { success, failure } }: PreparedMetric, value: MetricValue): string {
  const says = [said('successCondition', success, value), said('failureCondition', failure, value)];
  const error = says.find((one) => one?.kind === 'error');
  if (error !== undefined) return error!.text;
  const [succeeds, fails] = says;
  if (succeeds === null && fails === null) return 'there is no condition: every value is good';
  if (fails?.kind === 'holds') return fails.text;
  if (succeeds?.kind === 'not' && fails?.kind === 'not') return 'neither successCondition nor failureCondition holds';
  return (succeeds ?? fails)!.text;
}

function said(
  field: string,
  condition: ReadCondition,
  value: MetricValue,
): { readonly kind: 'holds' | 'not' | 'error'; readonly text: string } | null {
  if (condition === null) return null;
  const outcome = condition.kind === 'problem' ? condition : evaluateCondition(condition, value);
  if (outcome.kind !== 'value') return { kind: 'error', text: `${field} cannot be evaluated: ${outcome.message}` };
  return outcome.value ? { kind: 'holds', text: `${field} holds` } : { kind: 'not', text: `${field} does not hold` };
}

/** What people overlook in a value. */
function remark(value: MetricValue): string {
  if (value.kind === 'vector' && value.values.length === 0) return ' (the answer is empty: there are no data)';
  const numbers = value.kind === 'vector' ? value.values : value.kind === 'scalar' ? [value.value] : [];
  if (numbers.some(Number.isNaN)) return ' (NaN is in the answer: it is neither above nor below anything)';
  if (numbers.length > 1) return ` (the answer has ${numbers.length} values: result[0] is the first)`;
  return '';
}
