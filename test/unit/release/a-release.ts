import {
  type Plan,
  type PlanMeasurement,
  type PlanTarget,
  type PlanWave,
  type TargetId,
  targetId,
} from '../../../src/domain/plan.ts';
import type { ReleaseStatus, RollbackDecision, WaveStatus } from '../../../src/domain/release-status.ts';
import type { RowCounts } from '../../../src/domain/series-seen.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import { type Instant, instant, later } from '../../../src/domain/time.ts';
import type { Counts } from '../../../src/domain/verdict.ts';
import type { AnalysisPolicy } from '../../../src/domain/wave-plan.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { type IndexedTarget, indexPlan } from '../../../src/release/plan-index.ts';
import { type MeasurementState, measurementKey, rowKey, type Snapshot } from '../../../src/release/snapshot.ts';

/** A release of three waves, a pool, three namespaces and a cluster of its own. Tests change one thing of it at a time. */

/** A Monday. */
export const NOW = instant(Date.parse('2026-11-23T10:00:00Z'));
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const RELEASE = 'storefront-2';
export const PLAN_HASH = 'c0ffee'.repeat(10);
/** Pod hash that every target ran before. */
export const OLD = 'old0000000';
/** Pod hash of this release. */
export const NEW = 'new1111111';
export const OLD_IMAGE = 'registry.example/storefront@sha256:1';
export const NEW_IMAGE = 'registry.example/storefront@sha256:2';

export const POOL = targetId('eu', 'pool-free', 'storefront');
export const GLOBEX = targetId('eu', 'globex', 'storefront');
export const HOOLI = targetId('eu', 'hooli', 'storefront');
export const INITECH = targetId('eu', 'initech', 'storefront');
export const ACME = targetId('acme', 'storefront', 'storefront');

export function ago(ms: number): Instant {
  return later(NOW, -ms);
}

export function ahead(ms: number): Instant {
  return later(NOW, ms);
}

export function podTemplate(image: string): JsonObject {
  return { metadata: { labels: { app: 'storefront' } }, spec: { containers: [{ name: 'app', image }] } };
}

export const STEPS = [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }] as const;

/** The plan's Rollout of every target, without its namespace. */
export const MANIFEST: JsonObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'storefront', labels: { 'app.kubernetes.io/managed-by': 'tidegate' } },
  spec: {
    replicas: 4,
    rollbackWindow: { revisions: 3 },
    selector: { matchLabels: { app: 'storefront' } },
    strategy: { canary: { maxSurge: '25%', maxUnavailable: 1, steps: STEPS } },
    template: podTemplate(NEW_IMAGE),
  },
};

export const ANALYSIS: AnalysisPolicy = {
  scope: 'target',
  minRequests: 100,
  onInsufficient: 'wait',
  limitMs: 10 * MINUTE_MS,
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the domain; never awaited
  then: 'ask',
  windowMs: MINUTE_MS,
  intervalMs: 10 * SECOND_MS,
};

/** From the start of a pause until data of it can be believed: a window and two scrapes. */
export const JUDGED_AFTER_MS = 70 * SECOND_MS;

const TENANTS = [
  { name: 'acme', id: 'T-acme', tier: 'enterprise', weight: 5200 },
  { name: 'ada', id: 'T-ada', tier: 'free', weight: 3 },
  { name: 'bob', id: 'T-bob', tier: 'free', weight: 2 },
  { name: 'globex', id: 'T-globex', tier: 'business', weight: 300 },
  { name: 'hooli', id: 'T-hooli', tier: 'business', weight: 120 },
  { name: 'initech', id: 'T-initech', tier: 'business', weight: 80 },
];

export function measurement(tier: string, parts: Partial<PlanMeasurement> = {}): PlanMeasurement {
  return {
    key: `availability/${tier}@prom`,
    slo: 'availability',
    tier,
    source: 'prom',
    measured: { kind: 'ratio', good: 'good_total', total: 'all_total' },
    objective: 0.99,
    query: 'good / all',
    ...parts,
  };
}

