import type { SyntaxNode } from './syntax-tree.ts';

/** A condition whose text is understood; whether its types fit is known only beside a result. */
export interface Condition {
  readonly kind: 'condition';
  readonly text: string;
  readonly root: SyntaxNode;
}

/**
 * Why a text is no condition.
 * - `Invalid`: Argo refuses it as well, whatever the result is
 * - `NotSupported`: Argo may know what it means, this reader does not
 * - `TooLarge`: past one of the limits of `limits.ts`
 */
export type ProblemReason = 'Invalid' | 'NotSupported' | 'TooLarge';

/** A text that is no condition, and the place (1-based, in characters) where that shows. */
export interface ConditionProblem {
  readonly kind: 'problem';
  readonly reason: ProblemReason;
  readonly position: number;
  readonly message: string;
  /**
   * What was read, where the text is well formed and only its types fit no result; else `null`. Beside a result it fails in Argo's words,
   * which may name another of several errors than `message`.
   */
  readonly illTyped: Condition | null;
}

/**
 * Why a condition has no value beside a result.
 * - `TypesDoNotFit`: known before evaluating, from the type of the result (`result > 5` of a vector)
 * - `Failed`: found while evaluating (`result[0]` of an empty vector)
 * - `NotBoolean`: it has a value, but of another type
 * - `NotSupported`, `TooLarge`: refused by this evaluator, not by Argo
 */
export type EvaluationReason = 'TypesDoNotFit' | 'Failed' | 'NotBoolean' | 'NotSupported' | 'TooLarge';

/** A condition that has no value; the message is Argo's own where Argo refuses it too. */
export interface EvaluationError {
  readonly kind: 'error';
  readonly reason: EvaluationReason;
  readonly message: string;
}

/** What a condition says of a result. */
export type ConditionOutcome = { readonly kind: 'value'; readonly value: boolean } | EvaluationError;
