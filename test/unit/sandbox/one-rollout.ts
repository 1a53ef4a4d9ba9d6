import { type Instant, later } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { ObjectRef } from '../../../src/ports/kubernetes-api.ts';
import { asReplicaSet, podHashOf } from '../../../src/sandbox/argo/replica-set.ts';
import { asRollout, type RolloutSpec, type RolloutStatus } from '../../../src/sandbox/argo/rollout.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import type { Store } from '../../../src/sandbox/kubernetes/store.ts';
import { createWorld, type WorldOptions } from '../../../src/sandbox/world.ts';

const us = { fieldManager: 'tidegate' };

/** A world of one cluster with one Rollout of four pods, two weights, each with an indefinite pause. */
export function createOneRollout(
  options: { readonly spec?: Partial<RolloutSpec>; readonly world?: Partial<WorldOptions> } = {},
) {
  const clock = createVirtualClock();
  const world = createWorld({ clusters: ['eu'], replicas: { readiness: { otherwise: 20 } }, ...options.world, clock });
  const store = world.store('eu');
  const ref: ObjectRef = { kind: kinds.rollout, namespace: 'shop', name: 'app' };
  world.start();
  createNamespace(store, 'shop');
  const status = (): RolloutStatus => asRollout(store.get(ref)!).status;
  const patchStatus = (change: unknown): void => {
    store.mergePatch(ref, { status: change }, { ...us, subresource: 'status' });
  };
  const seen: RolloutStatus[] = [];
  store.subscribe(kinds.rollout, ({ object }) => seen.push(asRollout(object).status));
  return {
    clock,
    world,
    store,
    ref,
    status,
    /** Every status since the start, in order. */
    seen: seen as readonly RolloutStatus[],
    rollout: () => asRollout(store.get(ref)!),
    replicaSets: () => store.list(kinds.replicaSet, { namespace: 'shop' }).items.map(asReplicaSet),
    podsOf: (hash: string | undefined) =>
      store
        .list(kinds.replicaSet, { namespace: 'shop' })
        .items.map(asReplicaSet)
        .find((one) => podHashOf(one) === hash)?.status.replicas ?? 0,
    create: () => {
      store.create(theRollout(options.spec), kinds.rollout, us);
    },
    image: (image: string) => {
      store.jsonPatch(ref, [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }], us);
    },
    patchSpec: (change: unknown) => {
      store.mergePatch(ref, { spec: change }, us);
    },
    resume: () => patchStatus({ pauseConditions: null }),
    abort: () => patchStatus({ abort: true }),
    retry: () => patchStatus({ abort: false }),
    promoteFull: () => patchStatus({ promoteFull: true }),
    nudge: (value: string) => {
      store.mergePatch(ref, { metadata: { annotations: { 'tidegate.dev/nudge': value } } }, us);
    },
    advance: (ms: number) => clock.advance(ms),
    /** Runs until the status is like this; fails after a minute. */
    until: async (wanted: (status: RolloutStatus) => boolean, limitMs = 60_000) => {
      const limit: Instant = later(clock.now(), limitMs);
      const isReached = await clock.runUntil(() => wanted(status()), limit);
      if (!isReached) throw new Error(`not reached in ${limitMs} ms: ${JSON.stringify(status(), null, 1)}`);
    },
  };
}

/** A Rollout's whole world and its handles. */
export type OneRollout = ReturnType<typeof createOneRollout>;

/** Deploys `app:v1`, then `app:v2` up to its first pause. */
export async function pausedAtFirstStep(options: Parameters<typeof createOneRollout>[0] = {}): Promise<OneRollout> {
  const one = createOneRollout(options);
  one.create();
  await one.until((status) => status.phase === 'Healthy');
  await one.advance(2000);
  one.image('app:v2');
  await one.until((status) => status.phase === 'Paused');
  return one;
}

/** Makes a namespace. */
export function createNamespace(store: Store, name: string): void {
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, kinds.namespace, us);
}

function theRollout(spec: Partial<RolloutSpec> | undefined) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'app' } },
      // with the empty resources that the controller would add: then every new generation is one of ours
      template: {
        metadata: { labels: { app: 'app' } },
        spec: { containers: [{ name: 'app', image: 'app:v1', resources: {} }] },
      },
      strategy: {
        canary: {
          maxSurge: 1,
          maxUnavailable: 0,
          steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
        },
      },
      ...spec,
    },
  };
}
