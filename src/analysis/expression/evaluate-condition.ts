import { newBudget } from './budget.ts';
import type { Condition, ConditionOutcome, EvaluationError, EvaluationReason } from './condition.ts';
import { evaluateTree } from './evaluate.ts';
import { ExpressionError } from './expression-error.ts';
import { type GoValue, goTypeText } from './go-value.ts';
import { MAX_MESSAGE_CHARACTERS } from './limits.ts';
import type { JsonValue, MetricValue } from './metric-value.ts';
import { prepare } from './prepare.ts';
import { goValueOf, jsonOfGoValue, typeOfResult } from './result-value.ts';

/** What an expression is beside a result: its value as JSON, and its type in Go's words. */
export type ExpressionOutcome =
  | { readonly kind: 'value'; readonly value: JsonValue; readonly type: string }
  | EvaluationError;

/** Whether a condition holds of a result. Only a bool is an answer; everything else is an error, as it is to Argo. */
export function evaluateCondition(condition: Condition, result: MetricValue): ConditionOutcome {
  return evaluated<ConditionOutcome>(condition, result, (value) => {
    if (typeof value === 'boolean') return { kind: 'value', value };
    return { kind: 'error', reason: 'NotBoolean', message: `expected bool, but got ${goTypeText(value)}` };
  });
}

/** The value of an expression of any type beside a result, for those who try one. */
export function evaluateExpression(condition: Condition, result: MetricValue): ExpressionOutcome {
  return evaluated(condition, result, (value) => {
    return { kind: 'value', value: jsonOfGoValue(value), type: goTypeText(value) };
  });
}

function evaluated<Outcome>(
  condition: Condition,
  result: MetricValue,
  outcomeOf: (value: GoValue) => Outcome,
): Outcome | EvaluationError {
  try {
    const tree = prepare(condition, typeOfResult(result));
    return outcomeOf(evaluateTree(tree, goValueOf(result), newBudget()));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { kind: 'error', reason: reasonOf(error), message: bounded(error.message) };
  }
}

function bounded(message: string): string {
  return message.length <= MAX_MESSAGE_CHARACTERS ? message : `${message.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…`;
}

function reasonOf(error: ExpressionError): EvaluationReason {
  return error.reason === 'Invalid' ? 'TypesDoNotFit' : error.reason;
}
