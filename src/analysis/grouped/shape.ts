/** Whether the query for one target answers with a group's label, or has it only because many targets are asked at once. */
export type GroupStatus = 'kept' | 'dropped';

/** Labels that tell targets apart, on every element of a vector. */
export type Groups = ReadonlyMap<string, GroupStatus>;

/** All labels that elements may carry beside those of groups; `any` where it is not known. */
export type LabelSet = ReadonlySet<string> | 'any';

/**
 * What is known of a part of a query without asking it. A vector without groups is the same for all targets.
 *
 * The rule that every step of the rewriting keeps: the elements whose group labels have a target's values are, without the labels that
 * are `dropped`, in value and order what the query for that target alone gives.
 */
export type Shape =
  | { readonly kind: 'scalar' | 'string' }
  | { readonly kind: 'vector' | 'matrix'; readonly groups: Groups; readonly labels: LabelSet };

/** An instant vector or a range vector. */
export type VectorShape = Extract<Shape, { groups: Groups }>;

/** Narrows a shape to vectors of both kinds. */
export function isVector(shape: Shape): shape is VectorShape {
  return 'groups' in shape;
}

/** A vector that is the same for all targets. */
export function isConstant(shape: Shape): boolean {
  return !isVector(shape) || shape.groups.size === 0;
}

/** The labels without some. */
export function withoutLabels(labels: LabelSet, removed: Iterable<string>): LabelSet {
  return labels === 'any' ? 'any' : filtered(labels, new Set(removed));
}

/** The labels and some more. */
export function withLabels(labels: LabelSet, added: Iterable<string>): LabelSet {
  return labels === 'any' ? 'any' : new Set([...labels, ...added]);
}

/** Whether all labels are known and are among these. */
export function areWithin(labels: LabelSet, allowed: ReadonlySet<string>): boolean {
  return labels !== 'any' && [...labels].every((label) => allowed.has(label));
}

/** Whether all labels are known and none is among these. */
export function areClearOf(labels: LabelSet, forbidden: ReadonlySet<string>): boolean {
  return labels !== 'any' && ![...labels].some((label) => forbidden.has(label));
}

function filtered(labels: ReadonlySet<string>, removed: ReadonlySet<string>): LabelSet {
  return new Set([...labels].filter((label) => !removed.has(label)));
}
