import { checkCluster } from '../../../../src/controller/checkup/cluster-checkup.ts';
import type { Finding } from '../../../../src/controller/checkup/finding.ts';
import type { FleetTarget } from '../../../../src/controller/checkup/targets.ts';
import { targetId } from '../../../../src/domain/plan.ts';
import { instant } from '../../../../src/domain/time.ts';
import type { Access } from '../../../../src/ports/access-review.ts';
import type { ApiServer } from '../../../../src/ports/api-server.ts';
import { kinds } from '../../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../../src/ports/kubernetes-api.ts';
import { createVirtualClock, type VirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import type { InProcessOptions } from '../../../../src/sandbox/kubernetes/in-process-api.ts';
import type { Store } from '../../../../src/sandbox/kubernetes/store.ts';
import { createWorld, type World } from '../../../../src/sandbox/world.ts';

export const CLUSTER = 'shared-eu';
export const PLACE = 'pool-free';
const us = { fieldManager: 'kubectl' };

/** A right that the daemon needs in every test. */
export const RIGHTS: readonly Access[] = [
  { verb: 'list', group: 'argoproj.io', resource: 'rollouts' },
  { verb: 'patch', group: 'argoproj.io', resource: 'rollouts', subresource: 'status' },
  { verb: 'get', group: '', resource: 'services' },
];

/** A Rollout as Tidegate makes them, or as somebody else would. */
export function aRollout(namespace: string, labels: Readonly<Record<string, string>>): KubernetesObject {
  const app = { app: 'storefront' };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'storefront', namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: app },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
      template: { metadata: { labels: app }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } },
    },
  };
}

export const OURS = { 'app.kubernetes.io/managed-by': 'tidegate' };

export function aTarget(namespace: string, adoptedContainers: FleetTarget['adoptedContainers'] = null): FleetTarget {
  return { id: targetId(CLUSTER, namespace, 'storefront'), namespace, rollout: 'storefront', adoptedContainers };
}

/** What a test may plant, and what it is then looked at with. */
export interface Planted {
  readonly world: World;
  readonly store: Store;
  readonly clock: VirtualClock;
}

export interface Look {
  /** Done when everything is healthy. */
  readonly plant?: (planted: Planted) => void | Promise<void>;
  readonly client?: InProcessOptions;
  readonly identify?: ApiServer['identify'];
  readonly targets?: readonly FleetTarget[];
  readonly probe?: boolean;
}

/** A healthy cluster with one target, after something was planted, as its checkup tells it. */
export async function lookAt(
  look: Look = {},
): Promise<{ readonly findings: readonly Finding[]; readonly store: Store }> {
  const clock = createVirtualClock();
  const world = createWorld({ clusters: [CLUSTER], clock });
  const store = world.store(CLUSTER);
  world.start();
  store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLACE } }, kinds.namespace, us);
  store.create(aRollout(PLACE, OURS), kinds.rollout, us);
  await clock.advance(60_000);
  await look.plant?.({ world, store, clock });
  const client = world.countingApi(CLUSTER, look.client);
  const api: KubernetesApi & ApiServer = { ...client, identify: look.identify ?? (() => client.identify()) };
  const cluster = {
    api,
    rights: { rights: RIGHTS, of: { kind: 'ourselves' }, remedy: 'run tidegate install --target' } as const,
    targets: look.targets ?? [aTarget(PLACE)],
    probe: look.probe === true ? { namespace: PLACE, suffix: 'x' } : null,
  };
  const findings = await drive(clock, checkCluster(cluster, clock));
  world.stop();
  return { findings, store };
}

/** Lets virtual time pass until a promise has ended. */
export async function drive<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isOver = false;
  const ended = promise.finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  await clock.runUntil(() => isOver, instant(clock.now() + 600_000));
  return ended;
}

/** `error rights RightMissing` */
export function brief(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ level, check, reason }) => `${level} ${check} ${reason}`);
}
