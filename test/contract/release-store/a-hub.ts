import { randomUUID } from 'node:crypto';
import { vi } from 'vitest';
import { createHubStore } from '../../../src/adapters/hub/hub-store.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject, ResourceKind } from '../../../src/ports/kubernetes-api.ts';
import type { HubState, ReleaseStore, StoredRelease } from '../../../src/ports/release-store.ts';
import type { HubWorld } from './world.ts';

/** A namespace of the test's own, with what people do there. */
export interface Hub {
  readonly api: KubernetesApi;
  readonly namespace: string;
  /** The store as one more daemon has it. */
  openStore(): ReleaseStore;
  /** What the stores told of objects that cannot be read. */
  readonly reported: readonly string[];
  create(kind: ResourceKind, name: string, spec: unknown, metadata?: object): Promise<KubernetesObject>;
  list(kind: ResourceKind): Promise<readonly KubernetesObject[]>;
  remove(kind: ResourceKind, name: string): Promise<void>;
}

/** Makes a hub. */
export async function newHub({ api, clock }: HubWorld): Promise<Hub> {
  const namespace = `hub-${randomUUID().slice(0, 8)}`;
  const people = { fieldManager: 'kubectl' };
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, kinds.namespace, people);
  const reported: string[] = [];
  const report = (message: string) => void reported.push(message);
  return {
    api,
    namespace,
    reported,
    openStore: () => createHubStore({ api, namespace, clock, random: () => 0.5, report }),
    create: (kind, name, spec, metadata = {}) => {
      const { group, version } = kind;
      const placed = { name, namespace, ...metadata };
      return api.create({ apiVersion: `${group}/${version}`, kind: kind.kind, metadata: placed, spec }, kind, people);
    },
    list: async (kind) => (await api.list(kind, { namespace })).items,
    remove: (kind, name) => api.delete({ kind, namespace, name }),
  };
}

/** A Release's spec as people write it. */
export const RELEASE_SPEC = {
  workload: 'storefront',
  version: { name: '4.12.0', images: { app: `registry.example/storefront@sha256:${'a1'.repeat(32)}` } },
  plan: 'saas-tiers',
};

/** What a store's watch gave last. */
export interface HubView {
  readonly releases: readonly StoredRelease[];
  readonly hub: HubState;
}

/** A hub that is followed. */
export interface Following {
  readonly seen: readonly HubView[];
  /** Waits until what was given last is as wanted. */
  until(isWanted: (view: HubView) => boolean): Promise<HubView>;
  /** Ends it; rejects with what broke it. */
  stop(): Promise<void>;
}

/** Follows a hub through a store's watch. */
export function follow(store: ReleaseStore): Following {
  const stopping = new AbortController();
  const seen: HubView[] = [];
  const following = (async () => {
    for await (const view of store.watch(stopping.signal)) seen.push(view);
  })();
  // whoever cares awaits `stop`
  following.catch(() => undefined);
  return {
    seen,
    until: (isWanted) =>
      vi.waitFor(
        () => {
          const last = seen.at(-1);
          if (last === undefined || !isWanted(last)) throw new Error(`not seen among ${seen.length} views`);
          return last;
        },
        { timeout: 30_000, interval: 10 },
      ),
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}
