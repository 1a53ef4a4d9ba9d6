import type { Fleet, Hold, Placement, Tenant } from '../domain/fleet.ts';
import { type LeftOut, type PlanFinding, type TargetId, targetId } from '../domain/plan.ts';
import { formatInstant, type Instant } from '../domain/time.ts';
import type { ReleaseSpec } from '../domain/wave-plan.ts';
import { compare, error, someOf, warning } from './findings.ts';
import { selects } from './match-selector.ts';

/** A Rollout with the tenants behind it, before it has a wave. */
export interface ResolvedTarget {
  readonly id: TargetId;
  readonly cluster: string;
  readonly namespace: string;
  readonly rollout: string;
  readonly owner: { readonly kind: 'pool' | 'tenant'; readonly name: string };
  /** The strictest tier inside it: the one that stands first in the rollback order. */
  readonly tier: string;
  /** Sorted by name, never empty. */
  readonly tenants: readonly Tenant[];
}

/** Who is asked for what. `now` decides which holds have ended, and nothing else. */
export interface ResolveInput {
  readonly fleet: Fleet;
  readonly workload: string;
  /** Name of its Rollout in every place. */
  readonly rollout: string;
  readonly release: ReleaseSpec;
  /** Tiers, strictest first. */
  readonly rollbackOrder: readonly string[];
  readonly now: Instant;
}

/** Every tenant is behind a target or left out, never both. */
export interface ResolvedTargets {
  /** Sorted by id. */
  readonly targets: readonly ResolvedTarget[];
  /** Places that would be targets, were it not for a hold or the scope. */
  readonly excluded: readonly ResolvedTarget[];
  /** Sorted by tenant. */
  readonly leftOut: readonly LeftOut[];
  readonly findings: readonly PlanFinding[];
}

/** Why a place gets no new version, in the words of one tenant. */
type Exclusion = Omit<LeftOut, 'tenant'>;

interface Place {
  readonly id: TargetId;
  readonly cluster: string;
  readonly namespace: string;
  readonly owner: ResolvedTarget['owner'];
  readonly tenants: Tenant[];
}

/** Finds the targets of a release: the places of its tenants, less those that a hold or the scope keeps out. */
export function resolveTargets(input: ResolveInput): ResolvedTargets {
  const findings: PlanFinding[] = [];
  const places = findPlaces(input, findings);
  const targets: ResolvedTarget[] = [];
  const excludedTargets: ResolvedTarget[] = [];
  const exclusions = new Map<string, Exclusion[]>();
  for (const place of places) {
    const excluded = excludeFrom(place, input);
    (excluded === null ? targets : excludedTargets).push(toTarget(place, input));
    for (const [tenant, exclusion] of excluded ?? []) push(exclusions, tenant, exclusion);
  }
  const reached = new Set(targets.flatMap((target) => target.tenants.map((tenant) => tenant.name)));
  const leftOut = input.fleet.tenants
    .filter((tenant) => !reached.has(tenant.name))
    .map((tenant) => leave(tenant, exclusions.get(tenant.name), input));
  findings.push(...partlyLeftOut(reached, exclusions), ...tierFindings(targets, input.rollbackOrder));
  findings.push(...endedHolds(input));
  return {
    targets,
    excluded: excludedTargets,
    leftOut: leftOut.sort((a, b) => compare(a.tenant, b.tenant)),
    findings,
  };
}

function findPlaces(input: ResolveInput, findings: PlanFinding[]): readonly Place[] {
  const pools = new Map(input.fleet.pools.map((pool) => [pool.name, pool]));
  const clusters = new Set(input.fleet.clusters.map((cluster) => cluster.name));
  const places = new Map<TargetId, Place>();
  for (const tenant of input.fleet.tenants) {
    for (const placement of placementsFor(tenant, input.workload)) {
      const pool = placement.kind === 'pool' ? pools.get(placement.pool) : undefined;
      if (placement.kind === 'pool' && pool === undefined) {
        findings.push(error('UnknownPool', `tenant ${tenant.name}`, `its pool ${placement.pool} is not in the fleet`));
        continue;
      }
      const { cluster, namespace } = pool ?? (placement as Extract<Placement, { kind: 'dedicated' }>);
      const owner = pool === undefined ? tenantOwner(tenant) : ({ kind: 'pool', name: pool.name } as const);
      if (!clusters.has(cluster)) {
        findings.push(
          error('UnknownCluster', `${owner.kind} ${owner.name}`, `its cluster ${cluster} is not in the fleet`),
        );
        continue;
      }
      addTenant(places, { cluster, namespace, owner, rollout: input.rollout }, tenant, findings);
    }
  }
  return [...places.values()].sort((a, b) => compare(a.id, b.id));
}

function addTenant(
  places: Map<TargetId, Place>,
  at: Pick<Place, 'cluster' | 'namespace' | 'owner'> & { readonly rollout: string },
  tenant: Tenant,
  findings: PlanFinding[],
): void {
  const id = targetId(at.cluster, at.namespace, at.rollout);
  const place = places.get(id);
  if (place === undefined) {
    places.set(id, { id, cluster: at.cluster, namespace: at.namespace, owner: at.owner, tenants: [tenant] });
  } else if (place.owner.kind !== at.owner.kind || place.owner.name !== at.owner.name) {
    const owners = [place.owner, at.owner].map((owner) => `${owner.kind} ${owner.name}`).sort(compare);
    findings.push(
      error(
        'SharedNamespace',
        id,
        `${owners.join(' and ')} share namespace ${at.namespace} of cluster ${at.cluster}: one Rollout cannot be both, give each its own or make a pool`,
      ),
    );
  } else if (!place.tenants.includes(tenant)) place.tenants.push(tenant);
}

