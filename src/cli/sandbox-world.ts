import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import { readFiles } from '../adapters/files/read-files.ts';
import type { Inventory } from '../config/inventory.ts';
import { loadInventory } from '../config/load-inventory.ts';
import type { InputFile } from '../config/yaml-documents.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock } from '../ports/clock.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import type { ArgoOptions } from '../sandbox/argo/controller.ts';
import { type ServedStores, serveStores } from '../sandbox/kubernetes/http-server.ts';
import { kubeconfigFor } from '../sandbox/kubernetes/kubeconfig.ts';
import type { RunningPrometheus } from '../sandbox/prometheus/start-prometheus.ts';
import { type MetricsServer, serveMetrics } from '../sandbox/traffic/serve-metrics.ts';
import type { Traffic } from '../sandbox/traffic/traffic.ts';
import { createWorld, type World } from '../sandbox/world.ts';
import { baselinePlans } from './sandbox-baseline.ts';
import { asInSandbox } from './sandbox-declarations.ts';
import { freeDeclaredPort, startScraping } from './sandbox-prometheus.ts';
import { untilHealthy, untilMeasured } from './sandbox-ready.ts';
import { type DeclaredTraffic, evenTraffic, readTraffic, trafficModel } from './sandbox-traffic.ts';
import { applyDeclarations, deployBaseline, prepareHub } from './seed-world.ts';

/** Name of the hub's cluster and context. */
export const SANDBOX_HUB = 'hub';

/** What a sandbox is made of. */
export interface SandboxWorldOptions {
  /** Files and folders with the fleet, its workloads and wave plans. */
  readonly files: readonly string[];
  /** Tenants' traffic; `null`: everybody asks evenly, every version is healthy. */
  readonly trafficFile: string | null;
  readonly namespace: string;
  /** The release whose version is deployed first; `null`: the images of the workloads' own templates. */
  readonly baseline: string | null;
  /**
   * `null`: none; nothing can be measured then. `atDeclaredPort`: where the fleet's MetricSource says it is, if that is a free
   * port of this machine, so that the files may be applied again as they are.
   */
  readonly prometheus: { readonly bin: string | undefined; readonly atDeclaredPort?: boolean } | null;
  /** First of consecutive ports: clusters, metrics, Prometheus. `null`: any that are free. */
  readonly portBase: number | null;
  /** Folder of the kubeconfig, kept afterwards. `null`: a temporary one, removed at the end. */
  readonly dir: string | null;
  /** How the clusters' Argo Rollouts controllers behave. @default as the real ones were measured to */
  readonly argo?: ArgoOptions;
  /** Called once everything is declared and the first version is on its way, before anybody waits for it. */
  readonly whenSeeded?: (kubeconfigPath: string) => void;
  /** Progress, one line each. */
  readonly log: (line: string) => void;
}

/** A running sandbox. */
export interface SandboxWorld {
  readonly kubeconfigPath: string;
  /** Contexts of the kubeconfig: the hub, then the fleet's clusters. */
  readonly clusters: readonly string[];
  readonly inventory: Inventory;
  /** The plans by which the first version was deployed, one a workload. */
  readonly baseline: readonly Plan[];
  /** Stores and controllers, without a client in between. */
  readonly world: World;
  /** Who was served what, bad responses included. */
  readonly traffic: Traffic;
  /** The API servers, to be made unreachable. */
  readonly served: ServedStores;
  readonly prometheus: RunningPrometheus | null;
  readonly hubApi: KubernetesApi;
  readonly clock: Clock;
  stop(): Promise<void>;
}

/**
 * Starts a whole small world in this process: clusters over HTTP, tenants' traffic, a real Prometheus, the fleet at its baseline.
 *
 * @throws InvalidInput for files that are wrong
 * @throws PrometheusUnavailable when there is none and none can be had
 */
