import { createHubStore } from '../../../src/adapters/hub/hub-store.ts';
import { createLeadership } from '../../../src/adapters/kubernetes/index.ts';
import { type DaemonEvent, runDaemon } from '../../../src/controller/daemon.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';

/** What a daemon of these tests is made of. */
export interface MortalDaemonOptions {
  readonly identity: string;
  readonly namespace: string;
  readonly clock: Clock;
  /** Hub and only cluster. */
  readonly api: KubernetesApi;
  readonly source: MetricSource;
  readonly report: (event: DaemonEvent) => void;
}

/** A daemon's core in this process, which can die as if the process did. */
export interface MortalDaemon {
  /** From now on nothing that it awaits ever returns: it releases no lease and ends no watch. */
  kill(): void;
  stop(): Promise<void>;
}

const LEASE_MS = 3_000;
const RENEW_MS = 1_000;

/** Starts the daemon that production runs, under a short lease. */
export function startMortalDaemon(options: MortalDaemonOptions): MortalDaemon {
  const { identity, namespace, report } = options;
  const life = createLife();
  const clock = life.clock(options.clock);
  const api = life.api(options.api);
  const stopping = new AbortController();
  const store = createHubStore({
    api,
    namespace,
    clock,
    random: Math.random,
    report: (message, trouble) => {
      if (trouble === 'unreadable') throw new Error(message);
    },
  });
  const leadership = createLeadership({
    api,
    namespace,
    name: 'tidegate',
    identity,
    clock,
    leaseMs: LEASE_MS,
    renewMs: RENEW_MS,
  });
  const connect = () => api;
  const openSource = () => options.source;
  const running = runDaemon(
    { clock, random: Math.random, store, leadership, connect, openSource, report },
    stopping.signal,
  );
  return {
    kill: () => life.end(),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** The span in which awaits return. A request that is under way at its end still arrives, as with a process that is killed. */
function createLife() {
  let isOver = false;
  const never = new Promise<never>(() => {});
  const alive = async <T>(start: () => Promise<T>): Promise<T> => {
    if (isOver) return never;
    try {
      const value = await start();
      return isOver ? await never : value;
    } catch (error) {
      if (isOver) return never;
      throw error;
    }
  };
  return {
    end() {
      isOver = true;
    },
    clock: (clock: Clock): Clock => ({
      now: () => clock.now(),
      sleep: (ms, signal) => alive(() => clock.sleep(ms, signal)),
    }),
    api: (api: KubernetesApi): KubernetesApi => ({
      cluster: api.cluster,
      get: (...args) => alive(() => api.get(...args)),
      list: (...args) => alive(() => api.list(...args)),
      create: (...args) => alive(() => api.create(...args)),
      patch: (...args) => alive(() => api.patch(...args)),
      mergePatch: (...args) => alive(() => api.mergePatch(...args)),
      apply: (...args) => alive(() => api.apply(...args)),
      delete: (...args) => alive(() => api.delete(...args)),
      async *watch(kind, options) {
        for await (const event of api.watch(kind, options)) {
          if (isOver) return;
          yield event;
        }
        if (isOver) await never;
      },
    }),
  };
}
