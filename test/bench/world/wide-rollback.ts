import type { PlanTarget } from '../../../src/domain/plan.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { manifestOf } from '../../../src/release/plan-index.ts';
import { stockLimits } from '../../../src/sandbox/argo/controller.ts';
import { stockReplicasLimit } from '../../../src/sandbox/replicas/controller.ts';
import { availability, imageOf } from './fleet-objects.ts';
import { createVirtualReleaseWorld, NAMESPACE, RELEASE, startMeasuredDaemon } from './release-world.ts';

/** Where the targets stand when the rollback is decided. */
export type RollbackFrom = 'canary' | 'promoted';

/** How wide, and from where. */
export interface WideRollbackOptions {
  readonly targets: number;
  readonly from: RollbackFrom;
  readonly maxConcurrency: number;
}

const LIMIT_MS = 4 * 60 * 60_000;
const QUIET_MS = 20_000;
const write = { fieldManager: FIELD_MANAGER };

/** One wave of targets in one cluster with stock rate limits, all at the same point of a release. */
export async function createWideRollback({ targets: count, from, maxConcurrency }: WideRollbackOptions) {
  const release = await createVirtualReleaseWorld({
    shape: {
      freeTenants: 1,
      pools: 1,
      businessTenants: count,
      sharedClusters: 1,
      enterpriseTenants: 1,
      wave: {
        maxConcurrency: '100%',
        maxFailures: 0,
        steps: [50],
        bake: { step: from === 'canary' ? '20m' : '10s', wave: '20m' },
        deadline: { target: '1h', wave: '4h' },
        analysis: { scope: 'wave', minRequests: 20, limit: '1h', window: '5s', interval: '5s' },
        onFailure: { rollback: 'wave' },
      },
      rollbackConcurrency: maxConcurrency,
      slos: [availability],
    },
    behaviour: { badRatio: () => 0.001, requestsPerSecond: () => 40, fault: () => 'none' },
    argo: { rateLimit: stockLimits },
    replicas: { rateLimit: stockReplicasLimit },
  });
  const { clock, world, source, baseline } = release;
  const targets = baseline.waves.find((wave) => wave.name === 'business')!.targets;
  const cluster = targets[0]!.cluster;
  const stop = new AbortController();
  const daemon = startMeasuredDaemon(
    { clock, connect: (name) => world.api(name), source, report: () => {} },
    stop.signal,
  );
  await release.createRelease();
  const rollout = ({ namespace, rollout: name }: PlanTarget) =>
    world.store(cluster).get({ kind: kinds.rollout, namespace, name })!;
  const isThere = () => targets.every((target) => isAt(rollout(target), from));
  await reached(clock.runUntil(isThere, later(clock.now(), LIMIT_MS)), from);
  await clock.advance(QUIET_MS);

  const isOff = () =>
    world
      .store(cluster)
      .list(kinds.replicaSet, { namespace: null })
      .items.every((set) => set.metadata.namespace?.startsWith('biz') !== true || !serves(set, imageOf('b')));
  const untilOff = async (since: Instant): Promise<number> => {
    await reached(clock.runUntil(isOff, later(since, LIMIT_MS)), 'rollback');
    return clock.now() - since;
  };
  return {
    /** A person asks; from the decision on. */
    async byDaemon(): Promise<number> {
      const object = {
        apiVersion: 'tidegate.dev/v1alpha1',
        kind: 'Rollback',
        metadata: { name: 'now', namespace: NAMESPACE },
        spec: { release: RELEASE, scope: 'wave', reason: 'measured', by: 'somebody' },
      };
      await release.world.api('hub').create(object, kinds.rollback, { fieldManager: 'kubectl' });
      await reached(
        clock.runUntil(() => release.status()?.rollback !== null, later(clock.now(), LIMIT_MS)),
        'decision',
      );
      return untilOff(clock.now());
    },
    /** Every patch in one instant, and nobody looks after them. */
    async atOnce(): Promise<number> {
      stop.abort();
      await clock.advance(1_000);
      await daemon;
      const since = clock.now();
      await Promise.all(
        targets.map(({ namespace, rollout: name, rolloutManifest }) => {
          const ref = { kind: kinds.rollout, namespace, name };
          const api = world.api(cluster);
          if (from === 'canary')
            return api.mergePatch(ref, { status: { abort: true } }, { ...write, subresource: 'status' });
          const spec = manifestOf(baseline, rolloutManifest)['spec'] as JsonObject;
          const fields = ['template', 'rollbackWindow'].map((field) => {
            return { op: 'add', path: `/spec/${field}`, value: spec[field]! } as const;
          });
          return api.patch(ref, fields, write);
        }),
      );
      return untilOff(since);
    },
  };
}

function isAt(rollout: KubernetesObject, from: RollbackFrom): boolean {
  const status = rollout['status'] as { phase?: string; currentStepIndex?: number };
  const [container] = (rollout['spec'] as PodSpecHolder).template.spec.containers;
  if (container?.image !== imageOf('b')) return false;
  return from === 'canary' ? status.phase === 'Paused' : status.phase === 'Healthy' && isStable(rollout);
}

function isStable(rollout: KubernetesObject): boolean {
  const { stableRS, currentPodHash } = rollout['status'] as { stableRS?: string; currentPodHash?: string };
  return stableRS === currentPodHash;
}

interface PodSpecHolder {
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

/** Whether a ReplicaSet of that image has pods that answer requests. */
function serves(set: KubernetesObject, image: string): boolean {
  const [container] = (set['spec'] as PodSpecHolder).template.spec.containers;
  return (
    container?.image === image && ((set['status'] as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0) > 0
  );
}

async function reached(work: Promise<boolean>, what: string): Promise<void> {
  if (!(await work)) throw new Error(`the measured release does not come to its ${what}`);
}
