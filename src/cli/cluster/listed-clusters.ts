import pLimit from 'p-limit';
import { findingsOf } from '../../controller/checkup/finding.ts';
import { checkRights } from '../../controller/checkup/rights.ts';
import { runCheck } from '../../controller/checkup/run-checks.ts';
import { isAdapterError } from '../../domain/errors.ts';
import type { Cluster } from '../../domain/fleet.ts';
import { formatDuration, type Instant } from '../../domain/time.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { HubConnection } from '../composition.ts';
import { neededRights } from '../doctor/daemon-rights.ts';
import { alignColumns } from '../table.ts';
import { readAccessSecret, storedIn } from './access-secret.ts';
import { secretOf } from './declared-clusters.ts';
import { tokenTimes } from './token-times.ts';

/** A cluster of the hub, looked at. */
export interface ListedCluster {
  readonly name: string;
  /** `secret`, `context`, `inCluster` */
  readonly access: Cluster['access']['kind'];
  /** As its Secret says it; `null`: it has none that may be read. */
  readonly server: string | null;
  readonly metrics: string;
  readonly isReachable: boolean;
  /** Why it is not reached, or which rights are missing. */
  readonly troubles: readonly string[];
  /** When the token was made and when it ends, RFC 3339; `null`: it does not say, or never. */
  readonly tokenMadeAt: string | null;
  readonly tokenEndsAt: string | null;
}

const CLUSTERS_AT_ONCE = 16;
const NO_TIMES = { tokenMadeAt: null, tokenEndsAt: null };

/** Looks at clusters at once: whether each is reached, and with which rights, as the hub says that it is. */
export async function listedClusters(
  hub: HubConnection,
  clusters: readonly Cluster[],
): Promise<readonly ListedCluster[]> {
  const limit = pLimit(CLUSTERS_AT_ONCE);
  return await Promise.all(clusters.map((cluster) => limit(() => listed(hub, cluster))));
}

async function listed(hub: HubConnection, cluster: Cluster): Promise<ListedCluster> {
  const api = hub.connectCluster(cluster);
  const rights = neededRights('target', hub.namespace, { kind: 'ourselves' });
  const reach = {
    name: 'reach',
    look: async () => [findingsOf('reach').ok('Reached', (await api.identify()).version)],
  };
  const reached = await runCheck(reach, hub.clock);
  const isReachable = reached.every(({ level }) => level === 'ok');
  const held = isReachable ? await runCheck({ name: 'rights', look: () => checkRights(api, rights) }, hub.clock) : [];
  const secret = await readableSecret(hub, cluster);
  const stored = secret === undefined ? null : storedIn(secret);
  const recordedAt = secret === undefined ? null : (readAccessSecret(secret)?.origin.madeAt ?? null);
  const times = stored === null ? NO_TIMES : tokenTimes(stored.token, recordedAt);
  const troubles = [...reached, ...held].filter(({ level }) => level !== 'ok').map(({ message }) => message);
  const { name, access, metrics } = cluster;
  return {
    name,
    access: access.kind,
    server: stored?.address.server ?? null,
    metrics,
    isReachable,
    troubles,
    ...times,
  };
}

/** Who may not read Secrets still sees the rest. */
async function readableSecret(hub: HubConnection, cluster: Cluster): Promise<KubernetesObject | undefined> {
  try {
    return await secretOf(hub.api, cluster);
  } catch (error) {
    if (isAdapterError(error)) return undefined;
    throw error;
  }
}

/** A row for each cluster, then what is wrong. */
export function clusterLines(clusters: readonly ListedCluster[], now: Instant): readonly string[] {
  if (clusters.length === 0) return ['no cluster is declared: tidegate cluster add CONTEXT'];
  const rows = clusters.map((one) => [
    one.name,
    one.server ?? `(${one.access})`,
    one.metrics,
    one.isReachable ? (one.troubles.length === 0 ? 'yes' : 'rights missing') : 'no',
    tokenText(one, now),
  ]);
  return [
    ...alignColumns([['CLUSTER', 'SERVER', 'METRICS', 'REACHED', 'TOKEN'], ...rows]),
    ...clusters.flatMap(({ name, troubles }) => troubles.map((trouble) => `${name}: ${trouble}`)),
  ];
}

const DAY_MS = 86_400_000;

function tokenText({ tokenMadeAt, tokenEndsAt }: ListedCluster, now: Instant): string {
  if (tokenEndsAt !== null) {
    const leftMs = Date.parse(tokenEndsAt) - now;
    return leftMs <= 0 ? `ended ${spell(-leftMs)} ago` : `ends in ${spell(leftMs)}`;
  }
  return tokenMadeAt === null ? '-' : `${spell(now - Date.parse(tokenMadeAt))} old`;
}

function spell(ms: number): string {
  return ms >= DAY_MS ? `${Math.floor(ms / DAY_MS)}d` : formatDuration(Math.max(0, ms));
}
