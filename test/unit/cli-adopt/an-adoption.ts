import type { AdoptionSubject } from '../../../src/cli/adopt/subject.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { createOneRollout, type OneRollout } from '../sandbox/one-rollout.ts';

/** Steps of its maker: they go on by themselves. */
export const THEIR_STEPS: readonly JsonObject[] = [{ setWeight: 50 }, { pause: { duration: '1s' } }];

/** A Rollout of four pods that somebody else made, running and quiet, and the subject of its adoption. */
export async function aForeignRollout(
  steps: readonly JsonObject[] | null = THEIR_STEPS,
): Promise<OneRollout & { readonly subject: AdoptionSubject; readonly live: () => KubernetesObject }> {
  const canary = { maxSurge: 1, maxUnavailable: 0, ...(steps === null ? {} : { steps }) };
  const one = createOneRollout();
  const { store, clock, ref, world } = one;
  const made: KubernetesObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: {
          initContainers: [{ name: 'migrate', image: 'migrate:v1' }],
          containers: [
            { name: 'side', image: 'side:v1' },
            { name: 'app', image: 'app:v1', env: [{ name: 'A', value: '1' }] },
          ],
        },
      },
      strategy: { canary },
    },
  };
  await world.api('eu').apply(made, kinds.rollout, { fieldManager: 'argocd-controller', force: true });
  await one.until((status) => status.phase === 'Healthy');
  await one.advance(2_000);
  const api = world.api('eu');
  const command = 'tidegate adopt app -n shop --prove';
  const subject = {
    api,
    clock,
    namespace: 'shop',
    rollout: 'app',
    workload: 'storefront',
    containers: ['app'],
    command,
  };
  return { ...one, subject, live: () => store.get(ref)! };
}

/** Runs the world's time until a promise is settled. */
export async function inTime<T>(one: Pick<OneRollout, 'clock'>, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const settled = work.finally(() => {
    state.isDone = true;
  });
  settled.catch(() => {});
  for (let passedMs = 0; !state.isDone; passedMs += 100) {
    if (passedMs > 600_000) throw new Error('not settled within ten minutes of the world');
    await one.clock.advance(100);
  }
  return settled;
}

/** An API that lets something happen right before, or after, a write that counts. */
export function disturbed(
  api: KubernetesApi,
  disturb: { readonly beforeApply?: () => void; readonly afterApply?: () => void },
): KubernetesApi {
  return {
    ...api,
    async apply(object, kind, options) {
      if (options.dryRun !== true) disturb.beforeApply?.();
      const applied = await api.apply(object, kind, options);
      if (options.dryRun !== true) disturb.afterApply?.();
      return applied;
    },
  };
}
