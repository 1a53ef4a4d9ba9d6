import { type CountRequest, countQueries, type QueryProblem } from './promql.ts';

/** Tenants that a query for people names before it says how many more there are. */
const NAMED_TENANTS = 10;

/**
 * One PromQL for people: the share of good events by tenant, revision and cluster. It can be pasted into Prometheus; beyond ten tenants it
 * names ten and says in a comment how many it left out.
 */
export function describeQuery(request: CountRequest): { readonly kind: 'query'; readonly text: string } | QueryProblem {
  const tenantIds = [...new Set(request.tenantIds)].sort();
  const queries = countQueries({ ...request, tenantIds: tenantIds.slice(0, NAMED_TENANTS) });
  if (queries.kind === 'problem') return queries;
  const left = tenantIds.length - NAMED_TENANTS;
  const note = left > 0 ? `\n# and ${left} more ${left === 1 ? 'tenant' : 'tenants'}` : '';
  return { kind: 'query', text: `${queries.good}\n/\n${queries.total}${note}` };
}
