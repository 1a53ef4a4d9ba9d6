import type { EvaluationReason, ProblemReason } from './condition.ts';

/** Ends reading, checking or evaluating; caught where `parseCondition` and `evaluateCondition` begin, never seen outside of this folder. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  readonly reason: ProblemReason | EvaluationReason;
  /** 1-based, in characters; 0 where there is no place. */
  readonly position: number;

  constructor(reason: ProblemReason | EvaluationReason, message: string, position = 0) {
    super(message);
    this.reason = reason;
    this.position = position;
  }
}

/** An error that Argo finds as well while reading or checking. */
export function invalid(position: number, message: string): ExpressionError {
  return new ExpressionError('Invalid', message, position);
}

/** An error of something that is refused here, whatever Argo says of it. */
export function notSupported(position: number, message: string): ExpressionError {
  return new ExpressionError('NotSupported', message, position);
}

/** An error of evaluating, with the message that Argo gives. */
export function failed(message: string): ExpressionError {
  return new ExpressionError('Failed', message);
}

/** An error of what is past one of the limits of `limits.ts`. */
export function tooLarge(message: string, position = 0): ExpressionError {
  return new ExpressionError('TooLarge', message, position);
}
