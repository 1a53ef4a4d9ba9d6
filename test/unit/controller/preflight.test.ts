import { describe, expect, test } from 'vitest';
import type { ClusterObserver } from '../../../src/controller/cluster-observer.ts';
import { createLagMeter } from '../../../src/controller/lag-meter.ts';
import { type PreflightWorld, preflightWave } from '../../../src/controller/preflight.ts';
import { TerminalError, TransientError } from '../../../src/domain/errors.ts';
import type { TargetId } from '../../../src/domain/plan.ts';
import { instant } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { MeasureRequest, MetricSource } from '../../../src/ports/metric-source.ts';
import { type ObservedTarget, projectRollout } from '../../../src/release/observed-target.ts';
import type { ClusterState } from '../../../src/release/snapshot.ts';
import { aRun, aSnapshot, runsOf } from '../release/a-release.ts';
import { aCluster, CLUSTER, GLOBEX, INDEX, NAMESPACE } from './a-cluster.ts';

const BUSINESS = 1;
const HEALTHY = { observedGeneration: '1', phase: 'Healthy', stableRS: 'old1', currentPodHash: 'old1' };
const ROW = { cluster: CLUSTER, tenantId: 'T-globex', revision: 'old1', good: 1, total: 1, seen: null };

interface Parts {
  readonly status?: Record<string, unknown>;
  readonly edit?: unknown;
  readonly state?: ClusterState;
  readonly target?: ObservedTarget | 'absent' | undefined;
  readonly isConnected?: boolean;
  readonly hasReplicaSet?: boolean;
  readonly hasNamespace?: boolean;
  readonly sources?: readonly MetricSource[];
  readonly fail?: 'unavailable';
}

const source = (measure: (request: MeasureRequest) => ReturnType<MetricSource['measure']>): MetricSource => ({
  name: 'prom-eu',
  measure: (request) => measure(request),
});
const answers = source(async () => [ROW]);

/** Preflight of globex alone; the other targets of its wave have started. */
async function preflight(parts: Parts = {}) {
  const cluster = aCluster();
  await cluster.act({ kind: 'create' });
  cluster.show({ ...HEALTHY, ...parts.status });
  if (parts.hasReplicaSet !== false) cluster.replicaSet('old1');
  if (parts.edit !== undefined) cluster.edit(parts.edit);
  if (parts.hasNamespace === false) {
    for (const kind of [kinds.rollout, kinds.service, kinds.podDisruptionBudget])
      cluster.store.delete({ kind, namespace: NAMESPACE, name: 'storefront' });
    cluster.store.delete({ kind: kinds.namespace, namespace: null, name: NAMESPACE });
  }
  cluster.fail(parts.fail ?? 'none');
  const observer: ClusterObserver = {
    cluster: CLUSTER,
    api: cluster.api,
    state: () => parts.state ?? { kind: 'fresh' },
    target: () => ('target' in parts ? parts.target : projectRollout(cluster.rollout())),
    note: () => {},
    pace: () => createLagMeter(cluster.clock).pace(),
    run: async () => {},
  };
  const world: PreflightWorld = {
    clusters: new Map(parts.isConnected === false ? [] : [[CLUSTER, observer]]),
    sources: new Map((parts.sources ?? [answers]).map((one) => [one.name, one])),
    clock: cluster.clock,
  };
  const others = INDEX.waves[BUSINESS]!.targets.map((target) => target.id).filter((id) => id !== GLOBEX);
  const snapshot = { ...aSnapshot(), index: INDEX, runs: runsOf(...others.map((id: TargetId) => aRun(id))) };
  return preflightWave(world, snapshot, BUSINESS, new AbortController().signal);
}

const brief = (findings: Awaited<ReturnType<typeof preflight>>) =>
  findings.map(({ severity, target, reason }) => `${severity} ${reason} ${target ?? '-'}`);

test('a healthy, restorable, measured target gives no finding', async () => {
  expect(await preflight()).toEqual([]);
});

