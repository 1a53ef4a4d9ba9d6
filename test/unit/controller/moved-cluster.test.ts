import { describe, expect, test } from 'vitest';
import { type DaemonEvent, runDaemon } from '../../../src/controller/daemon.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import type { Cluster } from '../../../src/domain/fleet.ts';
import { instant } from '../../../src/domain/time.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { Leadership, LeadershipState } from '../../../src/ports/leadership.ts';
import type { ReleaseStore, StoredRelease } from '../../../src/ports/release-store.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

const RELEASE: StoredRelease = {
  spec: { name: 'r', workload: 'w', version: { name: '1', images: {} }, wavePlan: 'p', scope: null },
  uid: 'u',
  resourceVersion: '1',
  createdAt: instant(0),
  status: null,
  expectedPlan: null,
};
const reachedBy = (context: string): Cluster => ({ name: 'eu', access: { kind: 'context', context }, metrics: 'prom' });

/** A daemon that leads and finds one release, which cannot be planned yet: it looks at the declarations again each second. */
function leadingDaemon() {
  const clock = createVirtualClock();
  const leader: LeadershipState = { kind: 'leading', epoch: 1, validUntil: instant(Number.MAX_SAFE_INTEGER) };
  const declared = { clusters: [reachedBy('old')], metricSources: [], issues: [] };
  const connected: Cluster[] = [];
  const listed: string[] = [];
  const events: DaemonEvent[] = [];
  const stop = new AbortController();
  const untilStopped = () => new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const leadership: Leadership = {
    state: () => leader,
    async *run() {
      yield leader;
      await untilStopped();
    },
    release: async () => undefined,
  };
  const notAsked = () => Promise.reject(new TransientError('not now'));
  const store: ReleaseStore = {
    async *watch() {
      yield { releases: [RELEASE], hub: { approvals: [], freezes: [], requests: [], tenantLabels: new Map() } };
      await untilStopped();
    },
    loadConnections: async () => declared,
    loadPlanningInput: notAsked,
    savePlan: notAsked,
    loadPlan: notAsked,
    openRuns: notAsked,
    saveStatus: notAsked,
  };
  function connect(cluster: Cluster): KubernetesApi {
    connected.push(cluster);
    const api = createInProcessApi(createStore({ clock, cluster: cluster.name }));
    const { access } = cluster;
    return {
      ...api,
      list: (kind, options) => {
        listed.push(access.kind === 'context' ? access.context : access.kind);
        return api.list(kind, options);
      },
    };
  }
  const openSource = () => {
    throw new RangeError('there is no source');
  };
  const report = (event: DaemonEvent) => void events.push(event);
  const world = { clock, random: () => 0.5, store, leadership, connect, openSource, report };
  return { clock, declared, connected, listed, events, stop, ended: runDaemon(world, stop.signal) };
}

describe('a cluster that is declared otherwise while a daemon leads', () => {
  test('is reached in the new way without a restart, and in the old one no more', async () => {
    const daemon = leadingDaemon();
    await daemon.clock.advance(5_000);
    expect(daemon.connected).toEqual([reachedBy('old')]);
    expect(daemon.events).toContainEqual({ type: 'clusterState', cluster: 'eu', state: { kind: 'fresh' } });
    daemon.declared.clusters = [reachedBy('new')];
    await daemon.clock.advance(5_000);
    expect(daemon.connected).toEqual([reachedBy('old'), reachedBy('new')]);
    const seen = daemon.listed.length;
    await daemon.clock.advance(600_000);
    expect(daemon.listed.slice(seen)).not.toContain('old');
    expect(daemon.connected).toHaveLength(2);
    daemon.stop.abort();
    await daemon.clock.advance(60_000);
    await daemon.ended;
  });

  test('of which only the metric source is another is left connected', async () => {
    const daemon = leadingDaemon();
    await daemon.clock.advance(5_000);
    daemon.declared.clusters = [{ ...reachedBy('old'), metrics: 'another' }];
    await daemon.clock.advance(5_000);
    expect(daemon.connected).toHaveLength(1);
    daemon.stop.abort();
    await daemon.clock.advance(60_000);
    await daemon.ended;
  });
});
