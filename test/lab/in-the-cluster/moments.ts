import { setTimeout as sleep } from 'node:timers/promises';
import type { LabCluster } from '../../../lab/lab.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { startPod } from '../install-pod.ts';
import { isWritten, type Request, requestsOf } from './audit.ts';
import type { Settled } from './settle.ts';
import { HUB, NAMESPACE, type Stage, secondsOf, TARGETS, until } from './stage.ts';
import type { ToldMoment } from './told.ts';

/** Something that happens to a release on its way. */
export type Moment = (stage: Stage, settled: Settled) => Promise<Omit<ToldMoment, 'release' | 'writesMeanwhile'>>;

/** How long a target cluster stays away. */
const AWAY_MS = 60_000;
/** For what takes seconds on a machine of its own. */
const LIMIT_MS = 240_000;
const DAEMON = `system:serviceaccount:${NAMESPACE}:tidegate`;

/** The leading daemon is killed while targets of the first wave are at a step; the Deployment starts another one when it is replaced. */
export const leaderDies: Moment = async (stage, { daemons }) => {
  await untilPaused(stage, 'eu', 'pool-free-eu');
  const states = await Promise.all(daemons.map(async (pod) => (await pod.ready()).leadership.kind));
  const [leader] = daemons.splice(states.indexOf('leading'), 1);
  const before = await leaseOf(stage);
  const fromMs = Date.now();
  await leader!.stop();
  stage.say('the leading daemon is killed');
  const taken = await until('the other daemon leads', LIMIT_MS, async () => {
    const lease = await leaseOf(stage);
    return lease.holderIdentity !== before.holderIdentity && lease.holderIdentity !== '' ? lease : null;
  });
  const next = await untilAsked('the other daemon goes on', stage, TARGETS, fromMs, isRolloutWritten);
  const token = (await stage.kubectl('create', 'token', 'tidegate', '--duration', '1h')).trim();
  daemons.push(await startPod(stage.lab, NAMESPACE, token));
  const seconds = {
    'until the other leads': secondsOf(Date.parse(taken.acquireTime) - fromMs),
    'until it writes to a target': secondsOf(next.atMs - fromMs),
  };
  return { name: 'the leading daemon dies', fromMs, toMs: next.atMs, seconds };
};

/** A target cluster is away for a minute while its Rollouts are at a step; meanwhile the token of the other cluster is replaced. */
export const targetIsAway: Moment = async (stage, { daemons }) => {
  await untilPaused(stage, 'us', 'hooli');
  const { apiserver } = clusterOf(stage, 'us');
  await apiserver.stop();
  const fromMs = Date.now();
  stage.say('cluster us is away');
  const rotatedFromMs = Date.now();
  await stage.tidegate('cluster', 'rotate', 'eu');
  const rotatedMs = Date.now() - rotatedFromMs;
  stage.say('the token of eu is replaced');
  await sleep(AWAY_MS - (Date.now() - fromMs));
  const readiness = await Promise.all(daemons.map(async (pod) => (await pod.ready()).status));
  const backFromMs = Date.now();
  await apiserver.start();
  const toMs = Date.now();
  stage.say('cluster us is back');
  const next = await untilAsked('the daemon goes on in us', stage, ['us'], toMs, isRolloutWritten);
  const seconds = {
    away: secondsOf(toMs - fromMs),
    'of it starting': secondsOf(toMs - backFromMs),
    'from its return to the next write in it': secondsOf(next.atMs - toMs),
    'cluster rotate': secondsOf(rotatedMs),
    'daemons that were ready meanwhile': readiness.filter((status) => status === 200).length,
  };
  return { name: 'a target cluster is away', fromMs, toMs, seconds };
};

/** The API server of the hub is stopped and started while targets of the last wave are at a step. */
export const hubRestarts: Moment = async (stage) => {
  await untilPaused(stage, 'eu', 'acme');
  const { apiserver } = clusterOf(stage, HUB);
  const stoppingMs = Date.now();
  await apiserver.stop();
  const fromMs = Date.now();
  stage.say('the API server of the hub is stopped');
  await apiserver.start();
  stage.say('the API server of the hub is back');
  // before it calls itself ready, and after it has read who may what
  const { atMs: toMs } = await untilAsked('the hub answers', stage, [HUB], fromMs, ({ status }) => status < 300);
  const renewed = await untilAsked('a daemon leads', stage, [HUB], toMs, (request) =>
    request.resource.startsWith('leases'),
  );
  const next = await untilAsked('the daemon goes on', stage, TARGETS, toMs, isRolloutWritten);
  const seconds = {
    'away, its stopping included': secondsOf(toMs - stoppingMs),
    'from its return to a renewed lease': secondsOf(renewed.atMs - toMs),
    'from its return to the next write to a target': secondsOf(next.atMs - toMs),
  };
  return { name: 'the API server of the hub restarts', fromMs, toMs, seconds };
};

/** Whether the daemon wrote to a Rollout. */
function isRolloutWritten(request: Request): boolean {
  return request.user === DAEMON && request.resource.startsWith('rollouts.argoproj.io') && isWritten(request);
}

/** What the daemon wrote to Rollouts from one instant to another. */
export function rolloutWrites({ lab }: Stage, fromMs: number, toMs: number): readonly Request[] {
  const written = lab.clusters.flatMap(requestsOf).filter(isRolloutWritten);
  return written.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
}

function clusterOf({ lab }: Stage, wanted: string): LabCluster {
  return lab.clusters.find(({ name }) => name === wanted)!;
}

async function untilPaused({ apis }: Stage, cluster: string, namespace: string): Promise<void> {
  await until(`the Rollout in ${cluster}/${namespace} is at a step`, LIMIT_MS, async () => {
    const { items } = await apis.get(cluster)!.list(kinds.rollout, { namespace });
    return items.some((rollout) => (rollout['status'] as { phase?: string } | undefined)?.phase === 'Paused') || null;
  });
}

function untilAsked(
  what: string,
  stage: Stage,
  clusters: readonly string[],
  sinceMs: number,
  isSought: (request: Request) => boolean,
): Promise<Request> {
  return until(what, LIMIT_MS, async () => {
    const found = clusters.flatMap((name) => requestsOf(clusterOf(stage, name))).filter(isSought);
    const later = found.filter(({ atMs }) => atMs >= sinceMs).sort((a, b) => a.atMs - b.atMs);
    return later[0] ?? null;
  });
}

interface LeaseSpec {
  readonly holderIdentity: string;
  readonly acquireTime: string;
}

async function leaseOf({ apis }: Stage): Promise<LeaseSpec> {
  const ref = { kind: kinds.lease, namespace: NAMESPACE, name: 'tidegate' };
  return (await apis.get(HUB)!.get(ref))!['spec'] as LeaseSpec;
}