describe('a target is found', () => {
  const rows: readonly {
    readonly title: string;
    readonly parts: Parts;
    readonly reason: string;
    readonly says: string;
  }[] = [
    {
      title: 'in a cluster that is not connected',
      parts: { isConnected: false },
      reason: 'ClusterUnknown',
      says: 'globex: cluster shared-eu is not connected, apply its Cluster object',
    },
    {
      title: 'in a cluster out of sight',
      parts: { state: { kind: 'stale', sinceAt: instant(0), message: 'timeout' } },
      reason: 'ClusterUnreachable',
      says: 'globex: shared-eu: timeout',
    },
    { title: 'not seen yet', parts: { target: undefined }, reason: 'NotSeen', says: 'globex: has not been listed yet' },
    {
      title: 'made by somebody else',
      parts: { edit: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'helm' } } } },
      reason: 'ForeignOwner',
      says: 'globex: the Rollout storefront was not made by Tidegate: rename it or the workload, or release it as it is (source.existing, tidegate adopt)',
    },
    {
      title: 'with a controller that took no notice of the last change',
      parts: { status: { observedGeneration: '0' } },
      reason: 'ControllerSilent',
      says: 'globex: its Argo Rollouts controller has not taken the last change, is it running?',
    },
    {
      title: 'in the middle of an update',
      parts: { status: { currentPodHash: 'new1', phase: 'Paused', message: 'CanaryPauseStep' } },
      reason: 'NotStable',
      says: 'globex: an update is under way or was aborted (Paused: CanaryPauseStep), finish or undo it first',
    },
    {
      title: 'unhealthy',
      parts: { status: { phase: 'Degraded', message: 'pods crash' } },
      reason: 'NotHealthy',
      says: 'globex: is Degraded before the release: pods crash',
    },
    {
      title: 'with nothing to go back to',
      parts: { hasReplicaSet: false },
      reason: 'NotRestorable',
      says: 'globex: reading the template to put back on shared-eu/globex/storefront: the ReplicaSet with hash old1 is gone, restore it by hand',
    },
    {
      title: 'without the namespace of its first deploy',
      parts: { target: 'absent', hasNamespace: false },
      reason: 'NamespaceMissing',
      says: 'globex: namespace globex is missing, create it first',
    },
  ];
  test.each(rows)('$title', async ({ parts, reason, says }) => {
    const findings = await preflight(parts);
    expect(brief(findings)).toEqual([`error ${reason} ${GLOBEX}`]);
    expect(findings[0]?.message).toBe(says);
  });

  test('in a cluster that does not answer a read', async () => {
    expect(brief(await preflight({ fail: 'unavailable' }))).toEqual([`error ClusterUnreachable ${GLOBEX}`]);
  });

  test('without a stable revision: not stable, and nothing to rehearse', async () => {
    expect(brief(await preflight({ status: { stableRS: '' } }))).toEqual([`error NotStable ${GLOBEX}`]);
  });
});

test('a first deploy into a namespace that is there gives no finding', async () => {
  expect(await preflight({ target: 'absent' })).toEqual([]);
});

test('targets that have started are not looked at', async () => {
  const findings = await preflight({ isConnected: false });
  expect(findings.map((finding) => finding.target)).toEqual([GLOBEX]);
});

describe('a metric source is found', () => {
  const perSlo = ['availability', 'latency'];
  const rows: readonly {
    readonly title: string;
    readonly sources: readonly MetricSource[];
    readonly reason: string;
    readonly says: string;
  }[] = [
    {
      title: 'not configured',
      sources: [],
      reason: 'SourceUnknown',
      says: 'metric source prom-eu is not configured',
    },
    {
      title: 'without data of what runs',
      sources: [source(async () => [])],
      reason: 'NoData',
      says: 'availability from prom-eu has no data for the running version, check its labels and traffic',
    },
    {
      title: 'away',
      sources: [source(() => Promise.reject(new TransientError('connection refused')))],
      reason: 'SourceUnavailable',
      says: 'availability from prom-eu: connection refused',
    },
    {
      title: 'refusing the query',
      sources: [source(() => Promise.reject(new TerminalError('parse error')))],
      reason: 'SourceUnavailable',
      says: 'availability from prom-eu: parse error',
    },
  ];
  test.each(rows)('$title', async ({ sources, reason, says }) => {
    const findings = await preflight({ sources });
    expect(brief(findings)).toEqual(perSlo.map(() => `error ${reason} -`));
    expect(findings[0]?.message).toBe(says);
  });

  test('by one question an SLO, for all tenants of the wave', async () => {
    const requests: MeasureRequest[] = [];
    await preflight({
      sources: [
        source(async (request) => {
          requests.push(request);
          return [ROW];
        }),
      ],
    });
    expect(requests.map((request) => request.rows.map((row) => row.tenantId).sort())).toEqual(
      perSlo.map(() => ['T-globex', 'T-hooli', 'T-initech']),
    );
  });

  test('and not asked where nothing is deployed', async () => {
    expect(await preflight({ target: 'absent', sources: [source(async () => [])] })).toEqual([]);
  });
});
