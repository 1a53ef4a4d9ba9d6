import { judgeValue } from '../../analysis/assess/judge-answer.ts';
import type { PreparedMetric } from '../../analysis/assess/prepare.ts';
import type { MetricValue } from '../../analysis/expression/metric-value.ts';

/** Why a metric stops nobody. */
export interface NeverFails {
  readonly severity: 'error' | 'warning';
  readonly reason: 'CannotFail' | 'FailsOnOddValuesOnly' | 'NeverHasVerdict';
  readonly message: string;
}

/** What is judged, and what its query can answer. */
export interface TriedMetric {
  readonly metric: Pick<
    PreparedMetric,
    | 'conditions'
    | 'successCondition'
    | 'failureCondition'
    | 'failureLimit'
    | 'effectiveCount'
    | 'consecutiveSuccessLimit'
    | 'dryRun'
  >;
  readonly isScalar: boolean;
  readonly isNeverNegative: boolean;
  /** What its query answered, where it was asked. */
  readonly answers: readonly MetricValue[];
}

const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const PLAIN = [0, 0.001, 0.5, 0.999, 1, 2, 100, 1e9, -0.5, -1, -1e9];
/** Numbers of a condition that are tried beside themselves; more than a person writes. */
const MAX_LITERALS = 16;

/** Tries a metric's conditions on what may come and on what came; `null` when something makes it fail or hold. */
export function neverFails(tried: TriedMetric): NeverFails | null {
  return byRules(tried) ?? byConditions(tried);
}

function byRules({ metric }: TriedMetric): NeverFails | null {
  const { successCondition, failureCondition, failureLimit, effectiveCount, consecutiveSuccessLimit } = metric;
  const never = (message: string): NeverFails => ({ severity: 'error', reason: 'CannotFail', message });
  if (metric.dryRun) return { ...never('it is measured in a dry run, which never counts'), severity: 'warning' };
  if (successCondition === null && failureCondition === null)
    return never('it has no condition, so every answer is a success');
  if (effectiveCount !== null && failureLimit >= effectiveCount && consecutiveSuccessLimit === 0)
    return never(`failureLimit ${failureLimit} is never passed by ${effectiveCount} measurements`);
  return null;
}

function byConditions(tried: TriedMetric): NeverFails | null {
  const numbers = [...PLAIN, ...literals(tried.metric)];
  const isPossible = (value: number) => !tried.isNeverNegative || value >= 0;
  const possible = numbers.filter(isPossible);
  const plain = [...valuesOf(possible, tried.isScalar), ...tried.answers];
  const stops = (value: MetricValue) => {
    const judged = judgeValue(tried.metric.conditions, value);
    return judged.kind === 'phase' && judged.phase !== 'Successful';
  };
  if (plain.some(stops)) return null;
  const rest = valuesOf([...numbers.filter((value) => !isPossible(value)), ...ODD], tried.isScalar);
  const odd = rest.find(stops);
  const verdicts = [...plain, ...rest].filter((value) => judgeValue(tried.metric.conditions, value).kind === 'phase');
  const count = plain.length + rest.length;
  if (verdicts.length === 0) {
    const error = judgeValue(tried.metric.conditions, plain[0]!);
    const why = error.kind === 'error' ? `: ${error.message}` : '';
    const message = `each of ${count} answers that were tried is an error${why}`;
    return { severity: 'error', reason: 'NeverHasVerdict', message };
  }
  if (odd === undefined)
    return {
      severity: 'error',
      reason: 'CannotFail',
      message: `its conditions hold of each of ${count} answers that were tried, from -1e9 to 1e9, NaN and ±Inf`,
    };
  const message = tried.isNeverNegative
    ? `only NaN, infinite and negative answers fail it, and its query is never negative (${count} were tried)`
    : `only NaN and infinite answers fail it (${count} were tried)`;
  return { severity: 'warning', reason: 'FailsOnOddValuesOnly', message };
}

/** One number in each shape that the query answers with, and two side by side. */
function valuesOf(numbers: readonly number[], isScalar: boolean): readonly MetricValue[] {
  if (isScalar) return numbers.map((value) => ({ kind: 'scalar', value }));
  const vectors = numbers.flatMap((value) => [[value], ...numbers.map((other) => [value, other])]);
  return vectors.map((values) => ({ kind: 'vector', values }));
}

/** The numbers that conditions compare with, and those just beside them. */
function literals({ successCondition, failureCondition }: TriedMetric['metric']): readonly number[] {
  const text = `${successCondition ?? ''} ${failureCondition ?? ''}`;
  const found = [...text.matchAll(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)].slice(0, MAX_LITERALS);
  return found.flatMap(([digits]) => {
    const value = Number(digits);
    return [value, value * 1.000001 + 1e-9, value * 0.999999 - 1e-9, value + 1, value - 1, -value];
  });
}
