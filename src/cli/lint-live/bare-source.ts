import type { MetricSourceSpec } from '../../domain/fleet.ts';

/** A server of which only the address is known. */
export function bareSource(url: string): MetricSourceSpec {
  return {
    name: url,
    url,
    auth: { kind: 'none' },
    headers: {},
    matchers: {},
    tenantLabel: 'tenant_id',
    revision: { kind: 'none' },
    scrapeIntervalMs: 15_000,
  };
}
