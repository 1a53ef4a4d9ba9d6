import { assertNever } from '../domain/assert-never.ts';
import type { MeasuredSlo } from '../domain/plan.ts';
import { clusterMatchers, labelProblem, type QueriedSource, selectorsOf, tenantMatcher } from './promql.ts';
import { promqlDuration } from './promql-string.ts';

/** The guard of one target. */
export interface GuardRequest {
  readonly measured: MeasuredSlo;
  readonly source: QueriedSource;
  readonly windowMs: number;
  readonly cluster: string;
  readonly tenantIds: readonly string[];
  /** Requests in the window below which the answer is empty. At least 1. */
  readonly minRequests: number;
}

/** A guard's query, or why there can be none. */
export type GuardQuery =
  | { readonly kind: 'query'; readonly query: string }
  | {
      readonly kind: 'problem';
      readonly reason: 'CannotTellVersions' | 'SelectorNotUnderstood' | 'LabelNotUnderstood';
      readonly message: string;
    };

/**
 * The share of good events (0…1) of one target's new pods, as a query for Argo's Prometheus provider. Needs the argument `latest-hash`.
 *
 * The answer is one number, or empty when there were fewer than `minRequests`: never NaN, which Argo would take for a success. Where no
 * good series exists though there is traffic, the share is 0; for a latency SLO it is empty, because a histogram always has its buckets
 * and a missing one means a wrong bound.
 */
export function guardQuery(request: GuardRequest): GuardQuery {
  const revision = revisionMatcher(request.source);
  if (revision === null) {
    return { kind: 'problem', reason: 'CannotTellVersions', message: 'the metric source has no revision label' };
  }
  const badLabel = labelProblem(request.source);
  if (badLabel !== null) return { ...badLabel, reason: 'LabelNotUnderstood' };
  const matchers = [
    ...clusterMatchers(request.source, [request.cluster]),
    tenantMatcher(request.source, request.tenantIds),
  ];
  const selectors = selectorsOf(request.measured, matchers);
  if (selectors.kind === 'problem') return { ...selectors, reason: 'SelectorNotUnderstood' };
  const count = (selector: string) =>
    `sum(increase(${selector.slice(0, -1)},${revision}}[${promqlDuration(request.windowMs)}]))`;
  const total = count(selectors.total);
  const good = request.measured.kind === 'ratio' ? `(${count(selectors.good)} or ${total} * 0)` : count(selectors.good);
  return { kind: 'query', query: `${good} / (${total} >= ${Math.max(1, request.minRequests)})` };
}

/** Written by hand, not through a `Matcher`: the quoting of matchers takes `{{` apart so that no tenant's name becomes an argument. */
function revisionMatcher({ revision }: QueriedSource): string | null {
  switch (revision.kind) {
    case 'label':
      return `${revision.label}="{{args.latest-hash}}"`;
    case 'podName':
      return `${revision.label}=~".+-{{args.latest-hash}}-[a-z0-9]+"`;
    case 'none':
      return null;
    default:
      return assertNever(revision);
  }
}
