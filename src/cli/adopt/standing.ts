import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { projectRollout } from '../../release/observed-target.ts';

/** What must stay as it is when a Rollout is adopted. */
export interface Standing {
  readonly uid: string;
  /** Pods wanted: an autoscaler may change it at any time. */
  readonly replicas: number;
  readonly currentHash: string;
  readonly stableHash: string;
  /** Name → uid. */
  readonly replicaSets: ReadonlyMap<string, string>;
  /** Pods of the current revision, name → uid. */
  readonly pods: ReadonlyMap<string, string>;
}

const POD_HASH_LABEL = 'rollouts-pod-template-hash';

/** Reads the revision, ReplicaSets and pods of a Rollout. */
export async function readStanding(api: KubernetesApi, rollout: KubernetesObject): Promise<Standing> {
  const namespace = rollout.metadata.namespace ?? '';
  const { uid, wantedPods, currentHash, stableHash } = projectRollout(rollout);
  const sets = await api.list(kinds.replicaSet, { namespace });
  const replicaSets = uidsOf(sets.items.filter((item) => isOwnedBy(item, new Set([uid]))));
  const owners = new Set(replicaSets.values());
  const pods = await api.list(kinds.pod, { namespace, labelSelector: `${POD_HASH_LABEL}=${currentHash}` });
  return {
    uid,
    replicas: wantedPods,
    currentHash,
    stableHash,
    replicaSets,
    pods: uidsOf(pods.items.filter((item) => isOwnedBy(item, owners))),
  };
}

/** What moved between two looks, in words; empty: nothing did. Pods that an autoscaler adds or takes are no movement. */
export function movedSince(before: Standing, after: Standing): readonly string[] {
  if (before.uid !== after.uid) return ['the Rollout was deleted and made again'];
  const isScaled = before.replicas !== after.replicas;
  return [
    ...(before.currentHash === after.currentHash
      ? []
      : [`the pod hash went from ${before.currentHash} to ${after.currentHash}`]),
    ...(before.stableHash === after.stableHash
      ? []
      : [`the stable revision went from ${before.stableHash} to ${after.stableHash}`]),
    ...newIn('ReplicaSet', before.replicaSets, after.replicaSets),
    ...(isScaled ? [] : [...goneFrom('pod', before.pods, after.pods), ...newIn('pod', before.pods, after.pods)]),
  ];
}

type Uids = ReadonlyMap<string, string>;

function newIn(what: string, before: Uids, after: Uids): readonly string[] {
  return [...after].filter(([name, uid]) => before.get(name) !== uid).map(([name]) => `${what} ${name} is new`);
}

function goneFrom(what: string, before: Uids, after: Uids): readonly string[] {
  return [...before].filter(([name, uid]) => after.get(name) !== uid).map(([name]) => `${what} ${name} is gone`);
}

function isOwnedBy({ metadata }: KubernetesObject, uids: ReadonlySet<string>): boolean {
  return (metadata.ownerReferences ?? []).some((owner) => uids.has(owner.uid));
}

function uidsOf(items: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  return new Map(items.map(({ metadata }) => [metadata.name, metadata.uid ?? '']));
}
