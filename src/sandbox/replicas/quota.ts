import { kinds } from '../../ports/kinds.ts';
import type { ModelStore } from '../model-store.ts';

/** The strictest limit of pods in a namespace, and the quota that sets it; `null` without one. */
export interface PodQuota {
  readonly name: string;
  readonly pods: number;
}

/** Reads the ResourceQuotas of a namespace. */
export function podQuotaOf(objects: ModelStore, namespace: string): PodQuota | null {
  let strictest: PodQuota | null = null;
  for (const quota of objects.list(kinds.resourceQuota)) {
    if (quota.metadata.namespace !== namespace) continue;
    const spec = (quota['spec'] ?? {}) as { readonly hard?: Readonly<Record<string, string | number>> };
    const limit = spec.hard?.['pods'] ?? spec.hard?.['count/pods'];
    if (limit === undefined) continue;
    const pods = Number(limit);
    if (strictest === null || pods < strictest.pods) strictest = { name: quota.metadata.name, pods };
  }
  return strictest;
}

/** The words of the API server that refuses a pod. */
export function quotaRefusal(quota: PodQuota, podName: string, used: number): string {
  return `pods "${podName}" is forbidden: exceeded quota: ${quota.name}, requested: pods=1, used: pods=${used}, limited: pods=${quota.pods}`;
}
