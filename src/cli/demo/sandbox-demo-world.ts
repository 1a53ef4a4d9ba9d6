import { join } from 'node:path';
import { defaultTraffic, exampleFolder } from '../sandbox-example.ts';
import { SANDBOX_HUB, startSandboxWorld } from '../sandbox-world.ts';
import type { DemoWorld, WorldWish } from './demo-world.ts';
import { isLostAbort } from './lost-abort.ts';

/** Seconds after which a killed daemon's work may be taken over: the shortest that a busy machine renews without fail. */
const LEASE = '4s';
const RELEASE_DEADLINE_MS = 100_000;
const PATIENCE_MS = 30_000;

/** Starts the sandbox with the worked example at its first version. */
export async function openSandboxWorld(wish: WorldWish): Promise<DemoWorld> {
  const example = exampleFolder();
  const sandbox = await startSandboxWorld({
    files: [example],
    trafficFile: defaultTraffic([example]),
    namespace: wish.namespace,
    baseline: null,
    prometheus: { bin: wish.prometheusBin },
    portBase: null,
    dir: null,
    log: wish.log,
    whenSeeded: (kubeconfigPath) => wish.whenSeeded({ kubeconfigPath, context: SANDBOX_HUB, lease: LEASE }),
    ...(wish.isQuick ? {} : { argo: { losesAlso: isLostAbort } }),
  });
  const { kubeconfigPath, clusters, inventory, baseline, traffic, clock, prometheus, world } = sandbox;
  return {
    name: 'sandbox',
    access: { kubeconfigPath, context: SANDBOX_HUB },
    hub: SANDBOX_HUB,
    clusters,
    objects: (cluster) => world.store(cluster),
    inventory,
    baseline,
    releasesFolder: join(example, 'releases'),
    traffic,
    clock,
    prometheusPid: prometheus === null ? null : () => prometheus.pid(),
    releaseDeadlineMs: RELEASE_DEADLINE_MS,
    patienceMs: PATIENCE_MS,
    witnesses: () => Promise.resolve([]),
    stop: () => sandbox.stop(),
  };
}
