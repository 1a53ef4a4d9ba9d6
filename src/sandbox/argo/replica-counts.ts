import { availableOf, type ReplicaSet, wantedReplicas } from './replica-set.ts';
import { canaryOf, type IntOrPercent, isFullyPromoted, isRouted, type Rollout, replicasOf } from './rollout.ts';
import { currentWeight } from './steps.ts';

/** Pods of the new and of the stable ReplicaSet. */
export interface CanaryCounts {
  readonly canary: number;
  readonly stable: number;
}

/** The ReplicaSets of one Rollout, sorted into their roles. */
export interface ReplicaSetRoles {
  /** Carries the wanted template; absent until it is created. */
  readonly canary: ReplicaSet | undefined;
  /** Carries the last fully promoted template; the same object as `canary` once promoted. */
  readonly stable: ReplicaSet | undefined;
  readonly others: readonly ReplicaSet[];
}

/** How far the controller may go past and below the wanted pods. */
export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/** maxSurge rounded up, maxUnavailable rounded down; both 0 gives one unavailable. */
export function fencepostsOf(rollout: Rollout): Fenceposts {
  const replicas = replicasOf(rollout);
  const canary = canaryOf(rollout);
  const surge = Math.ceil(resolve(canary.maxSurge ?? '25', replicas));
  const unavailable = Math.floor(resolve(canary.maxUnavailable ?? '25', replicas));
  if (surge === 0 && unavailable === 0) return { surge, unavailable: Math.min(1, replicas) };
  return { surge, unavailable: Math.min(unavailable, replicas) };
}

/** Argo reads any string as a percentage, with or without its sign. */
function resolve(value: IntOrPercent, replicas: number): number {
  return typeof value === 'number' ? value : (Number.parseInt(value, 10) * replicas) / 100;
}

/**
 * The pods that come nearest to a weight: ties go up, one pod more than wanted is allowed with surge, and with two pods
 * or more a weight of 1…99 leaves at least one on either side.
 *
 * @param weightPercent 0…100
 */
export function approximateCounts(replicas: number, weightPercent: number, surge: number): CanaryCounts {
  if (replicas === 0) return { canary: 0, stable: 0 };
  const ceiling = Math.ceil((replicas * weightPercent) / 100);
  const floor = Math.floor((replicas * weightPercent) / 100);
  const mayBeEmpty = weightPercent === 100 || weightPercent === 0 || (replicas === 1 && surge === 0);
  const totals = surge > 0 ? [replicas, replicas + 1] : [replicas];
  const options = totals.flatMap((total) => {
    const mayTakeCeiling = total > replicas || ceiling < replicas || mayBeEmpty;
    const mayTakeFloor = !isTied(weightPercent, total) && (floor !== 0 || mayBeEmpty);
    return [
      ...(mayTakeCeiling ? [{ canary: ceiling, stable: total - ceiling }] : []),
      ...(mayTakeFloor ? [{ canary: floor, stable: total - floor }] : []),
    ];
  });
  return nearest(options, weightPercent) ?? { canary: 0, stable: replicas };
}

function isTied(weightPercent: number, total: number): boolean {
  return (total * (weightPercent / 100)) % 1 === 0.5;
}

function nearest(options: readonly CanaryCounts[], weightPercent: number): CanaryCounts | undefined {
  const distance = ({ canary, stable }: CanaryCounts): number =>
    Math.abs((canary * 100) / (canary + stable) - weightPercent);
  return options.reduce<CanaryCounts | undefined>(
    (best, option) => (best === undefined || distance(option) < distance(best) ? option : best),
    undefined,
  );
}

/** What the two ReplicaSets should be scaled to next, within surge and availability. @see argo-rollouts `utils/replicaset/canary.go` */
export function nextCounts(rollout: Rollout, roles: ReplicaSetRoles): CanaryCounts {
  const { others } = roles;
  const replicas = replicasOf(rollout);
  if (isRouted(rollout)) return routedCounts(replicas, desiredWeight(rollout));
  const { surge, unavailable } = fencepostsOf(rollout);
  const desired = isSeparate(roles)
    ? approximateCounts(replicas, desiredWeight(rollout), surge)
    : { canary: replicas, stable: 0 };
  const grown = grow(desired, roles, replicas + surge);
  if (wantedReplicas(others) > 0) return grown;
  return shrink({ desired, grown, roles, mostPods: replicas + surge, fewestAvailable: replicas - unavailable });
}

/** With a router the stable side keeps all its pods, the canary gets its share on top. */
function routedCounts(replicas: number, weightPercent: number): CanaryCounts {
  return { canary: Math.ceil((weightPercent * replicas) / 100), stable: replicas };
}

/** The stable ReplicaSet exists and is not the new one. */
export function isSeparate(roles: ReplicaSetRoles): boolean {
  return roles.stable !== undefined && roles.stable.metadata.name !== roles.canary?.metadata.name;
}

