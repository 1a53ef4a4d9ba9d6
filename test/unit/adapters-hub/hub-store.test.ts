import { describe, expect, test } from 'vitest';
import { ConflictError, InvalidInput, TerminalError } from '../../../src/domain/errors.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { instant } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { HubState, ReleaseStore, StoredRelease } from '../../../src/ports/release-store.ts';
import { fleet, ownNamespace, planned, tenant } from '../planning/storefront.ts';
import { aDecision, aRun, aStatus, PASSED, RUNNING } from '../release/a-release.ts';
import { aHub, NAMESPACE, RELEASE_SPEC } from './a-hub.ts';

const plan = planned();
const NAME = plan.release;
const [first, second] = plan.waves[1]!.targets.map((target) => target.id);

/** The plan with 120 more business tenants: more than one WaveRun. */
const large = planned({
  fleet: {
    ...fleet,
    tenants: [
      ...fleet.tenants,
      ...Array.from({ length: 120 }, (_, index) =>
        tenant(`t-${index}`, { tier: 'business', placements: [ownNamespace('shared-eu', `ns-${index}`)] }),
      ),
    ],
  },
});

describe('a plan', () => {
  test('is written once and read back, its hash verified', async () => {
    const { store, list, api } = aHub();
    await store.savePlan(plan);
    await store.savePlan(plan);
    expect(await store.loadPlan(NAME, plan.hash)).toEqual(plan);
    expect(list(kinds.planSlice)).toHaveLength(1);
    expect(api.mutations().get('create planslices.tidegate.dev')).toBe(1);
  });

  test('of another hash is not there', async () => {
    const { store } = aHub();
    await store.savePlan(plan);
    const other = store.loadPlan(NAME, 'f'.repeat(64));
    await expect(other).rejects.toBeInstanceOf(TerminalError);
    await expect(other).rejects.toThrow('is missing, start the release again under a new name');
  });

  test('that was changed is refused', async () => {
    const { store, list, cluster, create } = aHub();
    await store.savePlan(plan);
    const [slice] = list(kinds.planSlice);
    const spec = slice!['spec'] as { part: string };
    cluster.delete({ kind: kinds.planSlice, namespace: NAMESPACE, name: slice!.metadata.name });
    const part = spec.part.replace('"maxFailures":0', '"maxFailures":9');
    create(kinds.planSlice, slice!.metadata.name, { ...spec, part });
    const changed = store.loadPlan(NAME, plan.hash);
    await expect(changed).rejects.toBeInstanceOf(TerminalError);
    await expect(changed).rejects.toThrow(`reading the plan of ${NAME}`);
  });
});

