import { createHubStore } from '../../src/adapters/hub/hub-store.ts';
import type { HubReport } from '../../src/adapters/hub/hub-watch.ts';
import { readStatus } from '../../src/adapters/hub/status-record.ts';
import { createLeadership } from '../../src/adapters/kubernetes/lease.ts';
import { baselinePlan, deployBaseline, prepareHub } from '../../src/cli/seed-world.ts';
import { loadInventory } from '../../src/config/load-inventory.ts';
import { type InputFile, readYamlDocuments } from '../../src/config/yaml-documents.ts';
import { type DaemonEvent, runDaemon } from '../../src/controller/daemon.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import { instant } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type {
  JsonPatchOperation,
  KubernetesApi,
  KubernetesObject,
  ObjectRef,
  ResourceKind,
} from '../../src/ports/kubernetes-api.ts';
import { createVirtualClock, type VirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';
import type { ApiCall, Fault } from '../../src/sandbox/kubernetes/fault.ts';
import { createWorld, type World } from '../../src/sandbox/world.ts';
import { adoptFleet, deployForeignFleet } from './foreign-fleet.ts';
import { type Behaviour, createModelSource } from './model-source.ts';
import { createRandom } from './random.ts';
import { shippedUser } from './shipped-user.ts';

export const HUB = 'hub';
export const NAMESPACE = 'tidegate-system';

/** A daemon may do what the shipped roles say, and nothing else. */
const daemonUsers = { hub: shippedUser('hub', NAMESPACE), target: shippedUser('target', NAMESPACE) };

/** A world with a fleet at its baseline, ready for releases. */
export interface SimulatedWorld {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly hub: KubernetesApi;
  readonly baseline: Plan;
  /** Starts a daemon; `kill` stops it between two instructions: nothing it awaits ever returns. */
  startDaemon(options?: DaemonOptions): SimulatedDaemon;
  createRelease(object: KubernetesObject): Promise<void>;
  status(release: string): ReleaseStatus | null;
}

/** A daemon on virtual time. */
export interface SimulatedDaemon {
  kill(): void;
  /** Stops it as SIGSTOP does, a write on its way included; what is returned wakes it. */
  suspend(): () => void;
  stop(): Promise<void>;
}

export interface DaemonOptions {
  readonly report?: (event: DaemonEvent) => void;
  readonly faults?: (call: ApiCall) => Fault;
  /** Told every write when it is sent, and again when it has had its effect; may kill the daemon there. */
  readonly onWrite?: (write: DaemonWrite) => void;
  /** One way of a request to an API server. @default 0 */
  readonly latencyMs?: () => number;
  /** Told of hub objects that cannot be read. @default an error */
  readonly ignored?: HubReport;
  /** How far its clock is ahead of the clusters'. @default 0 */
  readonly aheadMs?: number;
}

/** A write of a daemon on its way. */
export interface DaemonWrite {
  readonly stage: 'sent' | 'done';
  readonly cluster: string;
  readonly verb: 'create' | 'patch' | 'mergePatch' | 'apply' | 'delete';
  readonly ref: ObjectRef;
  /** The JSON patch; empty for other verbs. */
  readonly operations: readonly JsonPatchOperation[];
  readonly kill: () => void;
}

export interface SimulatedWorldOptions {
  readonly seed: number;
  readonly files: readonly InputFile[];
  /** Given: the fleet is deployed by others, adopted, and declared to the hub by these files. */
  readonly adoptedFiles?: readonly InputFile[];
  /** The release whose version the fleet starts with. */
  readonly baseline: { readonly name: string; readonly images: Readonly<Record<string, string>> };
  readonly workload: string;
  readonly wavePlan: string;
  readonly behaviour: Behaviour;
  readonly reconcileMs?: number;
  readonly loseCommands?: boolean;
}

/** Builds the world on virtual time. */
export async function createSimulatedWorld(options: SimulatedWorldOptions): Promise<SimulatedWorld> {
  const clock = createVirtualClock();
  const random = createRandom(options.seed);
  const inventory = loadInventory(options.files);
  const clusters = [HUB, ...inventory.fleet.clusters.map((cluster) => cluster.name)];
  const argo = { reconcileMs: options.reconcileMs ?? 95, loseCommands: options.loseCommands ?? true };
  const world = createWorld({ clock, clusters, argo, replicas: { pods: 'counted' } });
  world.start();
  const hub = world.api(HUB);
  const release = {
    name: 'baseline',
    workload: options.workload,
    wavePlan: options.wavePlan,
    version: options.baseline,
    scope: null,
  };
  const baseline = baselinePlan(inventory, release, clock.now());
  const seeding = (async () => {
    await prepareHub(hub, NAMESPACE);
    await applyInventory(hub, options.adoptedFiles ?? options.files);
    const apiOf = (cluster: string) => world.api(cluster);
    if (options.adoptedFiles === undefined) return deployBaseline(baseline, apiOf);
    await deployForeignFleet(baseline, apiOf);
    await clock.sleep(10_000);
    await adoptFleet(baseline, options.workload, apiOf);
  })();
  await clock.runUntil(instant(clock.now() + 20_000));
  await seeding;
  const places = new Map(
    baseline.waves
      .flatMap((wave) => wave.targets)
      .flatMap((target) =>
        target.tenants.map((tenant) => {
          const { id } = baseline.tenants.find((one) => one.name === tenant)!;
          return [`${target.cluster}|${id}`, { cluster: target.cluster, namespace: target.namespace }] as const;
        }),
      ),
  );
  const placeOf = (cluster: string, tenantId: string) => places.get(`${cluster}|${tenantId}`);
  let incarnation = 0;

  return {
    clock,
    world,
    hub,
    baseline,
    startDaemon({
      report = () => {},
      faults,
      onWrite = () => {},
      latencyMs = () => 0,
      ignored = refuse,
      aheadMs = 0,
    } = {}) {
      const life = createLife(clock, onWrite, latencyMs, aheadMs);
      incarnation += 1;
      const identity = `daemon-${incarnation}`;
      const apiOf = (cluster: string) => {
        const user = cluster === HUB ? daemonUsers.hub : daemonUsers.target;
        return life.api(world.api(cluster, { user, ...(faults === undefined ? {} : { faults }) }));
      };
      const store = createHubStore({
        api: apiOf(HUB),
        namespace: NAMESPACE,
        clock: life.clock,
        random,
        report: ignored,
      });
      const leadership = createLeadership({
        api: apiOf(HUB),
        namespace: NAMESPACE,
        name: 'tidegate',
        identity,
        clock: life.clock,
      });
      const stop = new AbortController();
      const running = runDaemon(
        {
          clock: life.clock,
          random,
          store,
          leadership,
          connect: (cluster) => apiOf(cluster.name),
          openSource: (source) => createModelSource(source.name, world, placeOf, options.behaviour),
          report: (event) => {
            if (!life.isOver()) report(event);
          },
        },
        stop.signal,
      );
      return {
        kill: life.end,
        suspend: () => life.suspend(),
        async stop() {
          stop.abort();
          await clock.runUntil(() => false, instant(clock.now() + 1_000));
          await running;
        },
      };
    },
    async createRelease(object) {
      const placed = { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } };
      await hub.create(placed, kinds.release, { fieldManager: 'kubectl' });
    },
    status(name) {
      const object = world.store(HUB).get({ kind: kinds.release, namespace: NAMESPACE, name });
      return object === undefined ? null : readStatus(object['status']);
    },
  };
}

