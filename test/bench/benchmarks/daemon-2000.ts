import { type ChildProcess, fork } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { createKubernetesApi, kubeconfigAccess } from '../../../src/adapters/kubernetes/index.ts';
import type { DaemonEvent } from '../../../src/controller/daemon.ts';
import type { MeasuredRow, MetricSource } from '../../../src/ports/metric-source.ts';
import { atMost, below, beside, type Figure } from '../figure.ts';
import { median, quantile } from '../quantile.ts';
import type { BenchmarkOptions } from '../registry.ts';
import { createPassMeter } from '../world/pass-meter.ts';
import { startMeasuredDaemon } from '../world/release-world.ts';
import type { ServedEnd, ServedWorld } from '../world/served-world.ts';
import { startTurnMeter } from '../world/turn-meter.ts';

const WORLD = fileURLToPath(new URL('../world/served-world.ts', import.meta.url));
/** The monitor's own timer; what it reports contains it. */
const RESOLUTION_MS = 2;
const NS = 1e6;
const PAUSE_BAR_MS = 100;

/** The same release in real time: the daemon alone in this process, through the Kubernetes adapter, the world in another one over HTTP. */
export async function run({ scale }: BenchmarkOptions): Promise<readonly Figure[]> {
  const world = fork(WORLD, [String(scale)], { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
  const { kubeconfig, countsUrl, targets } = await told<ServedWorld>(world, 'ready');
  const clock = createSystemClock();
  const apis: { close(): Promise<void> }[] = [];
  const connect = (cluster: string) => {
    const api = createKubernetesApi({ cluster, access: access(kubeconfig, cluster), clock });
    apis.push(api);
    return api;
  };
  const meter = createPassMeter();
  const { leadershipOf } = meter;
  const stop = new AbortController();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const turns = startTurnMeter();
  let planningMs = 0;
  const report = (event: DaemonEvent) => {
    // the libraries are loaded by now; everything from here on is the daemon's work
    if (event.type === 'leading') turns.reset();
    if (event.type === 'sessionStarted') {
      planningMs = turns.longestCpuMs();
      turns.reset();
      delay.enable();
    }
    meter.report(event);
  };
  const cpuSince = process.cpuUsage();
  const since = performance.now();
  const running = startMeasuredDaemon(
    { clock, connect, source: countsOver(countsUrl), report, leadershipOf },
    stop.signal,
  );
  const end = await told<ServedEnd>(world, 'ended');
  const tookS = (performance.now() - since) / 1000;
  const cpu = process.cpuUsage(cpuSince);
  delay.disable();
  turns.stop();
  stop.abort();
  await running;
  await Promise.all(apis.map((api) => api.close()));
  world.kill();
  const about = `${targets} targets, ${end.phase} after ${tookS.toFixed(0)} s`;
  const passes = meter.passesMs;
  return [
    below(
      400,
      'daemon-2000 memory',
      process.resourceUsage().maxRSS / 1024,
      'MB',
      `peak RSS, heap limit 256 MB; ${about}`,
    ),
    atMost(PAUSE_BAR_MS, 'daemon-2000 event-loop pause max', turns.longestCpuMs(), 'ms CPU', 'while the release runs'),
    atMost(PAUSE_BAR_MS, 'daemon-2000 event-loop pause, planning', planningMs, 'ms CPU', 'once, before anything moves'),
    beside(
      'daemon-2000 event-loop pause, wall',
      delay.max / NS,
      'ms',
      `release runs; p99.9 ${ms(delay.percentile(99.9))}`,
    ),
    below(20, 'daemon-2000 decide pass p99', quantile(passes, 0.99), 'ms CPU', `${passes.length} passes`),
    below(20, 'daemon-2000 decide pass max', quantile(passes, 1), 'ms CPU', `median ${median(passes).toFixed(1)}`),
    atMost(15, 'daemon-2000 mutations', end.mutations / targets, 'per target', 'over HTTP'),
    beside('daemon-2000 cpu', (cpu.user + cpu.system) / 1e6, 's', 'the whole release'),
  ];
}

function ms(ns: number): string {
  return `${(ns / NS).toFixed(0)} ms`;
}

function access(path: string, context: string) {
  return {
    description: `context ${context}`,
    open: async () => (await kubeconfigAccess({ path, context })).open(),
  };
}

/** The counts come from the world's process, as JSON, like those of a Prometheus. */
function countsOver(url: string): MetricSource {
  return {
    name: 'prom',
    async measure(request, signal) {
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify(request), signal });
      return (await answer.json()) as readonly MeasuredRow[];
    },
  };
}

function told<T extends { readonly type: string }>(child: ChildProcess, type: T['type']): Promise<T> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if ((message as T).type === type) resolve(message as T);
    });
    child.once('exit', (code) => reject(new Error(`the measured world ended with ${code} before it was ${type}`)));
  });
}
