import { chunkTargets } from '../../analysis/grouped/chunk-targets.ts';
import type { GroupedQuery } from '../../analysis/grouped/group-query.ts';
import {
  answersScalar,
  ownQuery,
  type PlannedTarget,
  planQueries,
  type QueryTarget,
} from '../../analysis/grouped/plan-queries.ts';
import { splitValues, targetKey, writeGroupedQuery } from '../../analysis/grouped/write-query.ts';
import type { TargetAnswer } from '../../ports/grouped-queries.ts';
import type { Asked } from './grouped-patience.ts';
import type { RoundMetric } from './grouped-round.ts';

/** A metric whose query is taken apart. */
export interface PreparedMetric {
  readonly metric: RoundMetric;
  readonly chunks: readonly Chunk[];
  readonly singles: readonly QueryTarget[];
  /** Whether the query for one target answers with a scalar. */
  readonly isScalar: boolean;
  readonly unanswerable: readonly { readonly id: string; readonly message: string }[];
}

/** Targets that one query answers. */
export interface Chunk {
  readonly query: GroupedQuery;
  readonly targets: readonly PlannedTarget[];
}

/** Plans a metric's queries. */
export function prepareMetric(metric: RoundMetric): PreparedMetric {
  const { groups, singles, unanswerable } = planQueries(metric.query, metric.targets, metric.matchers);
  const chunks = groups.flatMap(({ query, targets }) =>
    chunkTargets(targets).map((chunk) => ({ query, targets: chunk })),
  );
  const [first] = metric.targets;
  const isScalar = first !== undefined && answersScalar(ownQuery(metric.query, first));
  return { metric, chunks, singles, isScalar, unanswerable };
}

/** What is sent for a chunk. */
export function chunkQuery({ query, targets }: Chunk): string {
  return writeGroupedQuery(
    query,
    targets.map(({ values }) => values),
  );
}

/** What is sent for one target; a scalar comes as a vector, the one kind of answer that is read. */
export function singleQuery({ metric, isScalar }: PreparedMetric, target: QueryTarget): string {
  const own = ownQuery(metric.query, target, metric.matchers);
  // a comment may stand at its end
  return isScalar ? `vector(${own}\n)` : own;
}

/** Each target of a chunk with its part of the answer. */
export function chunkAnswers(
  { isScalar }: PreparedMetric,
  { query, targets }: Chunk,
  asked: Asked,
): readonly (readonly [string, TargetAnswer])[] {
  if (asked.kind !== 'samples') return targets.map(({ target }) => [target.id, asked]);
  const values = splitValues(query, asked.samples);
  const whenEmpty = query.whenEmpty === null ? [] : [query.whenEmpty];
  return targets.map((one) => [one.target.id, answerOf(values.get(targetKey(one.values)) ?? whenEmpty, isScalar)]);
}

/** The answer of a target that was asked by itself. */
export function singleAnswer({ isScalar }: PreparedMetric, asked: Asked): TargetAnswer {
  if (asked.kind !== 'samples') return asked;
  return answerOf(
    asked.samples.map(({ value }) => value),
    isScalar,
  );
}

function answerOf(values: readonly number[], isScalar: boolean): TargetAnswer {
  if (!isScalar) return { kind: 'value', value: { kind: 'vector', values } };
  return { kind: 'value', value: { kind: 'scalar', value: values[0] ?? Number.NaN } };
}
