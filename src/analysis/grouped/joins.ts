import type { Matching } from './matching.ts';
import type { RefusalReason } from './refusal.ts';
import { areClearOf, areWithin, type GroupStatus, type VectorShape, withLabels, withoutLabels } from './shape.ts';

/** Two vectors and how they are joined for one target. */
export interface Join {
  readonly left: VectorShape;
  readonly right: VectorShape;
  readonly matching: Matching;
  /** `a and b`, `a unless b`: elements of the left one, as they are; `filter`: a comparison without `bool`. */
  readonly kind: 'arithmetic' | 'filter' | 'and' | 'or';
  /** Every label that tells targets apart anywhere in the query. */
  readonly groupLabels: ReadonlySet<string>;
}

/** The join for many targets, or why there is none. */
export type Joined =
  | { readonly kind: 'joined'; readonly matching: Matching; readonly shape: VectorShape }
  | {
      readonly kind: 'problem';
      readonly reason: RefusalReason;
      readonly message: string;
      /** Whose arguments, were they the same for all targets, might help. */
      readonly labels: readonly string[];
    };

/**
 * The same join with targets kept apart. The side with the more groups, the carrier, must have all groups of the other; where it has
 * more, an element of the other belongs to several targets, so the join becomes many-to-one. That is allowed only where the carrier's
 * labels are known to be unique without it: a join that is an error for one target must not become an answer.
 */
export function joinShape(join: Join): Joined {
  const { left, right, matching } = join;
  const forbidden = [...matching.labels, ...matching.include].includes('__name__');
  if (forbidden) return problem('NotSupported', 'the name of the metric takes part in the join', []);
  if (join.kind === 'or') return joinOr(join);
  const isLeft = join.kind === 'and' || carriesLeft(join);
  const [carrier, other] = isLeft ? [left, right] : [right, left];
  const missing = [...other.groups.keys()].filter((label) => !carrier.groups.has(label));
  if (missing.length > 0) {
    return problem(
      'LabelsDiffer',
      `one side tells targets apart by ${list(other.groups.keys())}, the other by ${list(carrier.groups.keys())}`,
      missing,
    );
  }
  const included = matching.include.filter((label) => join.groupLabels.has(label));
  if (included.length > 0) {
    return problem('LabelRewritten', `the join copies label ${included[0]}, which tells targets apart`, included);
  }
  return matching.kind === 'on' ? joinOn(join, carrier, other, isLeft) : joinIgnoring(join, carrier, other, isLeft);
}

function carriesLeft({ left, right, matching }: Join): boolean {
  if (matching.many !== 'none') return matching.many === 'left';
  return [...right.groups.keys()].every((label) => left.groups.has(label));
}

function joinOn(join: Join, carrier: VectorShape, other: VectorShape, isLeft: boolean): Joined {
  const { matching, kind } = join;
  const unequal = matching.labels.filter((label) => {
    const status = carrier.groups.get(label);
    return status !== undefined && status !== (other.groups.get(label) ?? 'kept');
  });
  if (unequal.length > 0) return unlike(unequal);
  const labels = [...new Set([...matching.labels, ...other.groups.keys()])];
  const wider = { ...matching, labels };
  if (kind === 'and') return joined(wider, carrier);
  if (matching.many !== 'none')
    return joined(wider, { ...carrier, labels: withLabels(carrier.labels, matching.include) });
  const groups = new Map<string, GroupStatus>(
    [...carrier.groups].map(([label, status]) => [label, matching.labels.includes(label) ? status : 'dropped']),
  );
  const shape: VectorShape = {
    kind: 'vector',
    groups,
    labels: new Set(matching.labels.filter((label) => !groups.has(label))),
  };
  if ([...carrier.groups.keys()].every((label) => labels.includes(label))) return joined(wider, shape);
  if (!areWithin(carrier.labels, new Set(labels))) return unknown(join);
  return joined({ ...wider, many: isLeft ? 'left' : 'right' }, shape);
}

