import type { PlanTarget } from '../../../src/domain/plan.ts';
import { later } from '../../../src/domain/time.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { manifestOf } from '../../../src/release/plan-index.ts';
import { stockLimits } from '../../../src/sandbox/argo/controller.ts';
import { stockReplicasLimit } from '../../../src/sandbox/replicas/controller.ts';
import { availability, type FleetShape, fleetObjects, imageOf } from './fleet-objects.ts';
import { inventoryFrom, planVersion } from './inventory.ts';
import { createVirtualReleaseWorld, NAMESPACE, RELEASE, startMeasuredDaemon } from './release-world.ts';

/** What became of a wave that one cluster had to digest. */
export interface DigestedWave {
  /** First template written → last target at its first pause, ms. */
  readonly toPauseMs: number;
  /** The same for the first target: from here on there is something to judge. */
  readonly firstPauseMs: number;
  /** Most Rollouts at once whose controller had not looked at them. */
  readonly mostWaiting: number;
}

/** What became of a rollback in the middle of such a wave. */
export interface InterruptedWave {
  /** Targets that had the new version in their spec at the decision. */
  readonly exposed: number;
  /** Decision → every one of them is aborted or has its old template back, ms. */
  readonly abortedMs: number;
}

/** A wave whose first template has been written. */
interface MovingWave {
  /** Goes on to the first pause of all. */
  digest(): Promise<DigestedWave>;
  /** Takes all of it back so long after the first template. */
  rollBackAfter(ms: number): Promise<InterruptedWave>;
}

const LIMIT_MS = 60 * 60_000;
/** An abort that is not carried out by then is touched again. */
const TOUCH_AGAIN_MS = 1_000;
const write = { fieldManager: FIELD_MANAGER };

/** One wave in one cluster with stock rate limits, as wide as it has targets; each call of what is returned needs a new one. */
export async function createPacedWave(count: number) {
  const shape = shapeOf(count);
  const release = await createVirtualReleaseWorld({
    shape,
    behaviour: { badRatio: () => 0.001, requestsPerSecond: () => 40, fault: () => 'none' },
    argo: { rateLimit: stockLimits },
    replicas: { rateLimit: stockReplicasLimit },
  });
  const { clock, world, baseline } = release;
  const { targets } = baseline.waves.find((wave) => wave.name === 'business')!;
  const { cluster } = targets[0]!;
  const api = world.api(cluster);
  const rollouts = () => targets.map((target) => world.store(cluster).get(refOf(target))!);
  const reached = async (isThere: () => boolean, what: string): Promise<number> => {
    if (!(await clock.runUntil(isThere, later(clock.now(), LIMIT_MS))))
      throw new Error(`the measured wave does not come to its ${what}`);
    return clock.now();
  };

  async function digest(): Promise<DigestedWave> {
    const since = clock.now();
    let mostWaiting = 0;
    let firstPauseMs: number | null = null;
    const areAllPaused = () => {
      const now = rollouts();
      mostWaiting = Math.max(mostWaiting, now.filter((one) => !isSeen(one)).length);
      const paused = now.filter(isPaused).length;
      if (paused > 0) firstPauseMs ??= clock.now() - since;
      return paused === now.length;
    };
    const toPauseMs = (await reached(areAllPaused, 'pause')) - since;
    return { toPauseMs, firstPauseMs: firstPauseMs ?? toPauseMs, mostWaiting };
  }

  async function untilAborted(): Promise<InterruptedWave> {
    const since = clock.now();
    const exposed = rollouts().filter(isNew).length;
    // what was aborted stays so, while its old template is on its way
    const off = new Set<string>();
    const areAllOff = () => {
      for (const one of rollouts()) if (isOff(one)) off.add(one.metadata.namespace ?? '');
      return off.size === targets.length;
    };
    return { exposed, abortedMs: (await reached(areAllOff, 'abort')) - since };
  }

  /** As a daemon would, without its goals: sent, and touched until the effect is seen. */
  async function abortAll(): Promise<void> {
    const status = { ...write, subresource: 'status' as const };
    await Promise.all(targets.map((one) => api.mergePatch(refOf(one), { status: { abort: true } }, status)));
    for (let attempt = 1; rollouts().some((one) => !isOff(one)); attempt += 1) {
      await clock.sleep(TOUCH_AGAIN_MS);
      const touch = { metadata: { annotations: { touched: String(attempt) } } };
      const late = targets.filter((_, index) => !isOff(rollouts()[index]!));
      await Promise.all(late.map((one) => api.mergePatch(refOf(one), touch, write)));
    }
  }

  return {
    /** A daemon of ours brings the wave. */
    async byDaemon(): Promise<MovingWave> {
      const connect = (name: string) => world.api(name);
      const options = { clock, connect, source: release.source, report: () => {} };
      void startMeasuredDaemon(options, new AbortController().signal);
      await release.createRelease();
      await reached(() => rollouts().some(isNew), 'first template');
      return {
        digest,
        async rollBackAfter(ms) {
          await clock.advance(ms);
          await world.api('hub').create(rollbackRequest, kinds.rollback, { fieldManager: 'kubectl' });
          await reached(() => release.status()?.rollback !== null, 'decision');
          return untilAborted();
        },
      };
    },
    /** Every template in one instant; every abort too. */
    async atOnce(): Promise<MovingWave> {
      const next = planVersion(inventoryFrom(fleetObjects(shape)), RELEASE, 'b', clock.now());
      const manifests = new Map(next.waves.flatMap((wave) => wave.targets).map((one) => [one.id, one.rolloutManifest]));
      const writeTemplate = (target: PlanTarget) => {
        const spec = manifestOf(next, manifests.get(target.id)!)['spec'] as JsonObject;
        return api.patch(refOf(target), [{ op: 'add', path: '/spec/template', value: spec['template']! }], write);
      };
      await Promise.all(targets.map(writeTemplate));
      return {
        digest,
        async rollBackAfter(ms) {
          await clock.advance(ms);
          void abortAll();
          return untilAborted();
        },
      };
    },
  };
}

