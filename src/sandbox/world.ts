import type { Clock } from '../ports/clock.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import { type ArgoController, type ArgoOptions, createArgoController } from './argo/controller.ts';
import type { ApiCall, Fault } from './kubernetes/fault.ts';
import { createInProcessApi, type InProcessApi, type InProcessOptions } from './kubernetes/in-process-api.ts';
import { createStore, type Store } from './kubernetes/store.ts';
import { type ReplicasController, type ReplicasOptions, startReplicasController } from './replicas/controller.ts';
import { createTraffic, type Traffic } from './traffic/traffic.ts';
import type { TrafficModel } from './traffic/traffic-model.ts';

/** What a world is made of. */
export interface WorldOptions {
  readonly clock: Clock;
  /** Names of the clusters, the hub included. */
  readonly clusters: readonly string[];
  readonly argo?: ArgoOptions;
  readonly replicas?: ReplicasOptions;
  /** Tenants' requests. @default nobody asks for anything */
  readonly traffic?: TrafficModel;
}

/** Several clusters, each with an API, ReplicaSets, and the Argo Rollouts controller: event-driven on one clock. */
export interface World {
  readonly clock: Clock;
  readonly clusters: readonly string[];
  readonly traffic: Traffic;
  /** Starts every controller; quiet when they run. */
  start(): void;
  /** Ends every controller; objects stay. */
  stop(): void;
  /** The cluster's objects, without a client in between. @throws RangeError for a cluster that is not there */
  store(cluster: string): Store;
  /** A new client of the cluster; without options one client for all. */
  api(cluster: string, options?: InProcessOptions): KubernetesApi;
  /** The same, counting what it changes. */
  countingApi(cluster: string, options?: InProcessOptions): InProcessApi;
  /** The Argo Rollouts controller of the cluster. */
  argo(cluster: string): ArgoController;
  /** An unreachable cluster answers no client any more, and breaks their watches; its own controllers go on. */
  setReachable(cluster: string, isReachable: boolean): void;
}

interface ClusterParts {
  readonly store: Store;
  readonly argo: ArgoController;
  isReachable: boolean;
  replicas: ReplicasController | null;
}

const NO_TRAFFIC: TrafficModel = { tenants: [], requestsPerSecond: {}, versions: {} };

/** A world that does not run yet. */
export function createWorld(options: WorldOptions): World {
  const { clock, clusters } = options;
  const parts = new Map(clusters.map((cluster) => [cluster, makeCluster(cluster, options)]));
  const partsOf = (cluster: string): ClusterParts => {
    const found = parts.get(cluster);
    if (found === undefined) throw new RangeError(`there is no cluster ${cluster} in this world`);
    return found;
  };
  const countingApi = (cluster: string, own: InProcessOptions = {}): InProcessApi => {
    const found = partsOf(cluster);
    return createInProcessApi(found.store, { ...own, faults: unreachableFirst(found, own.faults) });
  };
  const traffic = createTraffic(options.traffic ?? NO_TRAFFIC, clock);
  for (const { store } of parts.values()) traffic.follow(store);
  return {
    clock,
    clusters,
    traffic,
    start() {
      for (const cluster of parts.values()) {
        cluster.replicas ??= startReplicasController(cluster.store, clock, options.replicas);
        cluster.argo.start();
      }
    },
    stop() {
      for (const cluster of parts.values()) {
        cluster.replicas?.stop();
        cluster.replicas = null;
        cluster.argo.stop();
      }
    },
    store: (cluster) => partsOf(cluster).store,
    api: countingApi,
    countingApi,
    argo: (cluster) => partsOf(cluster).argo,
    setReachable(cluster, isReachable) {
      partsOf(cluster).isReachable = isReachable;
    },
  };
}

function makeCluster(cluster: string, { clock, argo }: WorldOptions): ClusterParts {
  const store = createStore({ clock, cluster });
  return { store, argo: createArgoController(store, clock, argo), isReachable: true, replicas: null };
}

function unreachableFirst(
  cluster: ClusterParts,
  faults: ((call: ApiCall) => Fault) | undefined,
): (call: ApiCall) => Fault {
  return (call) => {
    if (cluster.isReachable) return faults?.(call) ?? 'none';
    return call.verb === 'watchEvent' ? 'dropWatch' : 'unavailable';
  };
}
