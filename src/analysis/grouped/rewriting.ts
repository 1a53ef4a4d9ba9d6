import { normalArguments } from './arguments.ts';
import type { PromqlNode } from './promql-tree.ts';
import { type Refusal, refuse } from './refusal.ts';

/** A matcher whose value differs per target. */
export interface Hole {
  readonly kind: 'hole';
  readonly label: string;
  /** The quoted value as it stands in the query, arguments in it. */
  readonly literal: string;
}

/** A place of the query (0-based, end exclusive) and what comes there instead. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string | Hole;
}

/** A label that tells targets apart. */
export interface GroupSource {
  readonly hole: Hole;
  readonly argNames: readonly string[];
}

/** What the steps of one rewriting share. */
export interface Rewriting {
  /** Every label that tells targets apart anywhere in the query. */
  readonly sources: ReadonlyMap<string, GroupSource>;
  /** Steps add to it. */
  readonly edits: Edit[];
}

/** Adds a label; one that gets its value from other arguments elsewhere in the query is refused. */
export function addSource(
  sources: Map<string, GroupSource>,
  source: GroupSource,
  place: PromqlNode,
): Refusal | GroupSource {
  const { label, literal } = source.hole;
  const known = sources.get(label);
  if (known === undefined) {
    sources.set(label, source);
    return source;
  }
  if (normalArguments(known.hole.literal) === normalArguments(literal)) return known;
  const argNames = [...new Set([...known.argNames, ...source.argNames])];
  return refuse(
    'ArgumentsDiffer',
    place.from,
    `label ${label} is compared with ${literal} here and with ${known.hole.literal} before: one row cannot carry both`,
    argNames,
  );
}

/** The arguments behind labels. */
export function argumentsOf(rewriting: Rewriting, labels: Iterable<string>): readonly string[] {
  return [...new Set([...labels].flatMap((label) => rewriting.sources.get(label)?.argNames ?? []))];
}
