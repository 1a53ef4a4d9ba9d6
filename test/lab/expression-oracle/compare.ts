import { newBudget } from '../../../src/analysis/expression/budget.ts';
import type { ConditionProblem, EvaluationReason, ProblemReason } from '../../../src/analysis/expression/condition.ts';
import { evaluateTree } from '../../../src/analysis/expression/evaluate.ts';
import { evaluateCondition } from '../../../src/analysis/expression/evaluate-condition.ts';
import { ExpressionError } from '../../../src/analysis/expression/expression-error.ts';
import type { GoValue } from '../../../src/analysis/expression/go-value.ts';
import { parseCondition } from '../../../src/analysis/expression/parse-condition.ts';
import { prepare } from '../../../src/analysis/expression/prepare.ts';
import { goValueOf, typeOfResult } from '../../../src/analysis/expression/result-value.ts';
import type { Answer, Question } from './ask-oracle.ts';
import { printed } from './printed.ts';

/** What we make of an expression beside a result, in the oracle's words; `refused` is what we do not answer at all. */
export interface OwnAnswer {
  readonly class: 'value' | 'compile' | 'run' | 'refused';
  readonly reason: ProblemReason | EvaluationReason | null;
  readonly value: string;
  readonly message: string;
  readonly condition: string;
}

/** Our own answer. */
export function ownAnswer({ expression, result }: Question): OwnAnswer {
  const read = parseCondition(expression);
  const condition = read.kind === 'condition' ? read : read.illTyped;
  if (condition === null) return failure(read as ConditionProblem);
  const outcome = evaluateCondition(condition, result);
  const said = outcome.kind === 'value' ? String(outcome.value) : outcome.message;
  try {
    const value: GoValue = evaluateTree(prepare(condition, typeOfResult(result)), goValueOf(result), newBudget());
    return { class: 'value', reason: null, value: printed(value), message: '', condition: said };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { ...failure(error), condition: said };
  }
}

function failure({ reason, message }: Pick<ExpressionError, 'reason' | 'message'>): OwnAnswer {
  const isRefused = reason === 'NotSupported' || reason === 'TooLarge';
  const kind = isRefused ? 'refused' : reason === 'Failed' ? 'run' : 'compile';
  return { class: kind, reason, value: '', message, condition: message };
}

/**
 * Where the two part; `null` where they agree.
 * - `meaning`: in the value, or in whether there is one
 * - `rounding`: in the last bits of a power, which depend on the machine that Argo runs on as well
 * - `message`: in the words of an error only
 */
export function difference(own: OwnAnswer, oracle: Answer): 'meaning' | 'rounding' | 'message' | null {
  if (own.class !== oracle.class) return 'meaning';
  const isBool = oracle.condition === 'true' || oracle.condition === 'false';
  if (isBool && own.condition !== oracle.condition) return 'meaning';
  if (own.value !== withoutNaNBits(oracle.value)) return isRounding(own.value, oracle.value) ? 'rounding' : 'meaning';
  return own.message === oracle.message && own.condition === oracle.condition ? null : 'message';
}

const float = /float64:([0-9a-f]{16})/g;
const MOST_ROUNDING_BITS = 16n;

function isRounding(own: string, oracle: string): boolean {
  if (own.replaceAll(float, 'float64') !== oracle.replaceAll(float, 'float64')) return false;
  const [ours, theirs] = [own, oracle].map((text) => [...text.matchAll(float)].map(([, bits]) => BigInt(`0x${bits}`)));
  return (ours ?? []).every((bits, index) => {
    const distance = bits - (theirs?.[index] ?? 0n);
    return distance <= MOST_ROUNDING_BITS && distance >= -MOST_ROUNDING_BITS;
  });
}

function withoutNaNBits(value: string): string {
  return value.replaceAll(/float64:[7f]ff(?!0{13})[0-9a-f]{13}/g, 'float64:NaN');
}
