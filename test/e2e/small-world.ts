import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFiles } from '../../src/adapters/files/read-files.ts';
import { readStatus } from '../../src/adapters/hub/hub-store.ts';
import { type DaemonProcess, startDaemonProcess } from '../../src/cli/demo/daemon-process.ts';
import { type SandboxWorld, startSandboxWorld } from '../../src/cli/sandbox-world.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import type { ReleaseStatus } from '../../src/domain/release-status.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';

export const NAMESPACE = 'tidegate-system';
/** Where the files of the small fleet are. */
export const small = new URL('small/', import.meta.url).pathname;

/** The small fleet in a sandbox with a real Prometheus, and a daemon as a process beside it. */
export interface SmallWorld {
  readonly sandbox: SandboxWorld;
  /** A temporary folder, gone with the world. */
  readonly dir: string;
  /** Ends the daemon as SIGKILL does, and starts another. */
  replaceDaemon(): Promise<void>;
  /** Creates the release of a version; answers its name. */
  create(version: string): Promise<string>;
  statusOf(release: string): Promise<ReleaseStatus | null>;
  stop(): Promise<void>;
}

/** Starts it. @param fleetIn writes the fleet's folder below the one it is given @default the folder as it is */
export async function startSmallWorld(
  fleetIn: (dir: string) => Promise<string> = async () => small,
): Promise<SmallWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'tidegate-small-'));
  const sandbox = await startSandboxWorld({
    files: [await fleetIn(dir)],
    trafficFile: join(small, 'sandbox.traffic'),
    namespace: NAMESPACE,
    baseline: null,
    prometheus: { bin: undefined },
    portBase: null,
    dir,
    log: () => {},
  });
  const access = { kubeconfigPath: sandbox.kubeconfigPath, context: 'hub', lease: '4s' };
  const start = (): DaemonProcess =>
    startDaemonProcess({ ...access, namespace: NAMESPACE, logFile: join(dir, 'daemon.log') });
  let daemon = start();
  return {
    sandbox,
    dir,
    async replaceDaemon() {
      await daemon.kill();
      daemon = start();
    },
    async create(version) {
      const [file] = await readFiles([join(small, `release-${version}.yaml`)]);
      const release = readYamlDocuments(file!).documents[0]!.value as KubernetesObject;
      const placed = { ...release, metadata: { ...release.metadata, namespace: NAMESPACE } };
      await sandbox.hubApi.create(placed, kinds.release, { fieldManager: 'kubectl' });
      return release.metadata.name;
    },
    async statusOf(name) {
      const object = await sandbox.hubApi.get({ kind: kinds.release, namespace: NAMESPACE, name });
      return readStatus(object?.['status']);
    },
    async stop() {
      await daemon.stop();
      await sandbox.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
