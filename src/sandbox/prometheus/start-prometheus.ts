import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedChild, startGuardedChild } from './guarded-child.ts';
import { prometheusArguments, prometheusConfig, type ScrapeTarget } from './prometheus-settings.ts';
import { PrometheusUnavailable } from './prometheus-unavailable.ts';

/** What to run. */
export interface StartPrometheusOptions {
  /** Path of the binary. */
  readonly bin: string;
  readonly scrapeTargets: readonly ScrapeTarget[];
  readonly scrapeIntervalMs: number;
  /** @default a free one */
  readonly port?: number;
  /** Kept after `stop()`. @default a temporary folder, removed */
  readonly dataDir?: string;
  /** What is switched on by `--enable-feature`. @default nothing */
  readonly features?: readonly string[];
}

/** A Prometheus of ours on loopback. */
export interface RunningPrometheus {
  /** `http://127.0.0.1:41234`, the same after a restart. */
  readonly url: string;
  readonly pid: () => number;
  /** Kills it at once, as a crash would; its data stay. Quiet when it is not running. */
  pause(): Promise<void>;
  /** Starts it again at the same port with its data. Ends the running one first. */
  restart(): Promise<void>;
  /** Ends it and removes what is temporary. */
  stop(): Promise<void>;
}

/** A start takes 0.1 s, a replay of a crashed one's log a little more. */
const READY_DEADLINE_MS = 30_000;

/** How long it may take to write its data before it is killed. */
const STOP_GRACE_MS = 5000;

/** A free port may be taken by another between the look and the start. */
const START_ATTEMPTS = 3;

/**
 * Starts Prometheus and waits until it answers.
 *
 * @throws PrometheusUnavailable when it ends or does not answer, with its last words
 */
export async function startPrometheus(options: StartPrometheusOptions): Promise<RunningPrometheus> {
  const scratchDir = await mkdtemp(join(tmpdir(), 'tidegate-prometheus-'));
  try {
    const configFile = join(scratchDir, 'prometheus.json');
    await writeFile(configFile, prometheusConfig(options.scrapeTargets, options.scrapeIntervalMs));
    const dataDir = options.dataDir ?? join(scratchDir, 'data');
    await mkdir(dataDir, { recursive: true });
    const launch = (port: number) =>
      startGuardedChild(
        options.bin,
        prometheusArguments({ configFile, dataDir, port, features: options.features ?? [] }),
        scratchDir,
      );
    const first = await startSomewhere(options.port, launch);
    return supervise(first, launch, scratchDir);
  } catch (error) {
    await rm(scratchDir, { recursive: true, force: true });
    throw error;
  }
}

/** A process and where it listens. */
interface Listening {
  readonly child: GuardedChild;
  readonly port: number;
}

async function startSomewhere(
  wantedPort: number | undefined,
  launch: (port: number) => GuardedChild,
): Promise<Listening> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await freePort());
    const child = launch(port);
    try {
      await untilReady(child, port);
      return { child, port };
    } catch (error) {
      const wasTaken = child.lastWords().includes('address already in use');
      if (wantedPort !== undefined || !wasTaken || attempt === START_ATTEMPTS) throw error;
    }
  }
}

function supervise(
  { child: first, port }: Listening,
  launch: (port: number) => GuardedChild,
  scratchDir: string,
): RunningPrometheus {
  let child = first;
  return {
    url: `http://127.0.0.1:${port}`,
    pid: () => child.pid,
    pause: () => child.end('SIGKILL', STOP_GRACE_MS),
    restart: async () => {
      await child.end('SIGTERM', STOP_GRACE_MS);
      child = launch(port);
      await untilReady(child, port);
    },
    stop: async () => {
      await child.end('SIGTERM', STOP_GRACE_MS);
      await rm(scratchDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: GuardedChild, port: number): Promise<void> {
  const giveUpAt = performance.now() + READY_DEADLINE_MS;
  while (!(await isReady(port))) {
    const ended = child.ended();
    if (ended !== null) {
      throw new PrometheusUnavailable(`prometheus ended at once (${ended}): ${child.lastWords()}`);
    }
    if (performance.now() > giveUpAt) {
      await child.end('SIGKILL', STOP_GRACE_MS);
      throw new PrometheusUnavailable(`prometheus did not get ready in ${READY_DEADLINE_MS} ms: ${child.lastWords()}`);
    }
    await sleep(20);
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/-/ready`, { signal: AbortSignal.timeout(1000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