function joinIgnoring(join: Join, carrier: VectorShape, other: VectorShape, isLeft: boolean): Joined {
  const { matching, kind, left } = join;
  const ignored = matching.labels.filter((label) => join.groupLabels.has(label));
  if (ignored.length > 0) {
    return problem('LabelIgnored', `the join ignores label ${ignored[0]}, which tells targets apart`, ignored);
  }
  const unequal = [...other.groups].flatMap(([label, status]) => (carrier.groups.get(label) === status ? [] : [label]));
  if (unequal.length > 0) return unlike(unequal);
  const added = [...carrier.groups].flatMap(([label, status]) =>
    status === 'dropped' && !other.groups.has(label) ? [label] : [],
  );
  const removed = new Set(matching.labels);
  const isOneToOne = kind !== 'and' && matching.many === 'none';
  // a filter keeps the left one's own name
  const mayBeNamed = isOneToOne && kind === 'filter' && !areClearOf(left.labels, new Set(['__name__']));
  const kept = isOneToOne ? withoutLabels(carrier.labels, removed) : carrier.labels;
  const shape: VectorShape = { ...carrier, labels: mayBeNamed ? 'any' : withLabels(kept, matching.include) };
  if (added.length === 0) return joined(matching, shape);
  if (!areClearOf(other.labels, new Set(added))) return unknown(join);
  const wider: Matching = { ...matching, kind: 'ignoring', labels: [...new Set([...matching.labels, ...added])] };
  if (!isOneToOne) return joined(wider, shape);
  // a one-to-one join takes the ignored labels away, a many-to-one join leaves them
  if (mayBeNamed || !areClearOf(carrier.labels, new Set([...removed, '__name__']))) return unknown(join);
  return joined({ ...wider, many: isLeft ? 'left' : 'right' }, shape);
}

/** Elements of both sides: every target must find its own on both. */
function joinOr({ left, right, matching, groupLabels }: Join): Joined {
  if ((left.groups.size === 0) !== (right.groups.size === 0)) {
    const message = 'one side of or is the same for all targets: its elements cannot say whose they are';
    return problem('ConstantBranch', message, []);
  }
  const labels = new Set([...left.groups.keys(), ...right.groups.keys()]);
  const unequal = [...labels].filter((label) => left.groups.get(label) !== right.groups.get(label));
  if (unequal.length > 0) return unlike(unequal);
  const ignored = matching.kind === 'ignoring' ? matching.labels.filter((label) => groupLabels.has(label)) : [];
  if (ignored.length > 0) {
    return problem('LabelIgnored', `the join ignores label ${ignored[0]}, which tells targets apart`, ignored);
  }
  const known = left.labels === 'any' || right.labels === 'any' ? 'any' : withLabels(left.labels, right.labels);
  const wider =
    matching.kind === 'on' ? { ...matching, labels: [...new Set([...matching.labels, ...labels])] } : matching;
  return joined(wider, { kind: 'vector', groups: left.groups, labels: known });
}

function joined(matching: Matching, shape: VectorShape): Joined {
  return { kind: 'joined', matching, shape };
}

function problem(reason: RefusalReason, message: string, labels: readonly string[]): Joined {
  return { kind: 'problem', reason, message, labels };
}

function unlike(labels: readonly string[]): Joined {
  const message = `only one side of the join has label ${labels[0]} in its answer: sum both by the same labels`;
  return problem('LabelsDiffer', message, labels);
}

function unknown({ left, right }: Join): Joined {
  const labels = [...new Set([...left.groups.keys(), ...right.groups.keys()])].filter(
    (label) => !left.groups.has(label) || !right.groups.has(label),
  );
  const message =
    'the join is not certain to be one to one for each target: sum both sides by the labels that join them';
  return problem('LabelsUnknown', message, labels);
}

function list(labels: Iterable<string>): string {
  const names = [...labels];
  return names.length === 0 ? 'nothing' : names.join(' and ');
}
