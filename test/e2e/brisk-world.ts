import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLeadership } from '../../src/adapters/kubernetes/index.ts';
import { connectHub } from '../../src/cli/composition.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { runDaemon } from '../../src/controller/daemon.ts';
import { createModelMetricSource } from '../../src/sandbox/traffic/model-metric-source.ts';

const NAMESPACE = 'tidegate-system';
const folder = new URL('brisk/', import.meta.url).pathname;

/** A sandbox over HTTP with a daemon in this process, measured from the traffic model: no Prometheus is needed. */
export interface BriskWorld {
  readonly sandbox: SandboxWorld;
  readonly kubeconfigPath: string;
  /** Path of a release file of the folder, or of an edited copy. */
  releaseFile(version: string, edit?: (text: string) => string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the world of `brisk/`. */
export async function startBriskWorld(): Promise<BriskWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'tidegate-brisk-'));
  const sandbox = await startSandboxWorld({
    files: [join(folder, 'fleet.yaml')],
    trafficFile: null,
    namespace: NAMESPACE,
    baseline: null,
    prometheus: null,
    portBase: null,
    dir,
    log: () => undefined,
  });
  const { kubeconfigPath } = sandbox;
  const hub = await connectHub({ kubeconfig: kubeconfigPath, namespace: NAMESPACE });
  const stopping = new AbortController();
  const { api, clock, random } = hub;
  const daemon = runDaemon(
    {
      clock,
      random,
      store: hub.store((message, trouble) => {
        if (trouble === 'unreadable') throw new Error(message);
      }),
      leadership: createLeadership({ api, namespace: NAMESPACE, name: 'tidegate', identity: 'in-process', clock }),
      connect: (cluster) => hub.connectCluster(cluster),
      openSource: ({ name }) => createModelMetricSource(sandbox.traffic, { name, scrapeIntervalMs: 100 }),
      report: () => undefined,
    },
    stopping.signal,
  );
  return {
    sandbox,
    kubeconfigPath,
    async releaseFile(version, edit = (text) => text) {
      const text = edit(await readFile(join(folder, `release-${version}.yaml`), 'utf8'));
      const path = join(dir, `release-${version}-${text.length}.yaml`);
      await writeFile(path, text);
      return path;
    },
    async stop() {
      stopping.abort();
      await daemon;
      await hub.close();
      await sandbox.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