describe('runs', () => {
  const run = (id = first!, parts: Partial<TargetRun> = {}) => aRun(id, parts);

  test('are none at first', async () => {
    expect((await aHub().store.openRuns(plan)).runs).toEqual([]);
  });

  test('come back in plan order', async () => {
    const { store } = aHub();
    const record = await store.openRuns(plan);
    await record.save([run(second)]);
    await record.save([run(first, { reachedAt: instant(5) })]);
    expect((await store.openRuns(plan)).runs).toEqual([run(first, { reachedAt: instant(5) }), run(second)]);
  });

  test('of one save are one write an object', async () => {
    const { store, api, list } = aHub();
    const record = await store.openRuns(large);
    const targets = large.waves[1]!.targets.map((target) => target.id);
    await record.save(targets.map((id) => run(id)));
    expect(list(kinds.waveRun).map((object) => (object['status'] as { targets: unknown[] }).targets.length)).toEqual([
      100, 23,
    ]);
    expect(api.mutations().get('mergePatch waveruns.tidegate.dev')).toBe(2);
    await record.save([run(targets.at(-1))]);
    expect(api.mutations().get('mergePatch waveruns.tidegate.dev')).toBe(3);
    expect((await store.openRuns(large)).runs).toHaveLength(123);
  });

  test('of one release are not those of another plan of it', async () => {
    const { store } = aHub();
    await (await store.openRuns(plan)).save([run()]);
    expect((await store.openRuns(large)).runs).toEqual([]);
  });

  test('that another writer saved first are a conflict, and theirs stay', async () => {
    const { store } = aHub();
    const ours = await store.openRuns(plan);
    await ours.save([run()]);
    const theirs = await store.openRuns(plan);
    await theirs.save([run(first, { revision: 'theirs' })]);
    await expect(ours.save([run(first, { revision: 'ours' })])).rejects.toBeInstanceOf(ConflictError);
    expect((await store.openRuns(plan)).runs).toEqual([run(first, { revision: 'theirs' })]);
  });

  test('that another writer began first are a conflict', async () => {
    const { store } = aHub();
    const [ours, theirs] = [await store.openRuns(plan), await store.openRuns(plan)];
    await theirs.save([run(first, { revision: 'theirs' })]);
    await expect(ours.save([run()])).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('a status', () => {
  test('is written and watched back', async () => {
    const { store, create, clock } = aHub();
    create(kinds.release, NAME, RELEASE_SPEC);
    const status = aStatus([PASSED, RUNNING], { message: 'wave business is running' });
    await store.saveStatus(NAME, status);
    const { seen, stop } = watching(store);
    await clock.advance(1);
    expect(seen.at(-1)?.releases).toMatchObject([{ spec: { name: NAME }, status, expectedPlan: null }]);
    await stop(clock);
  });

  test('loses its end when the release is taken up again', async () => {
    const { store, create, list } = aHub();
    create(kinds.release, NAME, RELEASE_SPEC);
    await store.saveStatus(NAME, aStatus([PASSED, RUNNING], { phase: 'RolledBack', finishedAt: instant(5) }));
    await store.saveStatus(NAME, aStatus([PASSED, RUNNING], { phase: 'RollingBack', finishedAt: null }));
    expect(list(kinds.release)[0]!['status']).not.toHaveProperty('finishedAt');
  });

  test('names no wave any more when the last has passed', async () => {
    const { store, create, list } = aHub();
    create(kinds.release, NAME, RELEASE_SPEC);
    await store.saveStatus(NAME, aStatus([PASSED, PASSED, RUNNING]));
    expect(list(kinds.release)[0]!['status']).toHaveProperty('wave', 'enterprise');
    await store.saveStatus(NAME, aStatus([PASSED, PASSED, PASSED], { phase: 'Completed' }));
    expect(list(kinds.release)[0]!['status']).not.toHaveProperty('wave');
  });

  test('of a stale daemon is a conflict, and that of its successor stays', async () => {
    const { store: stale, openStore, create, list } = aHub();
    const leader = openStore();
    create(kinds.release, NAME, RELEASE_SPEC);
    await stale.saveStatus(NAME, aStatus([RUNNING]));
    await leader.saveStatus(NAME, aStatus([RUNNING], { phase: 'RollingBack', rollback: aDecision('wave', 0) }));
    await expect(stale.saveStatus(NAME, aStatus([PASSED]))).rejects.toBeInstanceOf(ConflictError);
    expect(list(kinds.release)[0]!['status']).toMatchObject({ phase: 'RollingBack', rollback: { scope: 'wave' } });
  });

  test('may be written again after a conflict, by who has started from the store', async () => {
    const { store, openStore, create, list, clock } = aHub();
    create(kinds.release, NAME, RELEASE_SPEC);
    const { stop } = watching(store);
    await clock.advance(1);
    await store.saveStatus(NAME, aStatus([RUNNING]));
    await openStore().saveStatus(NAME, aStatus([RUNNING], { message: 'theirs' }));
    await expect(store.saveStatus(NAME, aStatus([PASSED]))).rejects.toBeInstanceOf(ConflictError);
    await clock.advance(1);
    await store.saveStatus(NAME, aStatus([PASSED], { message: 'ours again' }));
    expect(list(kinds.release)[0]!['status']).toMatchObject({ message: 'ours again' });
    await stop(clock);
  });

  test('of a release that was deleted is a conflict', async () => {
    await expect(aHub().store.saveStatus(NAME, aStatus())).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('the hub', () => {
  test('is given whole, in order of names, after every change', async () => {
    const { store, create, remove, clock } = aHub();
    create(kinds.release, 'b', RELEASE_SPEC, { annotations: { 'tidegate.dev/expect-plan': 'abc' } });
    create(kinds.release, 'a', RELEASE_SPEC);
    create(kinds.tenant, 'acme', { tier: 'free', placements: [{ pool: 'p' }] }, { labels: { region: 'eu' } });
    const { seen, stop } = watching(store);
    await clock.advance(1);
    expect(seen.at(-1)?.releases.map((one) => [one.spec.name, one.status, one.expectedPlan])).toEqual([
      ['a', null, null],
      ['b', null, 'abc'],
    ]);
    expect(seen.at(-1)?.hub).toEqual({
      approvals: [],
      freezes: [],
      requests: [],
      tenantLabels: new Map([['acme', { region: 'eu' }]]),
    });
    create(kinds.freeze, 'f', { scope: { all: true }, reason: 'r', by: 'ana' });
    create(kinds.rollback, 'r', { release: 'a', scope: 'wave', reason: 'r', by: 'ana' });
    create(kinds.approval, 'ok', { release: 'a', planHash: plan.hash, wave: 'free', by: 'ana' });
    await clock.advance(1);
    expect(seen.at(-1)?.hub).toMatchObject({
      approvals: [{ name: 'ok', release: 'a', by: 'ana' }],
      freezes: [{ name: 'f', scope: { kind: 'all' }, from: null, until: null }],
      requests: [{ name: 'r', scope: 'wave' }],
    });
    remove(kinds.freeze, 'f');
    remove(kinds.release, 'b');
    await clock.advance(1);
    expect(seen.at(-1)).toMatchObject({ releases: [{ spec: { name: 'a' } }], hub: { freezes: [] } });
    await stop(clock);
  });

  test('is not given before every kind has been listed', async () => {
    const { store, clock } = aHub();
    const { seen, stop } = watching(store);
    await clock.advance(1);
    expect(seen[0]).toEqual({
      releases: [],
      hub: { approvals: [], freezes: [], requests: [], tenantLabels: new Map() },
    });
    await stop(clock);
  });

  test('skips an object that cannot be read, says which, and goes on', async () => {
    const { store, create, clock, reported } = aHub();
    const backwards = { from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' };
    create(kinds.freeze, 'odd', { scope: { all: true }, reason: 'r', by: 'ana', ...backwards });
    create(kinds.freeze, 'good', { scope: { all: true }, reason: 'r', by: 'ana' });
    const { seen, stop } = watching(store);
    await clock.advance(1);
    expect(seen.at(-1)?.hub.freezes.map((one) => one.name)).toEqual(['good']);
    expect(reported).toEqual(['ignoring Freeze/odd spec.until: a freeze must end after it starts']);
    await stop(clock);
  });

  test('refuses to plan on declarations of which one cannot be read, and names it', async () => {
    const { store, create } = aHub();
    const wave = { name: 'all', select: { rest: true }, maxConcurrency: 1, maxFailures: 0, steps: [50, 10] };
    create(kinds.wavePlan, 'odd', { waves: [wave], rollback: { order: ['free'] } });
    create(kinds.pool, 'p', { cluster: 'eu', namespace: 'pool' });
    const loading = store.loadPlanningInput();
    await expect(loading).rejects.toBeInstanceOf(InvalidInput);
    await expect(loading).rejects.toThrow('WavePlan/odd');
  });

  test('finds clusters and sources beside one that cannot be read, and names that', async () => {
    const { store, create } = aHub();
    const wave = { name: 'all', select: { rest: true }, maxConcurrency: 1, maxFailures: 0, steps: [50, 10] };
    create(kinds.wavePlan, 'odd', { waves: [wave], rollback: { order: ['free'] } });
    const source = { url: 'http://prom.eu:9090', labels: { tenant: 'tenant_id' } };
    create(kinds.metricSource, 'good', source);
    create(kinds.metricSource, 'odd', { ...source, matchers: { cluster: '${cluster.nmae}' } });
    create(kinds.cluster, 'eu', { access: { context: 'eu' }, metrics: 'good' });
    const { clusters, metricSources, issues } = await store.loadConnections();
    expect([...clusters, ...metricSources].map(({ name }) => name)).toEqual(['eu', 'good']);
    expect(issues).toMatchObject([{ file: 'MetricSource/odd', path: 'spec.matchers.cluster' }]);
  });
});

type HubView = { readonly releases: readonly StoredRelease[]; readonly hub: HubState };

/** Follows the hub; `seen` grows. */
function watching(store: ReleaseStore) {
  const stopping = new AbortController();
  const seen: HubView[] = [];
  const following = (async () => {
    for await (const state of store.watch(stopping.signal)) seen.push(state);
  })();
  return {
    seen,
    stop: async (clock: { advance(ms: number): Promise<void> }) => {
      stopping.abort();
      await clock.advance(1);
      await following;
    },
  };
}
