import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';
import { serveStores } from '../../../src/sandbox/kubernetes/http-server.ts';
import { kubeconfigFor } from '../../../src/sandbox/kubernetes/kubeconfig.ts';
import { servedFleet } from './release-fleet.ts';
import { createReleaseWorld, FINAL } from './release-world.ts';

/** What the world's process tells when it is ready. */
export interface ServedWorld {
  readonly type: 'ready';
  readonly kubeconfig: string;
  /** Answers `MetricSource.measure` over HTTP: JSON in, JSON out. */
  readonly countsUrl: string;
  readonly targets: number;
}

/** What it tells when the release has ended. */
export interface ServedEnd {
  readonly type: 'ended';
  readonly phase: string;
  /** Successful mutations of all clients, leases apart. */
  readonly mutations: number;
}

const TOKEN = 'measured';
const LOOK_MS = 250;

/** The process of the world: `served-world.ts SCALE`. It runs on the real clock and is asked over HTTP like real clusters. */
async function serve(scale: number): Promise<void> {
  const clock = createSystemClock();
  const release = await createReleaseWorld(clock, {
    shape: servedFleet(scale),
    behaviour: { badRatio: () => 0.001, requestsPerSecond: () => 40, fault: () => 'none' },
  });
  const { world } = release;
  while (!release.isHealthy()) await clock.sleep(LOOK_MS);
  const served = await serveStores({
    clusters: world.clusters.map((name) => ({ store: world.store(name), token: TOKEN, allowsAnonymous: true })),
  });
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(
    kubeconfig,
    kubeconfigFor(world.clusters.map((name) => ({ name, url: served.url(name), token: TOKEN }))),
  );
  const countsUrl = await serveCounts(release.source);
  const targets = release.baseline.waves.reduce((sum, wave) => sum + wave.targets.length, 0);
  const before = mutations();
  process.send!({ type: 'ready', kubeconfig, countsUrl, targets } satisfies ServedWorld);
  await release.createRelease();
  while (!FINAL.has(release.status()?.phase ?? '')) await clock.sleep(LOOK_MS);
  const end: ServedEnd = { type: 'ended', phase: release.status()?.phase ?? '', mutations: mutations() - before };
  process.send!(end);
  await rm(folder, { recursive: true });

  function mutations(): number {
    return world.clusters
      .flatMap((cluster) => [...served.mutations(cluster)])
      .reduce((sum, [key, count]) => sum + (key.includes('leases') ? 0 : count), 0);
  }
}

function serveCounts(source: MetricSource): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      const wanted = JSON.parse(await text(request)) as Parameters<MetricSource['measure']>[0];
      const rows = await source.measure(wanted, new AbortController().signal);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(rows));
    })();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

await serve(Number(process.argv[2]));
