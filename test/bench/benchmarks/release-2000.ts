import type { InProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { atMost, below, beside, type Figure } from '../figure.ts';
import { median, quantile } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { createPassMeter } from '../world/pass-meter.ts';
import { releaseFleet } from '../world/release-fleet.ts';
import { createVirtualReleaseWorld, startMeasuredDaemon, untilEnded } from '../world/release-world.ts';

const LIMIT_MS = 12 * 60 * 60_000;

/** A whole good release of 2 000 targets with three steps, on virtual time, world and daemon in one process. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const release = await createVirtualReleaseWorld({
    shape: releaseFleet(scale),
    behaviour: { badRatio: () => 0.001, requestsPerSecond: () => 40, fault: () => 'none' },
  });
  const { clock, world, baseline, source } = release;
  const apis: InProcessApi[] = [];
  const connect = (cluster: string) => {
    const api = world.countingApi(cluster);
    apis.push(api);
    return api;
  };
  const meter = createPassMeter();
  const stop = new AbortController();
  const { report, leadershipOf } = meter;
  const running = startMeasuredDaemon({ clock, connect, source, report, leadershipOf }, stop.signal);
  const startedAt = clock.now();
  await release.createRelease();
  await untilEnded(release, LIMIT_MS);
  const virtualMinutes = (clock.now() - startedAt) / 60_000;
  stop.abort();
  await clock.advance(1_000);
  await running;
  world.stop();
  const targets = baseline.waves.reduce((sum, wave) => sum + wave.targets.length, 0);
  const counted = countMutations(apis);
  const about = `${targets} targets, ${release.status()?.phase} after ${virtualMinutes.toFixed(0)} virtual minutes`;
  return [
    atMost(15, 'release-2000 mutations', counted.total / targets, 'per target', `${about}; ${counted.kinds}`),
    below(
      20,
      'release-2000 decide pass p99',
      quantile(meter.passesMs, 0.99),
      'ms CPU',
      `${meter.passesMs.length} passes`,
    ),
    below(
      20,
      'release-2000 decide pass max',
      quantile(meter.passesMs, 1),
      'ms CPU',
      `median ${median(meter.passesMs).toFixed(1)}`,
    ),
    beside(
      'release-2000 world and daemon',
      process.resourceUsage().maxRSS / 1024,
      'MB',
      'peak RSS, 61 clusters included',
    ),
  ];
}

/** Successful mutations of the daemon; leases apart. Nudges are patches like others and stay in, so the figure is an upper bound. */
function countMutations(apis: readonly InProcessApi[]): { readonly total: number; readonly kinds: string } {
  const byKind = new Map<string, number>();
  for (const api of apis) {
    for (const [key, count] of api.mutations()) {
      if (!key.includes('leases')) byKind.set(key, (byKind.get(key) ?? 0) + count);
    }
  }
  const total = [...byKind.values()].reduce((sum, count) => sum + count, 0);
  return { total, kinds: [...byKind].map(([key, count]) => `${key} ${count}`).join(', ') };
}
