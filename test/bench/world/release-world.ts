import { createHubStore } from '../../../src/adapters/hub/hub-store.ts';
import { readStatus } from '../../../src/adapters/hub/status-record.ts';
import { createLeadership } from '../../../src/adapters/kubernetes/lease.ts';
import { deployBaseline, prepareHub } from '../../../src/cli/seed-world.ts';
import { type DaemonEvent, runDaemon } from '../../../src/controller/daemon.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { ReleaseStatus } from '../../../src/domain/release-status.ts';
import { instant, later } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { Leadership } from '../../../src/ports/leadership.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';
import type { ArgoOptions } from '../../../src/sandbox/argo/controller.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import type { ReplicasOptions } from '../../../src/sandbox/replicas/controller.ts';
import { createWorld, type World } from '../../../src/sandbox/world.ts';
import { type Behaviour, createModelSource } from '../../simulation/model-source.ts';
import { createRandom } from '../../simulation/random.ts';
import { type FleetShape, fleetObjects, releaseObject } from './fleet-objects.ts';
import { inventoryFrom, planVersion } from './inventory.ts';

export const HUB = 'hub';
export const NAMESPACE = 'tidegate-system';
export const RELEASE = 'app-b';

/** A fleet at version `a` in a world without a daemon. */
export interface ReleaseWorld {
  readonly world: World;
  readonly baseline: Plan;
  /** Counts by tenant and revision, of the pods as they are. */
  readonly source: MetricSource;
  /** Asks for version `b` everywhere. */
  createRelease(): Promise<void>;
  status(): ReleaseStatus | null;
  isHealthy(): boolean;
}

/** What a release world is made of. */
export interface ReleaseWorldOptions {
  readonly shape: FleetShape;
  readonly behaviour: Behaviour;
  readonly argo?: ArgoOptions;
  readonly replicas?: ReplicasOptions;
}

/** Starts the world's controllers and deploys version `a`; pods become ready as the clock goes on. */
export async function createReleaseWorld(clock: Clock, options: ReleaseWorldOptions): Promise<ReleaseWorld> {
  const objects = fleetObjects(options.shape);
  const inventory = inventoryFrom(objects);
  const clusters = [HUB, ...inventory.fleet.clusters.map(({ name }) => name)];
  const world = createWorld({
    clock,
    clusters,
    argo: options.argo ?? {},
    replicas: { pods: 'counted', ...options.replicas },
  });
  world.start();
  const hub = world.api(HUB);
  const baseline = planVersion(inventory, 'app-a', 'a', clock.now());
  await prepareHub(hub, NAMESPACE);
  const kindOf = new Map<string, (typeof kinds)[keyof typeof kinds]>(
    Object.values(kinds).map((kind) => [kind.kind, kind]),
  );
  for (const object of objects) {
    const placed = { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } };
    await hub.create(placed, kindOf.get(object.kind)!, { fieldManager: FIELD_MANAGER });
  }
  await deployBaseline(baseline, (cluster) => world.api(cluster));
  const placeOf = placesOf(baseline);
  return {
    world,
    baseline,
    source: createModelSource('prom', world, placeOf, options.behaviour),
    async createRelease() {
      const object = releaseObject(RELEASE, 'b');
      const placed = { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } };
      await hub.create(placed, kinds.release, { fieldManager: 'kubectl' });
    },
    status() {
      const object = world.store(HUB).get({ kind: kinds.release, namespace: NAMESPACE, name: RELEASE });
      return object === undefined ? null : readStatus(object['status']);
    },
    isHealthy: () =>
      clusters.every((cluster) =>
        world
          .store(cluster)
          .list(kinds.rollout, { namespace: null })
          .items.every((rollout) => (rollout['status'] as { phase?: string } | undefined)?.phase === 'Healthy'),
      ),
  };
}

function placesOf(baseline: Plan) {
  const idOf = new Map(baseline.tenants.map(({ name, id }) => [name, id]));
  const places = new Map(
    baseline.waves
      .flatMap((wave) => wave.targets)
      .flatMap(({ cluster, namespace, tenants }) =>
        tenants.map((tenant) => [`${cluster}|${idOf.get(tenant)}`, { cluster, namespace }] as const),
      ),
  );
  return (cluster: string, tenantId: string) => places.get(`${cluster}|${tenantId}`);
}

/** Builds the world on virtual time and lets every target become healthy. */
export async function createVirtualReleaseWorld(
  options: ReleaseWorldOptions,
): Promise<ReleaseWorld & { readonly clock: VirtualClock }> {
  const clock = createVirtualClock();
  const release = await createReleaseWorld(clock, options);
  await clock.advance(2_000);
  if (!(await clock.runUntil(() => release.isHealthy(), later(clock.now(), 600_000))))
    throw new Error('the measured fleet does not become healthy');
  return { ...release, clock };
}

/** What a daemon is given to see and reach. */
export interface MeasuredDaemonOptions {
  readonly clock: Clock;
  readonly connect: (cluster: string) => KubernetesApi;
  readonly source: MetricSource;
  readonly report: (event: DaemonEvent) => void;
  /** @default 1 */
  readonly seed?: number;
  readonly leadershipOf?: (leadership: Leadership) => Leadership;
}

/** Starts a daemon as composition does; the promise ends when the signal aborts. */
export function startMeasuredDaemon(options: MeasuredDaemonOptions, signal: AbortSignal): Promise<void> {
  const { clock, connect, source, report } = options;
  const random = createRandom(options.seed ?? 1);
  const api = connect(HUB);
  const complain = (message: string, trouble?: string): void => {
    if (trouble === 'unreadable') throw new Error(message);
  };
  const leadership = createLeadership({ api, namespace: NAMESPACE, name: 'tidegate', identity: 'measured', clock });
  return runDaemon(
    {
      clock,
      random,
      store: createHubStore({ api, namespace: NAMESPACE, clock, random, report: complain }),
      leadership: options.leadershipOf?.(leadership) ?? leadership,
      connect: (cluster) => connect(cluster.name),
      openSource: () => source,
      report,
    },
    signal,
  );
}

/** The end of a release, or a limit of virtual time. */
export const FINAL: ReadonlySet<string> = new Set(['Completed', 'RolledBack', 'Refused']);

/** Runs until the release has ended. @throws Error when it has not within `limitMs` */
export async function untilEnded(
  release: ReleaseWorld & { readonly clock: VirtualClock },
  limitMs: number,
): Promise<void> {
  const isEnded = () => FINAL.has(release.status()?.phase ?? '');
  if (await release.clock.runUntil(isEnded, instant(release.clock.now() + limitMs))) return;
  const status = release.status();
  throw new Error(`the measured release hangs: ${status?.phase} ${status?.message}`);
}