export function target(id: TargetId, tier: string, tenants: readonly string[]): PlanTarget {
  const [cluster = '', namespace = '', rollout = ''] = id.split('/');
  return {
    id,
    cluster,
    namespace,
    rollout,
    kind: tenants.length > 1 ? 'pool' : 'dedicated',
    tier,
    tenants,
    replicas: 4,
    steps: [
      { weightPercent: 10, effectivePercent: 20 },
      { weightPercent: 50, effectivePercent: 50 },
    ],
    rolloutManifest: 'rollout',
    supportManifests: [],
  };
}

export function aWave(name: string, targets: readonly PlanTarget[], parts: Partial<PlanWave> = {}): PlanWave {
  return {
    name,
    maxConcurrency: 2,
    maxFailures: 0,
    bakeStepMs: 2 * MINUTE_MS,
    bakeWaveMs: 5 * MINUTE_MS,
    targetDeadlineMs: 10 * MINUTE_MS,
    waveDeadlineMs: 60 * MINUTE_MS,
    analysis: ANALYSIS,
    requiredApprovals: 0,
    windows: [],
    onFailure: 'wave',
    targets,
    measurements: [measurement(name)],
    ...parts,
  };
}

/** Changes to the three waves, in order. */
export type WaveParts = readonly Partial<PlanWave>[];

export function aPlan(waves: WaveParts = [], parts: Partial<Plan> = {}): Plan {
  return {
    hash: PLAN_HASH,
    schema: 1,
    release: RELEASE,
    workload: 'storefront',
    source: 'generate',
    wavePlan: 'tiers',
    version: { name: '2', images: { app: NEW_IMAGE } },
    waves: [
      aWave('free', [target(POOL, 'free', ['ada', 'bob'])], waves[0]),
      aWave(
        'business',
        [
          target(GLOBEX, 'business', ['globex']),
          target(HOOLI, 'business', ['hooli']),
          target(INITECH, 'business', ['initech']),
        ],
        waves[1],
      ),
      aWave('enterprise', [target(ACME, 'enterprise', ['acme'])], waves[2]),
    ],
    rollback: { order: ['enterprise', 'business', 'free'], maxConcurrency: 50 },
    tenants: TENANTS,
    leftOut: [],
    sources: [{ name: 'prom', scrapeIntervalMs: 5 * SECOND_MS, tellsRevisions: true }],
    clusterSources: { eu: 'prom', acme: 'prom' },
    findings: [],
    manifests: { rollout: JSON.stringify(MANIFEST) },
    ...parts,
  };
}

export const INDEX = indexPlan(aPlan());

export function indexedTarget(id: TargetId): IndexedTarget {
  return INDEX.targets.get(id)!;
}

export function aRun(id: TargetId, parts: Partial<TargetRun> = {}): TargetRun {
  return {
    target: id,
    goal: { kind: 'step', step: 0 },
    goalAt: ago(5 * MINUTE_MS),
    startedAt: ago(5 * MINUTE_MS),
    previous: { kind: 'revision', hash: OLD, image: OLD_IMAGE },
    revision: NEW,
    reachedAt: null,
    failure: null,
    deciding: [],
    nudges: 0,
    ...parts,
  };
}

/** A run whose target is on the new version since `reachedAt`. */
export function promotedRun(id: TargetId, reachedAt: Instant = ago(30 * MINUTE_MS)): TargetRun {
  return aRun(id, { goal: { kind: 'promoted' }, goalAt: ago(40 * MINUTE_MS), reachedAt });
}

/** A run that goes back since a minute. */
export function returningRun(id: TargetId, parts: Partial<TargetRun> = {}): TargetRun {
  return aRun(id, { goal: { kind: 'restored' }, goalAt: ago(MINUTE_MS), ...parts });
}