/** An object that cannot be read is a bug of the world; a watch that is broken is one of its faults. */
function refuse(message: string, trouble: Parameters<HubReport>[1]): void {
  if (trouble === 'unreadable') throw new Error(message);
}

/** Declarations are applied from memory: the simulator reads no files. */
async function applyInventory(hub: KubernetesApi, files: readonly InputFile[]): Promise<void> {
  for (const { value } of files.flatMap((file) => readYamlDocuments(file).documents)) {
    const object = value as KubernetesObject;
    const kind = Object.values(kinds).find((one) => one.kind === object.kind)!;
    if (object.kind === 'Release') continue;
    const placed = { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } };
    await hub.apply(placed, kind, { fieldManager: FIELD_MANAGER, force: true });
  }
}

/** The span in which a daemon's awaits return; after its end they never do, as after SIGKILL. */
function createLife(clock: Clock, onWrite: (write: DaemonWrite) => void, latencyMs: () => number, aheadMs: number) {
  let isOver = false;
  let awake = Promise.resolve();
  const never = new Promise<never>(() => {});
  const end = () => {
    isOver = true;
  };
  const alive = async <T>(work: Promise<T>): Promise<T> => {
    const settled = await work.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await awake;
    if (isOver) return never;
    if ('error' in settled) throw settled.error;
    return settled.value;
  };
  const guard = <T>(start: () => Promise<T>): Promise<T> => (isOver ? never : alive(start()));
  const travel = () => guard(() => clock.sleep(latencyMs()));
  /** Kills may come before the request leaves and after it had its effect. */
  const write = async <T>(about: Omit<DaemonWrite, 'stage' | 'kill'>, start: () => Promise<T>): Promise<T> => {
    if (isOver) return never;
    onWrite({ ...about, stage: 'sent', kill: end });
    if (isOver) return never;
    await clock.sleep(latencyMs());
    await awake;
    const settled = await start().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (!isOver) onWrite({ ...about, stage: 'done', kill: end });
    await travel();
    if ('error' in settled) throw settled.error;
    return settled.value;
  };
  const read = async <T>(start: () => Promise<T>): Promise<T> => {
    await travel();
    return guard(start);
  };
  return {
    isOver: () => isOver,
    end,
    suspend() {
      const { promise, resolve } = Promise.withResolvers<void>();
      awake = promise;
      return resolve;
    },
    clock: {
      now: () => instant(clock.now() + aheadMs),
      sleep: (ms: number, signal?: AbortSignal) => guard(() => clock.sleep(ms, signal)),
    },
    api: (api: KubernetesApi): KubernetesApi => {
      const at = (verb: DaemonWrite['verb'], ref: ObjectRef, operations: readonly JsonPatchOperation[] = []) => ({
        cluster: api.cluster,
        verb,
        ref,
        operations,
      });
      return {
        cluster: api.cluster,
        get: (...args) => read(() => api.get(...args)),
        list: (...args) => read(() => api.list(...args)),
        create: (object, kind, options) =>
          write(at('create', refOfObject(object, kind)), () => api.create(object, kind, options)),
        patch: (ref, operations, options) =>
          write(at('patch', ref, operations), () => api.patch(ref, operations, options)),
        mergePatch: (ref, ...args) => write(at('mergePatch', ref), () => api.mergePatch(ref, ...args)),
        apply: (object, kind, options) =>
          write(at('apply', refOfObject(object, kind)), () => api.apply(object, kind, options)),
        delete: (ref) => write(at('delete', ref), () => api.delete(ref)),
        async *watch(kind, watch) {
          for await (const event of api.watch(kind, watch)) {
            await awake;
            if (isOver) await never;
            yield event;
          }
          if (isOver) await never;
        },
      };
    },
  };
}

function refOfObject(object: KubernetesObject, kind: ResourceKind): ObjectRef {
  return { kind, namespace: object.metadata.namespace ?? null, name: object.metadata.name };
}
