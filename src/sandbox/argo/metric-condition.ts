import type { AnalysisPhase, Metric } from './metric.ts';

/** What one comparison of a condition says. */
type Comparison = { readonly left: 'length' | 'first'; readonly operator: string; readonly right: number };

/** What a measurement came to, with the words for an error. */
export interface Assessment {
  readonly phase: AnalysisPhase;
  readonly message?: string;
}

const COMPARISON = /^(len\(result\)|result\[0\])\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)$/i;

/**
 * Judges the values of one measurement as Argo does. Conditions are comparisons of `len(result)` or `result[0]` with a
 * number, joined by `&&` or by `||`; anything else is an error, as an expression that Argo cannot evaluate would be.
 */
export function assessValues(metric: Metric, values: readonly number[]): Assessment {
  const success = evaluate(metric.successCondition, values);
  if (typeof success === 'string') return evaluationError('successCondition', metric.successCondition, success);
  const failure = evaluate(metric.failureCondition, values);
  if (typeof failure === 'string') return evaluationError('failureCondition', metric.failureCondition, failure);
  if (success === null && failure === null) return { phase: 'Successful' };
  if (failure === true) return { phase: 'Failed' };
  if (success === null) return { phase: 'Successful' };
  if (success) return { phase: 'Successful' };
  return { phase: failure === null ? 'Failed' : 'Inconclusive' };
}

function evaluationError(field: string, condition: string | undefined, cause: string): Assessment {
  return { phase: 'Error', message: `could not evaluate ${field} "${condition}": ${cause}` };
}

/** `null` without a condition; a text when it cannot be evaluated. */
function evaluate(condition: string | undefined, values: readonly number[]): boolean | null | string {
  if (condition === undefined || condition.trim() === '') return null;
  for (const alternative of condition.split('||')) {
    const outcome = evaluateAll(alternative.split('&&'), values);
    if (outcome !== false) return outcome;
  }
  return false;
}

/** Stops at the first comparison that does not hold, so that `len(result) > 0` protects `result[0]`. */
function evaluateAll(texts: readonly string[], values: readonly number[]): boolean | string {
  for (const text of texts) {
    const comparison = parse(text.trim());
    if (comparison === null)
      return `the sandbox reads only comparisons of len(result) and result[0], not "${text.trim()}"`;
    if (comparison.left === 'first' && values.length === 0) {
      return 'metric result is nil or empty: no data returned from the metric provider';
    }
    if (!holds(comparison, values)) return false;
  }
  return true;
}

function parse(text: string): Comparison | null {
  const match = COMPARISON.exec(text);
  if (match === null) return null;
  return { left: match[1] === 'result[0]' ? 'first' : 'length', operator: match[2] ?? '', right: Number(match[3]) };
}

function holds({ left, operator, right }: Comparison, values: readonly number[]): boolean {
  const value = left === 'length' ? values.length : (values[0] ?? Number.NaN);
  switch (operator) {
    case '>':
      return value > right;
    case '<':
      return value < right;
    case '>=':
      return value >= right;
    case '<=':
      return value <= right;
    case '==':
      return value === right;
    default:
      return value !== right;
  }
}
