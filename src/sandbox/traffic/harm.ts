import { type Instant, instant } from '../../domain/time.ts';
import { exactRequests, type TenantRevision, type Traffic } from './traffic.ts';

/** What bad versions did to one tenant. */
export interface TenantHarm {
  readonly tenant: string;
  readonly tier: string;
  /** Responses that were slow or failed because of a version's behaviours, whole ones. */
  readonly badResponses: number;
  /** Time in which pods of such a version served the tenant. */
  readonly harmedMs: number;
}

/** Tenants that got at least one bad response until now, in the model's order. A tenant with several targets is one. */
export function tenantHarm(traffic: Traffic): readonly TenantHarm[] {
  const now = traffic.clock.now();
  const byTenant = Map.groupBy(traffic.tenantRevisions(null).filter(isHarmful), ({ tenant }) => tenant.id);
  return [...byTenant.values()].map((rows) => harmOf(rows, now)).filter(({ badResponses }) => badResponses > 0);
}

/**
 * The instant of the first bad response that a version gave to anybody; `null` when it gave none.
 * @param version label, image or digest, as in the model's `versions`
 */
export function firstBadResponseAt(traffic: Traffic, version: string): Instant | null {
  const now = traffic.clock.now();
  const instants = traffic
    .tenantRevisions(null)
    .filter((row) => row.revision.versionKeys.includes(version) && isHarmful(row))
    .map((row) => firstBadOf(row, now))
    .filter((at) => at !== null);
  return instants.length === 0 ? null : instant(Math.min(...instants));
}

function isHarmful({ profile, requestsPerSecond }: TenantRevision): boolean {
  return profile.harmedRatio > 0 && requestsPerSecond > 0;
}

function firstBadOf({ timeline, revision, requestsPerSecond, profile }: TenantRevision, now: Instant): number | null {
  return timeline.reachedAt(revision.podHash, 1 / (requestsPerSecond * profile.harmedRatio), now);
}

function harmOf(rows: readonly TenantRevision[], now: Instant): TenantHarm {
  const first = rows[0];
  return {
    tenant: first?.tenant.id ?? '',
    tier: first?.tenant.tier ?? '',
    badResponses: rows.reduce((sum, row) => sum + Math.floor(exactRequests(row, now) * row.profile.harmedRatio), 0),
    harmedMs: rows.reduce((sum, { timeline, revision }) => sum + timeline.servingMs(revision.podHash, now), 0),
  };
}
