/** Why a query is asked once per target. */
export type RefusalReason =
  | 'ArgumentMissing'
  | 'ArgumentOutsideMatcher'
  | 'ArgumentInRegex'
  | 'ArgumentNegated'
  | 'ArgumentsDiffer'
  | 'AnswersAbsence'
  | 'ConstantBranch'
  | 'LabelIgnored'
  | 'LabelRewritten'
  | 'LabelRemoved'
  | 'LabelsDiffer'
  | 'LabelsUnknown'
  | 'NotAVector'
  | 'NotSupported'
  | 'OrderedOverall'
  | 'QueryNotUnderstood'
  | 'SelectsAcrossGroups'
  | 'TooLarge'
  | 'TurnsIntoScalar';

/** A query that is not provably the same for many targets at once as for each by itself. */
export interface Refusal {
  readonly kind: 'perTarget';
  readonly reason: RefusalReason;
  /** Column in the query, 1-based. */
  readonly position: number;
  /** Lower case, without a full stop. */
  readonly message: string;
  /** Arguments without which, were they the same for all targets, the query might be grouped; empty where that would not help. */
  readonly argNames: readonly string[];
}

/** A refusal at an offset (0-based) of the query. */
export function refuse(
  reason: RefusalReason,
  offset: number,
  message: string,
  argNames: readonly string[] = [],
): Refusal {
  return { kind: 'perTarget', reason, position: offset + 1, message, argNames };
}

/** Whether something was refused. */
export function isRefusal(value: object): value is Refusal {
  return 'kind' in value && value.kind === 'perTarget';
}