export async function startSandboxWorld(options: SandboxWorldOptions): Promise<SandboxWorld> {
  const clock = createSystemClock();
  const files = await readFiles(options.files);
  const inventory = loadInventory(files);
  const traffic = options.trafficFile === null ? evenTraffic : await readTraffic(options.trafficFile);
  const baseline = baselinePlans(inventory, options.baseline, traffic.baseline, clock.now());
  const world = createSandbox(clock, inventory, traffic, baseline, options.argo);
  const running: Stoppable[] = [{ stop: () => Promise.resolve(world.stop()) }];
  const stop = async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
  };
  try {
    const parts = await startParts(world, inventory, options, running);
    await seed(world, { files, baseline, namespace: options.namespace, prometheusUrl: parts.prometheus?.url ?? null });
    options.whenSeeded?.(parts.kubeconfigPath);
    options.log('waiting until every target is healthy');
    await untilHealthy((cluster) => world.store(cluster), baseline, clock);
    if (parts.prometheus !== null) {
      options.log('waiting for the first measurements');
      await untilMeasured(parts.prometheus.url, baseline, clock);
    }
    const { clusters, traffic: served } = world;
    const hubApi = world.api(SANDBOX_HUB);
    return { ...parts, clusters, inventory, baseline, world, traffic: served, hubApi, clock, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Stoppable {
  stop(): Promise<void>;
}

interface Parts {
  readonly kubeconfigPath: string;
  readonly served: ServedStores;
  readonly prometheus: RunningPrometheus | null;
}

function createSandbox(
  clock: Clock,
  inventory: Inventory,
  declared: DeclaredTraffic,
  baseline: readonly Plan[],
  argo: ArgoOptions = {},
): World {
  const clusters = [SANDBOX_HUB, ...inventory.fleet.clusters.map((cluster) => cluster.name)];
  const traffic = trafficModel(declared, inventory.fleet.tenants, baseline);
  return createWorld({ clock, clusters: [...new Set(clusters)], traffic, argo });
}

/** API servers, kubeconfig, metrics, Prometheus. What is started goes on the list at once. */
async function startParts(
  world: World,
  inventory: Inventory,
  options: SandboxWorldOptions,
  running: Stoppable[],
): Promise<Parts> {
  const { clusters } = world;
  const port = (offset: number): number => (options.portBase === null ? 0 : options.portBase + offset);
  world.start();
  const token = randomBytes(16).toString('hex');
  const served = await serveStores({
    clusters: clusters.map((name, index) => {
      return { store: world.store(name), token, allowsAnonymous: true, port: port(index) };
    }),
  });
  running.push({ stop: () => served.close() });
  const kubeconfigPath = await writeKubeconfig(options.dir, served, clusters, token, running);
  const metrics = await serveMetrics(world.traffic, port(clusters.length));
  running.push({ stop: () => metrics.close() });
  const prometheus = await startPrometheus(metrics, world, inventory, options);
  if (prometheus !== null) running.push(prometheus);
  return { kubeconfigPath, served, prometheus };
}

async function writeKubeconfig(
  dir: string | null,
  served: ServedStores,
  clusters: readonly string[],
  token: string,
  running: Stoppable[],
): Promise<string> {
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'tidegate-sandbox-')));
  if (dir === null) running.push({ stop: () => rm(folder, { recursive: true, force: true }) });
  else await mkdir(folder, { recursive: true });
  const path = join(folder, 'kubeconfig');
  const contexts = clusters.map((name) => ({ name, url: served.url(name), token }));
  await writeFile(path, kubeconfigFor(contexts), { mode: 0o600 });
  return path;
}

/** `null` without Prometheus. */
async function startPrometheus(
  metrics: MetricsServer,
  world: World,
  inventory: Inventory,
  { prometheus, portBase, log }: SandboxWorldOptions,
): Promise<RunningPrometheus | null> {
  if (prometheus === null) return null;
  const clusters = world.clusters.filter((cluster) => cluster !== SANDBOX_HUB);
  const declared = prometheus.atDeclaredPort === true && portBase === null;
  const port = declared
    ? await freeDeclaredPort(inventory.fleet.metricSources, log)
    : portBase === null
      ? null
      : portBase + world.clusters.length + 1;
  return startScraping({ metrics, clusters, bin: prometheus.bin, port, log });
}

interface Seed {
  readonly files: readonly InputFile[];
  readonly baseline: readonly Plan[];
  readonly namespace: string;
  readonly prometheusUrl: string | null;
}

/** Our kinds, the declarations and the first version. */
async function seed(world: World, { files, baseline, namespace, prometheusUrl }: Seed): Promise<void> {
  const hub = world.api(SANDBOX_HUB);
  await prepareHub(hub, namespace);
  await applyDeclarations(hub, namespace, files, (object) => asInSandbox(object, prometheusUrl));
  for (const plan of baseline) await deployBaseline(plan, (cluster) => world.api(cluster));
}