export function aWaveStatus(name: string, parts: Partial<WaveStatus> = {}): WaveStatus {
  return {
    name,
    phase: 'Waiting',
    startedAt: null,
    bakingSince: null,
    passedAt: null,
    blockedSince: null,
    blockedMs: 0,
    ...parts,
  };
}

export const RUNNING = { phase: 'Running', startedAt: ago(20 * MINUTE_MS) } as const;
export const BAKING = { phase: 'Baking', startedAt: ago(50 * MINUTE_MS), bakingSince: ago(6 * MINUTE_MS) } as const;
export const PASSED = {
  phase: 'Passed',
  startedAt: ago(90 * MINUTE_MS),
  bakingSince: ago(40 * MINUTE_MS),
  passedAt: ago(30 * MINUTE_MS),
} as const;

/** A status with the waves in these states; the ones not given wait. */
export function aStatus(waves: readonly Partial<WaveStatus>[] = [], parts: Partial<ReleaseStatus> = {}): ReleaseStatus {
  return {
    phase: waves.length === 0 ? 'Pending' : 'Running',
    planHash: PLAN_HASH,
    message: '',
    waves: ['free', 'business', 'enterprise'].map((name, index) => aWaveStatus(name, waves[index])),
    waitingFor: [],
    rollback: null,
    handledRequests: [],
    timeline: [],
    finishedAt: null,
    ...parts,
  };
}

export function aDecision(scope: RollbackDecision['scope'], wave = 1): RollbackDecision {
  return { scope, wave, reason: 'SloFailed', message: 'it failed', by: null, decidedAt: ago(MINUTE_MS) };
}

/** A snapshot with every cluster fresh and every preflight done. */
export function aSnapshot(
  parts: Partial<Snapshot> & { readonly waves?: WaveParts; readonly plan?: Plan } = {},
): Snapshot {
  const { waves, plan, ...rest } = parts;
  return {
    release: RELEASE,
    index: indexPlan(plan ?? aPlan(waves)),
    status: aStatus(),
    runs: new Map(),
    epoch: 3,
    targets: new Map(),
    clusters: new Map([
      ['eu', { kind: 'fresh' }],
      ['acme', { kind: 'fresh' }],
    ]),
    pace: new Map(),
    measurements: new Map(),
    analyses: new Map(),
    preflight: new Map([0, 1, 2].map((wave) => [wave, { kind: 'done', findings: [] }])),
    approvals: [],
    freezes: [],
    requests: [],
    tenantLabels: new Map(),
    refusals: new Map(),
    busy: new Map(),
    inFlight: new Set(),
    ...rest,
  };
}

export function runsOf(...runs: readonly TargetRun[]): ReadonlyMap<TargetId, TargetRun> {
  return new Map(runs.map((run) => [run.target, run]));
}

/** Counts per tenant id of one revision, in both clusters, as the last answer to the plan's one question. */
export function answer(
  counts: Readonly<Record<string, Counts | RowCounts>>,
  { at = ago(5 * SECOND_MS), revision = NEW }: { readonly at?: Instant; readonly revision?: string } = {},
): ReadonlyMap<string, MeasurementState> {
  const rows = Object.entries(counts).flatMap(([tenantId, count]) =>
    ['eu', 'acme'].map((cluster) => [rowKey(cluster, tenantId, revision), { seen: null, ...count }] as const),
  );
  return new Map([[theQuestion, { kind: 'counts', at, rows: new Map(rows) }]]);
}

export const theQuestion = measurementKey(measurement('free'), aWave('free', []));

/** The answer when every tenant is well served. */
export function goodAnswer(options: { readonly at?: Instant; readonly revision?: string } = {}) {
  return answer(Object.fromEntries(TENANTS.map((tenant) => [tenant.id, { good: 1000, total: 1000 }])), options);
}

/** The source is away. */
export function noAnswer(
  at: Instant = ago(5 * SECOND_MS),
  reason = 'SourceUnavailable',
): ReadonlyMap<string, MeasurementState> {
  return new Map([[theQuestion, { kind: 'unavailable', at, reason, message: 'connection refused' }]]);
}
