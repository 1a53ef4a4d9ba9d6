import { createLeadership, type LeadershipOptions } from '../../../src/adapters/kubernetes/index.ts';
import { ConflictError, TerminalError, TransientError } from '../../../src/domain/errors.ts';
import type { KubernetesApi, KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import type { Leadership, LeadershipState } from '../../../src/ports/leadership.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

/** One process that wants to lead. */
export interface Contender {
  readonly leadership: Leadership;
  readonly told: LeadershipState[];
  /** What its requests meet. `write answers lost`: writes are carried out, and the answer never comes back; `refuses`: 403. */
  network: 'fine' | 'slow' | 'down' | 'hangs' | 'refuses' | 'write answers lost';
  /** Ends its loop without a word, as a kill does. */
  kill(): void;
  readonly done: Promise<void>;
}

/** One Lease in an API server of one object, and processes that want it, on virtual time. */
export function createLeaseWorld() {
  const clock = createVirtualClock();
  let lease: KubernetesObject | undefined;
  let version = 0;

  const store = (object: KubernetesObject): KubernetesObject => {
    version += 1;
    lease = {
      ...object,
      metadata: { ...object.metadata, uid: object.metadata.uid ?? `uid-${version}`, resourceVersion: `${version}` },
    };
    return lease;
  };
  const api: Pick<KubernetesApi, 'get' | 'create' | 'mergePatch'> = {
    get: async () => lease,
    create: async (object) => {
      if (lease !== undefined) throw new ConflictError('create lease: it is there already');
      return store(object);
    },
    mergePatch: async (_, patch) => {
      const { metadata, spec } = patch as { metadata: { resourceVersion: string }; spec: Record<string, unknown> };
      if (lease?.metadata.resourceVersion !== metadata.resourceVersion)
        throw new ConflictError('patch lease: the version is another one');
      const merged = Object.entries({ ...(lease.spec as object), ...spec }).filter(([, value]) => value !== null);
      return store({ ...lease, spec: Object.fromEntries(merged) });
    },
  };

  const join = (
    identity: string,
    options: Partial<LeadershipOptions> = {},
    network: Contender['network'] = 'fine',
  ): Contender => {
    const stop = new AbortController();
    const through = async <T>(work: () => Promise<T>, isWrite: boolean): Promise<T> => {
      if (contender.network === 'down') throw new TransientError(`${identity}: no network`);
      if (contender.network === 'refuses') throw new TerminalError(`${identity}: not allowed (403)`);
      if (contender.network === 'hangs') await clock.sleep(30_000);
      if (contender.network === 'hangs') throw new TransientError(`${identity}: no answer`);
      if (contender.network === 'slow') await clock.sleep(1000);
      const answer = await work();
      if (isWrite && contender.network === 'write answers lost')
        throw new TransientError(`${identity}: the answer is lost`);
      return answer;
    };
    const seen = {
      cluster: 'hub',
      get: (ref) => through(() => api.get(ref), false),
      create: (object, kind, write) => through(() => api.create(object, kind, write), true),
      mergePatch: (ref, patch, write) => through(() => api.mergePatch(ref, patch, write), true),
    } as typeof api & { cluster: string } as KubernetesApi;
    const leadership = createLeadership({ api: seen, namespace: 'tidegate', name: 'hub', identity, clock, ...options });
    const told: LeadershipState[] = [];
    const follow = async (): Promise<void> => {
      for await (const state of leadership.run(stop.signal)) told.push(state);
    };
    const contender: Contender = {
      leadership,
      told,
      network,
      kill: () => stop.abort(),
      done: Promise.resolve(),
    };
    return Object.assign(contender, { done: follow() });
  };

  return {
    clock,
    join,
    lease: () => lease,
    /** Somebody else writes the object. */
    edit: (change: (object: KubernetesObject) => KubernetesObject | undefined) => {
      const changed = change(lease!);
      if (changed === undefined) lease = undefined;
      else store(changed);
    },
  };
}
