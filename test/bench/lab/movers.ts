import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';

/** Rollouts that keep the controller busy. */
export interface Movers {
  /** Waves that have arrived so far, and how long they took, ms. */
  waveMs(): readonly number[];
  /** No more waves; the Rollouts are removed. */
  stop(): Promise<void>;
}

const NAMESPACE = 'movers';
const write = { fieldManager: 'movers' };
const LOOK_EVERY_MS = 1_000;
/** A wave in which Rollouts stand still, their event lost, is given up. */
const WAVE_LIMIT_MS = 60_000;

/** Deploys `count` Rollouts of two pods and gives all of them a new template together, again and again, as soon as they have arrived. */
export async function startMovers({ api, clock }: DrivenWorld, count: number): Promise<Movers> {
  const names = Array.from({ length: count }, (_, index) => `mover-${index}`);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await api.create(namespace, kinds.namespace, write);
  await Promise.all(names.map((name) => api.create(mover(name), kinds.rollout, write)));
  const stopping = new AbortController();
  const waves: number[] = [];

  async function arrived(): Promise<void> {
    const limitAt = clock.now() + WAVE_LIMIT_MS;
    while (clock.now() < limitAt && !stopping.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stopping.signal);
      if (await areHealthy(api)) return;
    }
  }

  async function moveOnAndOn(): Promise<void> {
    await arrived();
    for (let wave = 1; !stopping.signal.aborted; wave += 1) {
      const startedAt = clock.now();
      await Promise.all(names.map((name) => changeTemplate(api, name, `v${wave % 2}`)));
      await arrived();
      waves.push(clock.now() - startedAt);
    }
  }

  const moving = moveOnAndOn();
  return {
    waveMs: () => waves,
    async stop() {
      stopping.abort();
      await moving;
      await api.delete({ kind: kinds.namespace, namespace: null, name: NAMESPACE });
    },
  };
}

function mover(name: string): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: { duration: '10s' } }] } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image: 'registry.example/mover', env: [{ name: 'VERSION', value: 'v0' }] }],
        },
      },
    },
  };
}

async function changeTemplate(api: KubernetesApi, name: string, version: string): Promise<void> {
  const operation = { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: version } as const;
  await api.patch({ kind: kinds.rollout, namespace: NAMESPACE, name }, [operation], write);
}

/** The phase stays `Healthy` until the controller has looked at a new template. */
async function areHealthy(api: KubernetesApi): Promise<boolean> {
  const { items } = await api.list(kinds.rollout, { namespace: NAMESPACE });
  return items.every(({ metadata, status }) => {
    const seen = (status ?? {}) as { readonly phase?: string; readonly observedGeneration?: string };
    return seen.phase === 'Healthy' && Number(seen.observedGeneration) === metadata.generation;
  });
}
