import { assertNever } from '../../domain/assert-never.ts';
import type { Instant } from '../../domain/time.ts';
import { evaluateCondition } from '../expression/evaluate-condition.ts';
import type { MetricValue } from '../expression/metric-value.ts';
import { wholeSecond } from './advance.ts';
import type { Reading, ReadingPhase } from './assessment.ts';
import type { MetricConditions, ReadCondition } from './conditions.ts';
import { sampleText } from './go-number.ts';
import type { PreparedMetric } from './prepare.ts';

/** What a provider answered. */
export type MetricAnswer =
  | { readonly kind: 'value'; readonly value: MetricValue; readonly warnings: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

/** When a measurement began and ended. */
export interface MeasuredBetween {
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
}

/** A phase, or why there is none. */
type Judgement =
  | { readonly kind: 'phase'; readonly phase: Exclude<ReadingPhase, 'Error'> }
  | { readonly kind: 'error'; readonly message: string };

/** The reading that an answer is. What `secrets` holds is struck out of its message. */
export function judgeAnswer(
  metric: Pick<PreparedMetric, 'conditions' | 'providerFault'>,
  answer: MetricAnswer,
  between: MeasuredBetween,
  secrets: readonly string[] = [],
): Reading {
  const times = { startedAt: wholeSecond(between.startedAt), finishedAt: wholeSecond(between.finishedAt) };
  const error = (message: string): Reading => ({
    phase: 'Error',
    message: redacted(message, secrets),
    value: '',
    warnings: [],
    ...times,
  });
  if (metric.providerFault !== null) return error(metric.providerFault);
  if (answer.kind === 'error') return error(answer.message);
  const judged = judgeValue(metric.conditions, answer.value);
  if (judged.kind === 'error') return error(judged.message);
  return { phase: judged.phase, message: '', value: valueText(answer.value), warnings: answer.warnings, ...times };
}

/**
 * What the conditions say of a value. The success condition is looked at first; where both hold, failure wins, and where
 * neither does, nothing is known.
 */
export function judgeValue({ success, failure }: MetricConditions, value: MetricValue): Judgement {
  const succeeds = holds(success, value);
  if (succeeds.kind === 'error') return succeeds;
  const fails = holds(failure, value);
  if (fails.kind === 'error') return fails;
  const isBad = fails.value ?? succeeds.value === false;
  const isGood = succeeds.value ?? !isBad;
  if (isBad) return { kind: 'phase', phase: 'Failed' };
  return { kind: 'phase', phase: isGood ? 'Successful' : 'Inconclusive' };
}

/** Whether a condition holds; `null` where there is none. */
function holds(
  condition: ReadCondition,
  value: MetricValue,
): { readonly kind: 'value'; readonly value: boolean | null } | { readonly kind: 'error'; readonly message: string } {
  if (condition === null) return { kind: 'value', value: null };
  if (condition.kind === 'condition') return evaluateCondition(condition, value);
  if (condition.illTyped !== null) return evaluateCondition(condition.illTyped, value);
  return { kind: 'error', message: condition.message };
}

/** A value as Argo notes it: `0.97`, `[0.97,NaN]`; of another provider its JSON. */
export function valueText(value: MetricValue): string {
  switch (value.kind) {
    case 'scalar':
      return sampleText(value.value);
    case 'vector':
      return `[${value.values.map(sampleText).join(',')}]`;
    case 'json':
      return JSON.stringify(value.value);
    default:
      return assertNever(value);
  }
}

function redacted(message: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((text, secret) => text.replaceAll(secret, '*****'), message);
}
