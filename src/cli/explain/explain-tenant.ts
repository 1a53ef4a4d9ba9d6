import { suggestion } from '../../config/nearest-name.ts';
import type { Tenant } from '../../domain/fleet.ts';
import { FINAL_PHASES } from '../../domain/release-status.ts';
import type { Instant } from '../../domain/time.ts';
import type { StoredRelease } from '../../ports/release-store.ts';
import type { HubConnection } from '../composition.ts';
import { badArgument } from '../failure.ts';
import { type HubLook, lookAtHub, lookAtTenant } from './look.ts';
import { type TargetFacts, type TenantFact, tenantFacts } from './tenant-facts.ts';

/** Why a tenant is not on a release's version. */
export interface Explanation {
  readonly tenant: string;
  readonly tier: string;
  readonly release: string;
  readonly version: string;
  readonly phase: string;
  /** Whether every target of it serves the new version alone. */
  readonly isOnNewVersion: boolean;
  /** What concerns all of its targets. */
  readonly facts: readonly TenantFact[];
  readonly targets: readonly TargetFacts[];
}

/** Explains a tenant. @throws InvalidInput for a tenant or release that is not in the hub, with the nearest name */
export async function explainTenant(
  hub: HubConnection,
  tenantName: string,
  releaseName: string | null,
): Promise<Explanation> {
  const store = hub.store(() => {});
  const look = await lookAtHub(hub, store);
  const tenant = findTenant(look, tenantName);
  const release = findRelease(look, releaseName);
  const now = hub.clock.now();
  const held = holdFacts(tenant, release, now);
  const base = {
    tenant: tenant.name,
    tier: tenant.tier,
    release: release.spec.name,
    version: release.spec.version.name,
    phase: release.status?.phase ?? 'NotSeen',
  };
  if (release.status?.planHash == null) {
    const facts = [unplanned(release), ...held];
    return { ...base, isOnNewVersion: false, facts, targets: [] };
  }
  const snapshot = await lookAtTenant(hub, store, look, release, tenant.name);
  const { facts, targets } = tenantFacts(snapshot, tenant.name, now);
  const isOnNewVersion = targets.length > 0 && targets.every(({ serving }) => serving === 'new');
  const isKnown = targets.length > 0 || facts.some(({ fact }) => fact === 'placement');
  const drift = isKnown ? [] : [notInPlan(tenant)];
  return { ...base, isOnNewVersion, facts: isOnNewVersion ? [] : [...drift, ...held, ...facts], targets };
}

function findTenant({ fleet }: HubLook, name: string): Tenant {
  const found = fleet.tenants.find((one) => one.name === name || one.id === name);
  if (found !== undefined) return found;
  throw badArgument(
    `unknown tenant "${name}"${suggestion(
      name,
      fleet.tenants.map((one) => one.name),
    )}`,
  );
}

/** The named release, else the newest that is not over, else the newest. */
function findRelease({ releases }: HubLook, name: string | null): StoredRelease {
  const newestFirst = [...releases].sort((a, b) => b.createdAt - a.createdAt);
  const isOpen = ({ status }: StoredRelease) => status === null || !FINAL_PHASES.has(status.phase);
  const found =
    name === null ? (newestFirst.find(isOpen) ?? newestFirst[0]) : releases.find(({ spec }) => spec.name === name);
  if (found !== undefined) return found;
  if (name === null) throw badArgument('there is no release in the hub, start one');
  throw badArgument(
    `--release: unknown release "${name}"${suggestion(
      name,
      releases.map(({ spec }) => spec.name),
    )}`,
  );
}

function unplanned({ status, spec }: StoredRelease): TenantFact {
  return status === null
    ? { fact: 'release', reason: 'NotPlanned', message: `no daemon has planned ${spec.name} yet, is one running?` }
    : { fact: 'release', reason: status.phase, message: status.message };
}

/** A hold as it is now: it may be newer than the plan, which then does not follow it. */
function holdFacts({ hold }: Tenant, { spec }: StoredRelease, now: Instant): readonly TenantFact[] {
  if (hold === null || hold.version === spec.version.name) return [];
  if (hold.until !== null && hold.until <= now) return [];
  return [{ fact: 'hold', reason: 'Held', message: `held on ${hold.version}: ${hold.reason}` }];
}

function notInPlan({ name }: Tenant): TenantFact {
  return {
    fact: 'placement',
    reason: 'NotInPlan',
    message: `${name} was not in the fleet when this release was planned; it comes with the next one`,
  };
}