function shapeOf(businessTenants: number): FleetShape {
  return {
    freeTenants: 1,
    pools: 1,
    businessTenants,
    sharedClusters: 1,
    enterpriseTenants: 1,
    wave: {
      maxConcurrency: '100%',
      maxFailures: 0,
      steps: [50],
      bake: { step: '20m', wave: '1m' },
      deadline: { target: '2h', wave: '8h' },
      analysis: { scope: 'wave', minRequests: 20, limit: '1h', window: '5s', interval: '5s' },
      onFailure: { rollback: 'wave' },
    },
    rollbackConcurrency: businessTenants,
    slos: [availability],
  };
}

const rollbackRequest: KubernetesObject = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'Rollback',
  metadata: { name: 'now', namespace: NAMESPACE },
  spec: { release: RELEASE, scope: 'wave', reason: 'measured', by: 'somebody' },
};

function refOf({ namespace, rollout: name }: PlanTarget) {
  return { kind: kinds.rollout, namespace, name };
}

interface SeenRollout {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status: { readonly observedGeneration?: string; readonly phase?: string; readonly abortedAt?: string };
}

function parts(object: KubernetesObject): SeenRollout {
  return object as unknown as SeenRollout;
}

function isNew(object: KubernetesObject): boolean {
  return parts(object).spec.template.spec.containers[0]?.image === imageOf('b');
}

function isSeen(object: KubernetesObject): boolean {
  return Number(parts(object).status.observedGeneration) >= (object.metadata.generation ?? 0);
}

function isPaused(object: KubernetesObject): boolean {
  return isSeen(object) && isNew(object) && parts(object).status.phase === 'Paused';
}

function isOff(object: KubernetesObject): boolean {
  return isSeen(object) && (!isNew(object) || parts(object).status.abortedAt !== undefined);
}
