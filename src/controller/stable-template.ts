import { TerminalError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/workload.ts';
import { kinds } from '../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../ports/kubernetes-api.ts';
import type { IndexedTarget } from '../release/plan-index.ts';

const POD_HASH_LABEL = 'rollouts-pod-template-hash';
/** Where Argo notes what `stableMetadata` or `canaryMetadata` put into the ReplicaSet's template. */
const EPHEMERAL_METADATA = 'rollout.argoproj.io/ephemeral-metadata';

/** The template that the cluster ran, from the ReplicaSet with this pod hash. @throws TerminalError when it is gone. */
export async function stableTemplate(api: KubernetesApi, indexed: IndexedTarget, hash: string): Promise<JsonObject> {
  const { namespace, rollout } = indexed.target;
  const list = await api.list(kinds.replicaSet, { namespace, labelSelector: `${POD_HASH_LABEL}=${hash}` });
  const owned = list.items.find((item) => item.metadata.ownerReferences?.some((owner) => owner.name === rollout));
  if (owned === undefined) {
    throw new TerminalError(
      `reading the template to put back on ${indexed.target.id}: the ReplicaSet with hash ${hash} is gone, restore it by hand`,
    );
  }
  return asRendered(owned);
}

/**
 * The template as the Rollout had it: of its metadata, labels and annotations without what Argo added. A label too many would be another hash, which
 * walks the steps; servers before 1.34 also give a `creationTimestamp` that the Rollout's schema refuses.
 */
function asRendered(replicaSet: KubernetesObject): JsonObject {
  const { template } = replicaSet['spec'] as { readonly template: JsonObject };
  const metadata = (template['metadata'] ?? {}) as Metadata;
  const added = ephemeralOf(replicaSet);
  const labels = without(metadata.labels, [POD_HASH_LABEL, ...Object.keys(added.labels ?? {})]);
  const annotations = without(metadata.annotations, Object.keys(added.annotations ?? {}));
  return { ...template, metadata: { ...(labels && { labels }), ...(annotations && { annotations }) } };
}

interface Metadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function ephemeralOf({ metadata }: KubernetesObject): Metadata {
  const noted = metadata.annotations?.[EPHEMERAL_METADATA];
  return noted === undefined ? {} : (JSON.parse(noted) as Metadata);
}

function without(
  entries: Readonly<Record<string, string>> | undefined,
  keys: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (entries === undefined) return undefined;
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !keys.includes(key)));
}