function placementsFor(tenant: Tenant, workload: string): readonly Placement[] {
  return tenant.placements.filter(
    (placement) => placement.workloads === null || placement.workloads.includes(workload),
  );
}

function tenantOwner(tenant: Tenant): ResolvedTarget['owner'] {
  return { kind: 'tenant', name: tenant.name };
}

/** `null`: the place is a target. A pool cannot go in part, so one tenant keeps all of them out. */
function excludeFrom(place: Place, input: ResolveInput): ReadonlyMap<string, Exclusion> | null {
  const own = new Map<string, Exclusion>();
  for (const tenant of place.tenants) {
    const exclusion = excludeTenant(tenant, input);
    if (exclusion !== null) own.set(tenant.name, exclusion);
  }
  if (own.size === 0) return null;
  const mates = {
    held: [...own].filter(([, { reason }]) => reason === 'Held').map(([name]) => name),
    all: [...own.keys()],
  };
  const inherited = place.tenants.filter(({ name }) => !own.has(name));
  return new Map([...own, ...inherited.map(({ name }) => [name, poolMate(place, mates)] as const)]);
}

function excludeTenant(tenant: Tenant, input: ResolveInput): Exclusion | null {
  const { hold } = tenant;
  if (hold !== null && isActive(hold, input.now) && hold.version !== input.release.version.name) {
    const until = hold.until === null ? 'until it is lifted' : `until ${formatInstant(hold.until)}`;
    return { reason: 'Held', message: `held on ${hold.version} ${until}: ${hold.reason}` };
  }
  const { scope } = input.release;
  if (scope === null || selects(scope, tenant)) return null;
  return { reason: 'OutOfScope', message: `the scope of release ${input.release.name} does not select it` };
}

function poolMate(
  place: Place,
  mates: { readonly held: readonly string[]; readonly all: readonly string[] },
): Exclusion {
  const serves = (names: readonly string[]) => `pool ${place.owner.name} also serves ${someOf(names)}`;
  return mates.held.length > 0
    ? { reason: 'PoolMateHeld', message: `${serves(mates.held)}, which is held; a pool goes whole or not at all` }
    : { reason: 'OutOfScope', message: `${serves(mates.all)}, out of scope; a pool goes whole or not at all` };
}

function isActive(hold: Hold, now: Instant): boolean {
  return hold.until === null || now < hold.until;
}

function toTarget(place: Place, input: ResolveInput): ResolvedTarget {
  const tenants = place.tenants.sort((a, b) => compare(a.name, b.name));
  return {
    id: place.id,
    cluster: place.cluster,
    namespace: place.namespace,
    rollout: input.rollout,
    owner: place.owner,
    tier: strictestTier(tenants, input.rollbackOrder),
    tenants,
  };
}

function strictestTier(tenants: readonly Tenant[], order: readonly string[]): string {
  const tiers = new Set(tenants.map((tenant) => tenant.tier));
  return order.find((tier) => tiers.has(tier)) ?? [...tiers].sort(compare)[0] ?? '';
}

/** Of several reasons the tenant's own counts first. */
function leave(tenant: Tenant, exclusions: readonly Exclusion[] | undefined, input: ResolveInput): LeftOut {
  const reason = exclusions === undefined ? undefined : (excludeTenant(tenant, input) ?? exclusions[0]);
  if (reason !== undefined) return { tenant: tenant.name, ...reason };
  return { tenant: tenant.name, reason: 'NoPlacement', message: `no placement of it runs workload ${input.workload}` };
}

function partlyLeftOut(
  reached: ReadonlySet<string>,
  exclusions: ReadonlyMap<string, readonly Exclusion[]>,
): readonly PlanFinding[] {
  return [...exclusions]
    .filter(([tenant]) => reached.has(tenant))
    .map(([tenant, [first]]) =>
      warning('PartlyLeftOut', `tenant ${tenant}`, `one of its placements stays behind: ${first?.message ?? ''}`),
    );
}

function tierFindings(targets: readonly ResolvedTarget[], order: readonly string[]): readonly PlanFinding[] {
  const tiers = new Set(targets.flatMap((target) => target.tenants.map((tenant) => tenant.tier)));
  return [...tiers]
    .filter((tier) => !order.includes(tier))
    .map((tier) =>
      error('TierNotInRollbackOrder', `tier ${tier}`, 'rollback.order does not name it, so it has no rank: add it'),
    );
}

function endedHolds(input: ResolveInput): readonly PlanFinding[] {
  return input.fleet.tenants.flatMap(({ name, hold }) =>
    hold === null || hold.until === null || isActive(hold, input.now)
      ? []
      : [
          warning(
            'HoldEnded',
            `tenant ${name}`,
            `its hold on ${hold.version} ended ${formatInstant(hold.until)}: it takes part`,
          ),
        ],
  );
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
