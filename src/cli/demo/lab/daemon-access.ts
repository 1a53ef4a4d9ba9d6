import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Cluster } from '../../../domain/fleet.ts';
import type { Clock } from '../../../ports/clock.ts';
import { FIELD_MANAGER, kinds } from '../../../ports/kinds.ts';
import type { KubernetesApi } from '../../../ports/kubernetes-api.ts';
import { install, installedObjects } from '../../installed-objects.ts';
import type { LabWhereabouts } from './lab-process.ts';
import { runKubectl } from './run-kubectl.ts';

/** What is needed to let a daemon in. */
export interface DaemonAccessOptions {
  readonly lab: LabWhereabouts;
  readonly clusters: readonly Cluster[];
  /** Context of the hub. */
  readonly hub: string;
  readonly namespace: string;
  readonly api: (cluster: string) => KubernetesApi;
  readonly clock: Clock;
  /** Where the daemon's kubeconfig goes. */
  readonly kubeconfigPath: string;
}

/** The ServiceAccount that `tidegate install` makes. */
const ACCOUNT = 'tidegate';

/**
 * Installs what `tidegate install` does, in the hub and in every cluster, and gives the daemon tokens of those accounts:
 * one context for the hub, and a Secret for each cluster that is declared to be reached by one.
 */
export async function grantDaemonAccess(options: DaemonAccessOptions): Promise<void> {
  const { hub, clusters, namespace, api, clock, kubeconfigPath } = options;
  await install(api(hub), clock, installedObjects(namespace, 'hub'));
  for (const { name } of clusters) await install(api(name), clock, installedObjects(namespace, 'target'));
  await writeFile(kubeconfigPath, await accountKubeconfig(options, hub), { mode: 0o600 });
  for (const { name, access } of clusters) {
    if (access.kind !== 'secretRef') continue;
    const kubeconfig = await accountKubeconfig(options, name);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      // where Cluster objects of that namespace look for it
      metadata: { name: access.name, namespace },
      data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
    };
    await api(hub).apply(secret, kinds.secret, { fieldManager: FIELD_MANAGER, force: true });
  }
}

/** A kubeconfig that holds everything itself: one cluster, one token. */
async function accountKubeconfig({ lab, namespace }: DaemonAccessOptions, cluster: string): Promise<string> {
  const { server, ca } = lab.clusters.find(({ context }) => context === cluster)!;
  const create = ['--namespace', namespace, 'create', 'token', ACCOUNT, '--duration', '8h'];
  const token = (await runKubectl(lab, cluster, create)).trim();
  const authority = (await readFile(ca)).toString('base64');
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': cluster,
      clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': authority } }],
      users: [{ name: ACCOUNT, user: { token } }],
      contexts: [{ name: cluster, context: { cluster, user: ACCOUNT, namespace } }],
    },
    { version: '1.1' },
  );
}
