import type { KubernetesApi } from '../../ports/kubernetes-api.ts';
import { type CallOutcome, outcomeOf } from './call-outcome.ts';

/** One call of a cluster's API. */
export interface ApiCall {
  readonly cluster: string;
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'mergePatch' | 'apply' | 'delete';
  readonly outcome: CallOutcome;
  /** `null` for a watch: it lasts as long as it lasts. */
  readonly tookMs: number | null;
}

/** The same API; `told` hears of every call that is over. @param now milliseconds of a clock that never goes back */
export function meterApi<Api extends KubernetesApi>(api: Api, now: () => number, told: (call: ApiCall) => void): Api {
  const { cluster } = api;
  async function timed<T>(verb: ApiCall['verb'], call: () => Promise<T>): Promise<T> {
    const startedMs = now();
    try {
      const result = await call();
      told({ cluster, verb, outcome: 'ok', tookMs: now() - startedMs });
      return result;
    } catch (error) {
      told({ cluster, verb, outcome: outcomeOf(error), tookMs: now() - startedMs });
      throw error;
    }
  }
  const metered: KubernetesApi = {
    cluster,
    get: (...given) => timed('get', () => api.get(...given)),
    list: (...given) => timed('list', () => api.list(...given)),
    create: (...given) => timed('create', () => api.create(...given)),
    patch: (...given) => timed('patch', () => api.patch(...given)),
    mergePatch: (...given) => timed('mergePatch', () => api.mergePatch(...given)),
    apply: (...given) => timed('apply', () => api.apply(...given)),
    delete: (...given) => timed('delete', () => api.delete(...given)),
    async *watch(...given) {
      try {
        yield* api.watch(...given);
        told({ cluster, verb: 'watch', outcome: 'ok', tookMs: null });
      } catch (error) {
        told({ cluster, verb: 'watch', outcome: outcomeOf(error), tookMs: null });
        throw error;
      }
    },
  };
  return { ...api, ...metered };
}
