import type { MeasuredSlo } from '../domain/plan.ts';
import { clusterMatchers, labelProblem, type QueriedSource, type QueryProblem, selectorsOf } from './promql.ts';

/** Counts of the series behind an SLO's total: all, and those that carry a label that Tidegate needs. */
export interface SeriesQueries {
  readonly kind: 'queries';
  readonly all: string;
  readonly withTenant: string;
  /** `null` when the source has no revision label. */
  readonly withRevision: string | null;
}

/** Builds the questions that tell a label that is missing from traffic that is. */
export function seriesQueries(
  measured: MeasuredSlo,
  source: QueriedSource,
  clusters: readonly string[],
): SeriesQueries | QueryProblem {
  const badLabel = labelProblem(source);
  if (badLabel !== null) return badLabel;
  const { revision } = source;
  const matchers = clusterMatchers(source, clusters);
  const counted = (label: string | null) => {
    const present = label === null ? [] : [{ label, operator: '!=', value: '' } as const];
    const selectors = selectorsOf(measured, [...matchers, ...present]);
    return selectors.kind === 'problem' ? selectors : `count(${selectors.total})`;
  };
  const all = counted(null);
  const withTenant = counted(source.tenantLabel);
  const withRevision = revision.kind === 'none' ? null : counted(revision.label);
  if (typeof all !== 'string') return all;
  if (typeof withTenant !== 'string') return withTenant;
  if (withRevision !== null && typeof withRevision !== 'string') return withRevision;
  return { kind: 'queries', all, withTenant, withRevision };
}
