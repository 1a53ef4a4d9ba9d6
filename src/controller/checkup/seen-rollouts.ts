import { TransientError } from '../../domain/errors.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type ObservedTarget, projectRollout } from '../../release/observed-target.ts';
import { type AdoptionFinding, adoptionFindings } from '../../release/ownership.ts';

/** A Rollout of a cluster, ours or not. */
export interface SeenRollout {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly observed: ObservedTarget;
  /** What stands between somebody else's Rollout and a release into it; empty for our own. */
  readonly adoption: readonly AdoptionFinding[];
}

/** Containers whose images a release writes into somebody's Rollout, by `namespace/name`; `undefined`: it is none of those. */
export type AdoptedContainers = ReadonlyMap<string, readonly string[]>;

const PAGE_SIZE = 500;
/** Far above what one cluster holds. */
const MAX_PAGES = 400;

/** `pool-free/storefront` */
export function keyOf({ namespace, name }: Pick<SeenRollout, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** Every Rollout of a cluster, by `namespace/name`, page by page. */
export async function seeRollouts(
  api: KubernetesApi,
  adopted: AdoptedContainers,
): Promise<ReadonlyMap<string, SeenRollout>> {
  const seen = new Map<string, SeenRollout>();
  let next: { continueToken?: string } = {};
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, continueToken } = await api.list(kinds.rollout, { namespace: null, limit: PAGE_SIZE, ...next });
    for (const item of items) {
      const rollout = asSeen(item, adopted);
      seen.set(keyOf(rollout), rollout);
    }
    if (continueToken === null) return seen;
    next = { continueToken };
  }
  throw new TransientError(`list rollouts of cluster ${api.cluster}: more than ${MAX_PAGES * PAGE_SIZE}`);
}

function asSeen(object: KubernetesObject, adopted: AdoptedContainers): SeenRollout {
  const { name, namespace = '', generation = 0 } = object.metadata;
  const containers = adopted.get(keyOf({ namespace, name }));
  const adoption = containers === undefined ? [] : adoptionFindings(object, containers);
  return { namespace, name, generation, observed: projectRollout(object), adoption };
}
