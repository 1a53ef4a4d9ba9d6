import { TransientError } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { DrivenWorld } from '../../contract/who-writes-what/world.ts';

/** Rollouts that keep the controller busy. */
export interface Movers {
  /** New templates given so far. */
  moves(): number;
  /** No more of them; the Rollouts are removed. */
  stop(): Promise<void>;
}

const NAMESPACE = 'movers';
const write = { fieldManager: 'movers' };
/** Each gets a new template this often, one after the other: all together they would be more than two cores can do. */
const MOVES_EVERY_MS = 80_000;
/** Most of that time each stands between two versions. */
const PAUSE = '60s';

/** Deploys `count` Rollouts of two pods that are always on their way to another version. */
export async function startMovers({ api, clock }: DrivenWorld, count: number): Promise<Movers> {
  const names = Array.from({ length: count }, (_, index) => `mover-${index}`);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await api.create(namespace, kinds.namespace, write);
  for (const name of names) await api.create(mover(name), kinds.rollout, write);
  const stopping = new AbortController();
  let moves = 0;

  async function moveOnAndOn(): Promise<void> {
    for (let round = 1; ; round += 1) {
      for (const name of names) {
        await clock.sleep(MOVES_EVERY_MS / count, stopping.signal);
        if (stopping.signal.aborted) return;
        if (await isChanged(api, name, `v${round % 2}`)) moves += 1;
      }
    }
  }

  const moving = moveOnAndOn();
  await clock.sleep(MOVES_EVERY_MS);
  return {
    moves: () => moves,
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
      strategy: { canary: { steps: [{ setWeight: 50 }, { pause: { duration: PAUSE } }] } },
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

/** `false` where the API server was too busy: it is left out this time. */
async function isChanged(api: KubernetesApi, name: string, version: string): Promise<boolean> {
  const operation = { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: version } as const;
  try {
    await api.patch({ kind: kinds.rollout, namespace: NAMESPACE, name }, [operation], write);
    return true;
  } catch (error) {
    if (error instanceof TransientError) return false;
    throw error;
  }
}
