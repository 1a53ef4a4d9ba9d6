import { TerminalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/workload.ts';
import type { Clock } from '../ports/clock.ts';
import type { KubernetesApi } from '../ports/kubernetes-api.ts';
import type { DaemonWish } from './install.ts';
import { daemonObjects } from './installed-daemon.ts';
import { removableKinds } from './installed-kinds.ts';
import { leftovers, removeAll } from './installed-leftovers.ts';
import { refuseCrowded } from './installed-namespace.ts';
import { type Installed, install } from './installed-objects.ts';
import { type ClusterRole, shippedObjects } from './shipped-objects.ts';

/** What a cluster is brought to. */
export interface UpgradeWish {
  readonly namespace: string;
  readonly role: ClusterRole;
  readonly wish: DaemonWish;
  /** What is applied, in this order. */
  readonly objects: readonly JsonObject[];
}

/** What became of it. */
export interface Upgraded {
  readonly objects: readonly (Omit<Installed, 'outcome'> & { readonly outcome: Installed['outcome'] | 'removed' })[];
  /** Of the daemon in the hub. */
  readonly daemon: 'installed' | 'leftAsItIs' | 'none';
}

/**
 * Applies this version's objects, then removes those of ours that it does not have.
 *
 * @throws TerminalError when the installation there belongs to Helm, or others live in the namespace; nothing is changed then
 */
export async function upgrade(api: KubernetesApi, clock: Clock, upgraded: UpgradeWish): Promise<Upgraded> {
  const { namespace, role, wish, objects } = upgraded;
  await refuseHelms(api, namespace);
  await refuseCrowded(api, namespace);
  const applied = await install(api, clock, objects);
  const left = await leftovers(api, namespace, keptObjects(upgraded));
  await removeAll(api, left);
  const removed = left.map(({ kind, metadata }) => ({ kind, name: metadata.name, outcome: 'removed' as const }));
  const isRunning = role === 'hub' && wish === 'asItIs' && (await runsHere(api, namespace));
  return {
    objects: [...applied, ...removed],
    daemon: typeof wish !== 'string' ? 'installed' : isRunning ? 'leftAsItIs' : 'none',
  };
}

/** All that this version ships for the cluster in either role, for it may have both. */
function keptObjects({ namespace, wish, objects }: UpgradeWish): readonly JsonObject[] {
  const anyDaemon = { image: 'any', replicas: 1, serviceMonitor: true };
  const daemon = wish === 'asItIs' ? daemonObjects(namespace, anyDaemon) : [];
  return [...objects, ...shippedObjects('hub', namespace), ...shippedObjects('target', namespace), ...daemon];
}

async function runsHere(api: KubernetesApi, namespace: string): Promise<boolean> {
  return (await api.get({ kind: removableKinds.deployment, namespace, name: 'tidegate' })) !== undefined;
}

/** Two owners would take the same objects from each other, upgrade by upgrade. @throws TerminalError when the account there is Helm's */
export async function refuseHelms(api: KubernetesApi, namespace: string): Promise<void> {
  const account = await api.get({ kind: removableKinds.serviceAccount, namespace, name: 'tidegate' });
  if (account?.metadata.labels?.['app.kubernetes.io/managed-by'] !== 'Helm') return;
  const release = account.metadata.annotations?.['meta.helm.sh/release-name'] ?? 'RELEASE';
  throw new TerminalError(
    `changing the installation in ${namespace}: it belongs to the Helm release ${release}; use helm upgrade (target.enabled=true where this cluster is released to as well) or helm uninstall ${release}`,
  );
}
