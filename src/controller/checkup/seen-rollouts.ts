import { TransientError } from '../../domain/errors.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type ObservedTarget, projectRollout } from '../../release/observed-target.ts';

/** A Rollout of a cluster, ours or not. */
export interface SeenRollout {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly isCanary: boolean;
  readonly observed: ObservedTarget;
}

const PAGE_SIZE = 500;
/** Far above what one cluster holds. */
const MAX_PAGES = 400;

/** `pool-free/storefront` */
export function keyOf({ namespace, name }: Pick<SeenRollout, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** Every Rollout of a cluster, by `namespace/name`, page by page. */
export async function seeRollouts(api: KubernetesApi): Promise<ReadonlyMap<string, SeenRollout>> {
  const seen = new Map<string, SeenRollout>();
  let next: { continueToken?: string } = {};
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, continueToken } = await api.list(kinds.rollout, { namespace: null, limit: PAGE_SIZE, ...next });
    for (const rollout of items.map(asSeen)) seen.set(keyOf(rollout), rollout);
    if (continueToken === null) return seen;
    next = { continueToken };
  }
  throw new TransientError(`list rollouts of cluster ${api.cluster}: more than ${MAX_PAGES * PAGE_SIZE}`);
}

/** What we keep of a Rollout. */
export function asSeen(object: KubernetesObject): SeenRollout {
  const spec = object['spec'] as { readonly strategy?: { readonly canary?: unknown } } | undefined;
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    generation: object.metadata.generation ?? 0,
    isCanary: spec?.strategy?.canary !== undefined,
    observed: projectRollout(object),
  };
}
