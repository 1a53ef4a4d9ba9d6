import type { Clock } from '../../../src/ports/clock.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';

/** The same API at some distance: each request takes its time there and back. Watches are as they were. */
export function distantApi(api: KubernetesApi, clock: Clock, oneWayMs: () => number): KubernetesApi {
  const travel = async <T>(request: () => Promise<T>): Promise<T> => {
    await clock.sleep(oneWayMs());
    try {
      return await request();
    } finally {
      await clock.sleep(oneWayMs());
    }
  };
  return {
    cluster: api.cluster,
    watch: (kind, options) => api.watch(kind, options),
    get: (ref) => travel(() => api.get(ref)),
    list: (kind, options) => travel(() => api.list(kind, options)),
    create: (object, kind, options) => travel(() => api.create(object, kind, options)),
    patch: (ref, operations, options) => travel(() => api.patch(ref, operations, options)),
    mergePatch: (ref, patch, options) => travel(() => api.mergePatch(ref, patch, options)),
    apply: (object, kind, options) => travel(() => api.apply(object, kind, options)),
    delete: (ref) => travel(() => api.delete(ref)),
  };
}
