import type { DaemonEvent } from '../../../src/controller/daemon.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { decide } from '../../../src/release/decide.ts';
import { type MeasurementState, rowKey, type Snapshot } from '../../../src/release/snapshot.ts';
import { wantedMeasurements } from '../../../src/release/wanted-measurements.ts';
import { createRandom } from '../../simulation/random.ts';
import { distantApi } from './distant-api.ts';
import { availability, imageOf } from './fleet-objects.ts';
import { createVirtualReleaseWorld, startMeasuredDaemon } from './release-world.ts';

/** What one start showed. */
export interface FailingStart {
  readonly intervalMs: number;
  /** From the first measurement that could have failed to the abort of the last target of the wave. */
  readonly latencyMs: number;
}

const PROBE_MS = 100;
const STEP_BAKE_MS = 40_000;
const LIMIT_MS = 20 * 60_000;
const ONE_WAY_MS = 20;

/** One release, from one seed, whose new version starts to fail somewhere in the bake of a step. @throws Error when nothing is aborted */
export async function failingStart(seed: number): Promise<FailingStart> {
  const random = createRandom(seed);
  const intervalMs = 1000 * (1 + Math.floor(random() * 15));
  const tier = random() < 0.5 ? 'free' : 'business';
  const scope = random() < 0.5 ? 'target' : 'wave';
  let badFrom: Instant | null = null;
  const release = await createVirtualReleaseWorld({
    shape: {
      freeTenants: 6,
      pools: 2,
      businessTenants: 4,
      sharedClusters: 2,
      enterpriseTenants: 1,
      wave: {
        maxConcurrency: '100%',
        maxFailures: 0,
        steps: [25, 50],
        bake: { step: `${STEP_BAKE_MS / 1000}s`, wave: '10s' },
        deadline: { target: '10m', wave: '1h' },
        analysis: { scope, minRequests: 20, limit: '5m', window: '5s', interval: `${intervalMs / 1000}s` },
        onFailure: { rollback: 'release' },
      },
      rollbackConcurrency: 50,
      slos: [availability],
    },
    behaviour: {
      badRatio: (_, image) =>
        image === imageOf('b') && badFrom !== null && release.clock.now() >= badFrom ? 0.3 : 0.001,
      requestsPerSecond: () => 40,
      fault: () => 'none',
    },
  });
  const { clock, world, source, baseline } = release;
  let snapshot: Snapshot | null = null;
  const report = (event: DaemonEvent) => {
    if (event.type === 'decided') ({ snapshot } = event);
  };
  const connect = (cluster: string) => distantApi(world.api(cluster), clock, () => random() * ONE_WAY_MS);
  void startMeasuredDaemon({ clock, connect, source, report, seed }, new AbortController().signal);
  await release.createRelease();

  const targets = baseline.waves.find((wave) => wave.name === tier)!.targets;
  const statuses = () =>
    targets.map(
      ({ cluster, namespace, rollout }) => world.store(cluster).get({ kind: kinds.rollout, namespace, name: rollout })!,
    );
  const step = random() < 0.5 ? 1 : 3;
  const isPaused = () => statuses().every((rollout) => isAtPause(rollout['status'], step));
  const limit = later(clock.now(), LIMIT_MS);
  await reached(clock.runUntil(isPaused, limit), 'pause');
  badFrom = later(clock.now(), Math.floor(random() * (STEP_BAKE_MS - 20_000)));
  await clock.runUntil(badFrom);
  while (!(await wouldFail())) {
    await clock.advance(PROBE_MS);
    if (clock.now() > limit) throw new Error(`seed ${seed}: no measurement fails`);
  }
  const firstPossibleAt = clock.now();
  const isAborted = () => statuses().every(({ status }) => (status as { abort?: boolean }).abort === true);
  await reached(
    clock.runUntil(() => isAborted() || isBack(), limit),
    'abort',
  );
  return { intervalMs, latencyMs: clock.now() - firstPossibleAt };

  /** Whether a round asked at this very moment would end the release. */
  async function wouldFail(): Promise<boolean> {
    const seen = snapshot!;
    const measurements = new Map<string, MeasurementState>(seen.measurements);
    for (const { key, measured, windowMs, rows } of wantedMeasurements(seen)) {
      const answered = await source.measure(
        { slo: measured, windowMs, at: clock.now(), rows },
        new AbortController().signal,
      );
      const byRow = new Map(answered.map((row) => [rowKey(row.cluster, row.tenantId, row.revision), row]));
      measurements.set(key, { kind: 'counts', at: clock.now(), rows: byRow });
    }
    const decision = decide({ ...seen, measurements }, clock.now());
    return seen.status.rollback !== null || (decision.status?.rollback ?? null) !== null;
  }

  /** Aborted and put back between two looks. */
  function isBack(): boolean {
    const old = new Set(targets.map(() => imageOf('a')));
    return statuses().every((rollout) => old.has(imageIn(rollout['spec'])));
  }
}

function imageIn(spec: unknown): string {
  return (spec as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers[0]!.image;
}

function isAtPause(status: unknown, stepIndex: number): boolean {
  const { currentStepIndex, pauseConditions } = status as { currentStepIndex?: number; pauseConditions?: unknown[] };
  return currentStepIndex === stepIndex && (pauseConditions ?? []).length > 0;
}

async function reached(work: Promise<boolean>, what: string): Promise<void> {
  if (!(await work)) throw new Error(`the measured release does not come to its ${what}`);
}
