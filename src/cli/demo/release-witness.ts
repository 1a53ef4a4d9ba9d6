import { readStatus } from '../../adapters/hub/hub-store.ts';
import { type TargetId, targetId } from '../../domain/plan.ts';
import type { Instant } from '../../domain/time.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type ObservedTarget, projectRollout } from '../../release/observed-target.ts';
import type { DemoWorld } from './demo-world.ts';

/** A command that a controller had lost, brought to its notice again. */
export interface SeenNudge {
  readonly target: TargetId;
  readonly attempt: number;
  readonly at: Instant;
  /** Whether it was an abort that stood without effect. */
  readonly isForAbort: boolean;
}

/** Sees what happens to one release in the clusters' own objects, without asking Tidegate. */
export interface ReleaseWitness {
  /** When the decision to roll back was persisted; `null` while there is none. */
  rollbackPersistedAt(): Instant | null;
  /** Resolves when it is. */
  readonly rollbackPersisted: Promise<void>;
  readonly nudges: readonly SeenNudge[];
  /** Targets that were on the new version alone at some time. */
  readonly promoted: ReadonlySet<TargetId>;
  /** When a target that had left it was last seen to come back, Healthy on the revision it had before. */
  backAt(target: TargetId): Instant | null;
  stop(): void;
}

/** Starts to watch a release that has not begun. */
export function witnessRelease(world: DemoWorld, release: string): ReleaseWitness {
  const { clock } = world;
  const startedAt = clock.now();
  const before = revisionsNow(world);
  const isBack = new Map<TargetId, boolean>();
  const backAt = new Map<TargetId, Instant>();
  const promoted = new Set<TargetId>();
  const nudges: SeenNudge[] = [];
  const persisted = Promise.withResolvers<void>();
  let persistedAt: Instant | null = null;

  function seeRelease(object: KubernetesObject): void {
    if (object.metadata.name !== release || persistedAt !== null) return;
    if (readStatus(object['status'])?.rollback == null) return;
    persistedAt = clock.now();
    persisted.resolve();
  }

  function seeRollout(cluster: string, object: KubernetesObject): void {
    const id = idOf(cluster, object);
    const seen = projectRollout(object);
    if (seen.release === release && isAlone(seen) && seen.currentHash !== before.get(id)) promoted.add(id);
    const isBackNow = isAlone(seen) && seen.currentHash === before.get(id);
    if (isBackNow && isBack.get(id) === false) backAt.set(id, clock.now());
    isBack.set(id, isBackNow);
    seeNudge(id, seen);
  }

  function seeNudge(target: TargetId, { nudge, abort, abortedAt }: ObservedTarget): void {
    // a nudge stays in the object: one from an earlier release is none of this one
    if (nudge === null || nudge.at < startedAt || nudges.some((one) => one.target === target && one.at === nudge.at))
      return;
    nudges.push({ target, attempt: nudge.attempt, at: nudge.at, isForAbort: abort && !abortedAt });
  }

  const stops = [
    world.objects(world.hub).subscribe(kinds.release, ({ object }) => seeRelease(object)),
    ...world.clusters.map((cluster) =>
      world.objects(cluster).subscribe(kinds.rollout, ({ object }) => seeRollout(cluster, object)),
    ),
  ];
  return {
    rollbackPersistedAt: () => persistedAt,
    rollbackPersisted: persisted.promise,
    nudges,
    promoted,
    backAt: (target) => backAt.get(target) ?? null,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

/** One revision serves all of the target, and it is well. */
function isAlone({ phase, currentHash, stableHash, abort, isObserved }: ObservedTarget): boolean {
  return phase === 'Healthy' && currentHash === stableHash && currentHash !== '' && !abort && isObserved;
}

function revisionsNow(world: DemoWorld): ReadonlyMap<TargetId, string> {
  return new Map(
    world.clusters.flatMap((cluster) =>
      world
        .objects(cluster)
        .list(kinds.rollout, { namespace: null })
        .items.map((object) => [idOf(cluster, object), projectRollout(object).stableHash] as const),
    ),
  );
}

function idOf(cluster: string, { metadata }: KubernetesObject): TargetId {
  return targetId(cluster, metadata.namespace ?? '', metadata.name);
}
