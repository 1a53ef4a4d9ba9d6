import { anyOf, quotePromql, readPromqlString } from '../promql-string.ts';
import { fillArguments } from './arguments.ts';
import type { GroupedQuery } from './group-query.ts';
import type { Hole } from './rewriting.ts';

/** Arguments of one target, by name. */
export type QueryArguments = Readonly<Record<string, string>>;

/**
 * A target's values of the query's labels, in their order. `null` where it must be asked by itself: a value is empty, which would find
 * the series without the label, or it does not stay inside its quotes.
 */
export function labelValues({ labels }: GroupedQuery, values: QueryArguments): readonly string[] | null {
  const read = labels.map(({ hole }) => holeValue(hole, values));
  return read.some((value) => value === null || value === '') ? null : (read as readonly string[]);
}

function holeValue({ literal }: Hole, values: QueryArguments): string | null {
  const filled = fillArguments(literal, values);
  const string = readPromqlString(filled, 0);
  return 'value' in string && string.end === filled.length ? string.value : null;
}

/** The query for these targets, given by their `labelValues`. The same set of values makes the same text. */
export function writeGroupedQuery(query: GroupedQuery, targets: readonly (readonly string[])[]): string {
  const indexOf = new Map(query.labels.map(({ label }, index) => [label, index]));
  const written = query.labels.map(
    (_, index) => `=~${quotePromql(anyOf(targets.map((values) => values[index] ?? '')))}`,
  );
  const text = query.pieces
    .map((piece) => (typeof piece === 'string' ? piece : written[indexOf.get(piece.label) ?? -1]))
    .join('');
  return query.answer === 'scalar' ? `vector(${text})` : text;
}

/** One element of an answer. */
export interface AnswerRow {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The rows of each set of values that was asked for, in the server's order, without the labels that its own query would not have. */
export function splitRows(query: GroupedQuery, rows: readonly AnswerRow[]): ReadonlyMap<string, readonly AnswerRow[]> {
  const dropped = query.labels.flatMap(({ label, isKept }) => (isKept ? [] : [label]));
  return split(query, rows, ({ labels, value }) => ({ labels: omit(labels, dropped), value }));
}

/** As `splitRows`, the values alone. */
export function splitValues(query: GroupedQuery, rows: readonly AnswerRow[]): ReadonlyMap<string, readonly number[]> {
  return split(query, rows, ({ value }) => value);
}

function split<T>(
  query: GroupedQuery,
  rows: readonly AnswerRow[],
  read: (row: AnswerRow) => T,
): ReadonlyMap<string, readonly T[]> {
  const byTarget = new Map<string, T[]>();
  for (const row of rows) {
    const key = targetKey(query.labels.map(({ label }) => row.labels[label] ?? ''));
    const known = byTarget.get(key);
    if (known === undefined) byTarget.set(key, [read(row)]);
    else known.push(read(row));
  }
  return byTarget;
}

/** The key of a target in `splitRows`, made of its `labelValues`. */
export function targetKey(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : JSON.stringify(values);
}

function omit(labels: AnswerRow['labels'], dropped: readonly string[]): AnswerRow['labels'] {
  if (dropped.length === 0) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([label]) => !dropped.includes(label)));
}
