import { instant } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject, ObjectRef } from '../../../src/ports/kubernetes-api.ts';
import { ApiError } from '../../../src/sandbox/kubernetes/status-error.ts';
import { createStore, type Store } from '../../../src/sandbox/kubernetes/store.ts';

/** A clock that stands still; sleeps end only with their signal. */
export const stillClock: Clock = {
  now: () => instant(Date.UTC(2026, 10, 22, 9, 0, 0, 500)),
  sleep: (_ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) resolve();
      else signal?.addEventListener('abort', () => resolve(), { once: true });
    }),
};

export const us = { fieldManager: 'tidegate' } as const;

export function newStore(historyLimit = 1000): Store {
  return createStore({ clock: stillClock, cluster: 'shared-eu', historyLimit });
}

export function rolloutRef(name = 'storefront'): ObjectRef {
  return { kind: kinds.rollout, namespace: 'default', name };
}

/** A Rollout with one container; `env` gives its variables. */
export function rollout(
  options: { name?: string; image?: string; env?: Record<string, string>; labels?: Record<string, string> } = {},
): KubernetesObject {
  const env = Object.entries(options.env ?? {}).map(([name, value]) => ({ name, value }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name: options.name ?? 'storefront',
      namespace: 'default',
      ...(options.labels === undefined ? {} : { labels: options.labels }),
    },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'storefront' } },
      strategy: { canary: { steps: [{ setWeight: 10 }, { pause: {} }], maxSurge: '25%', maxUnavailable: 0 } },
      template: {
        metadata: { labels: { app: 'storefront' } },
        spec: { containers: [{ name: 'app', image: options.image ?? 'storefront:1', env }] },
      },
    },
  };
}

export function service(ports: readonly object[] = [{ port: 80 }], selector = { app: 'storefront' }): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'storefront', namespace: 'default' },
    spec: { selector, ports },
  };
}

/** The refusal that an action ends in. */
export function refusalOf(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('expected a refusal, the call succeeded');
}

/** What a test sees of the containers of a Rollout: image, and variables by name. */
export function containerOf(object: KubernetesObject | undefined): { image: string; env: Record<string, string> } {
  const spec = object?.['spec'] as {
    template: { spec: { containers: { image: string; env?: { name: string; value: string }[] }[] } };
  };
  const container = spec.template.spec.containers[0];
  return {
    image: container?.image ?? '',
    env: Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value])),
  };
}