function desiredWeight(rollout: Rollout): number {
  const { promoteFull, stableRS } = rollout.status;
  if (promoteFull === true || (stableRS ?? '') === '' || isFullyPromoted(rollout)) return 100;
  return currentWeight(rollout);
}

/** The stable side takes the free places first. */
function grow(desired: CanaryCounts, roles: ReplicaSetRoles, mostPods: number): CanaryCounts {
  const stableNow = isSeparate(roles) ? (roles.stable?.spec.replicas ?? 0) : 0;
  const canaryNow = roles.canary?.spec.replicas ?? 0;
  let free = Math.max(0, mostPods - wantedReplicas(roles.others) - stableNow - canaryNow);
  const stable = stableNow < desired.stable ? Math.min(desired.stable, stableNow + free) : stableNow;
  free -= stable - stableNow;
  const isThere = roles.canary !== undefined;
  const canary = isThere && canaryNow < desired.canary ? Math.min(desired.canary, canaryNow + free) : canaryNow;
  return { canary, stable };
}

interface Shrink {
  readonly desired: CanaryCounts;
  readonly grown: CanaryCounts;
  readonly roles: ReplicaSetRoles;
  readonly mostPods: number;
  readonly fewestAvailable: number;
}

/** The side that gives pods away does so only as far as enough others are available. */
function shrink({ desired, grown, roles, mostPods, fewestAvailable }: Shrink): CanaryCounts {
  const { canary, stable } = roles;
  const isIncreasing = canary === undefined || desired.canary >= canary.spec.replicas;
  const countable = countedForScaleDown(canary, !isIncreasing) + countedForScaleDown(stable, isIncreasing);
  if (countable <= fewestAvailable) return grown;
  const spare = countable - fewestAvailable;
  if (!isIncreasing) {
    const drained = drain(canary, desired.canary, spare, grown.canary);
    const { draining, kept } = fitLimits({
      draining: drained,
      kept: grown.stable,
      drainingSet: canary,
      keptSet: stable,
      mostPods,
      fewestAvailable,
    });
    return { canary: draining, stable: kept };
  }
  if (!isSeparate(roles)) return grown;
  const drained = drain(stable, desired.stable, spare, grown.stable);
  const { draining, kept } = fitLimits({
    draining: drained,
    kept: grown.canary,
    drainingSet: stable,
    keptSet: canary,
    mostPods,
    fewestAvailable,
  });
  return { canary: kept, stable: draining };
}

/** Pods that never became available may go first: they are counted as if they were. */
function countedForScaleDown(replicaSet: ReplicaSet | undefined, ignoreAvailability: boolean): number {
  if (replicaSet === undefined) return 0;
  const available = availableOf(replicaSet);
  if (replicaSet.spec.replicas < available || ignoreAvailability) return replicaSet.spec.replicas;
  return available;
}

function drain(replicaSet: ReplicaSet | undefined, desired: number, spare: number, otherwise: number): number {
  if (replicaSet === undefined || replicaSet.spec.replicas <= desired) return otherwise;
  return Math.max(desired, replicaSet.spec.replicas - spare);
}

interface Limits {
  readonly draining: number;
  readonly kept: number;
  readonly drainingSet: ReplicaSet | undefined;
  readonly keptSet: ReplicaSet | undefined;
  readonly mostPods: number;
  readonly fewestAvailable: number;
}

/** Takes back what exceeds the surge, from the kept side first, as far as availability allows. */
function fitLimits(limits: Limits): { readonly draining: number; readonly kept: number } {
  const { drainingSet, keptSet, mostPods, fewestAvailable } = limits;
  if (keptSet === undefined) return { draining: limits.draining, kept: limits.kept };
  const over = Math.max(0, limits.kept + limits.draining - mostPods);
  const reduced = limits.kept - over;
  const keptAvailable = availableOf(keptSet);
  const available = Math.min(availableOf(drainingSet), limits.draining) + Math.min(keptAvailable, reduced);
  const lost = Math.max(0, keptAvailable - reduced);
  const kept = reduced + Math.min(lost, Math.max(0, fewestAvailable - available));
  return { draining: limits.draining - Math.max(0, kept + limits.draining - mostPods), kept };
}

/** `true` when the step's pods are there: new ones available, stable ones created, all others gone. */
export function isAtDesiredCounts(rollout: Rollout, roles: ReplicaSetRoles): boolean {
  const desired = nextCounts(rollout, roles);
  const { canary, stable, others } = roles;
  if (canary === undefined || stable === undefined) return false;
  const canaryIsThere = canary.spec.replicas === desired.canary && availableOf(canary) === desired.canary;
  const stableIsThere = stable.spec.replicas === desired.stable && stable.status.replicas === desired.stable;
  if (isRouted(rollout)) return canaryIsThere && stableIsThere;
  return canaryIsThere && stableIsThere && others.every((other) => availableOf(other) === 0);
}
