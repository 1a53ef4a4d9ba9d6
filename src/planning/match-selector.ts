import type { Tenant } from '../domain/fleet.ts';
import type { Selector } from '../domain/wave-plan.ts';

/** `unknown`: the tenant lacks a label that the selector asks for. It neither matches nor, under `not`, counts as a mismatch. */
type Answer = 'match' | 'mismatch' | 'unknown';

/** What a selector looks at. */
export type Selectable = Pick<Tenant, 'tier' | 'labels'>;

/** Whether a selector takes a tenant. Each part that is given must match; an absent label never does, under `not` neither. */
export function selects(selector: Selector, tenant: Selectable): boolean {
  return answer(selector, tenant) === 'match';
}

function answer(selector: Selector, tenant: Selectable): Answer {
  if (selector.rest) return 'match';
  const parts: Answer[] = Object.entries(selector.labels).map(([key, wanted]) => labelAnswer(tenant, key, wanted));
  if (selector.tiers !== null) parts.push(selector.tiers.includes(tenant.tier) ? 'match' : 'mismatch');
  if (selector.not !== null) parts.push(inverse(answer(selector.not, tenant)));
  if (parts.includes('mismatch')) return 'mismatch';
  return parts.includes('unknown') ? 'unknown' : 'match';
}

function labelAnswer(tenant: Selectable, key: string, wanted: string): Answer {
  if (!Object.hasOwn(tenant.labels, key)) return 'unknown';
  return tenant.labels[key] === wanted ? 'match' : 'mismatch';
}

function inverse(answer: Answer): Answer {
  if (answer === 'unknown') return 'unknown';
  return answer === 'match' ? 'mismatch' : 'match';
}
