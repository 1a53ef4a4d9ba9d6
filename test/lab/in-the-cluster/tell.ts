import { fileURLToPath } from 'node:url';
import { LabUnavailable } from '../../../lab/lab.ts';
import { readStatus } from '../../../src/adapters/hub/hub-store.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import { requestsOf } from './audit.ts';
import { hubRestarts, leaderDies, type Moment, rolloutWrites, targetIsAway } from './moments.ts';
import { type Settled, settle } from './settle.ts';
import { HUB, NAMESPACE, openStage, type Stage, secondsOf, TARGETS, until } from './stage.ts';
import type { Told, ToldMoment, ToldRelease, ToldRollout } from './told.ts';

const OWN = fileURLToPath(new URL('./releases/', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../waves/releases/', import.meta.url));
const NAMESPACES: ReadonlyMap<string, readonly string[]> = new Map([
  ['free', ['pool-free-eu', 'pool-free-us']],
  ['business', ['globex', 'hooli']],
  ['enterprise', ['acme']],
  ['everybody', ['pool-free-eu', 'pool-free-us', 'globex', 'hooli', 'acme']],
]);
/** Pods that have been told to go take a moment. */
const SETTLED_LIMIT_MS = 60_000;

interface Chapter {
  readonly release: string;
  readonly folder: string;
  readonly moments: readonly Moment[];
}

const CHAPTERS: readonly Chapter[] = [
  { release: 'storefront-4.11.0', folder: OWN, moments: [] },
  { release: 'storefront-4.12.0', folder: EXAMPLE, moments: [leaderDies, targetIsAway, hubRestarts] },
  { release: 'storefront-4.13.0', folder: EXAMPLE, moments: [] },
];

/** Tells how Tidegate lives in a cluster: installed, given two clusters, and releasing while things break. The last line is what came of it. */
async function main(): Promise<void> {
  const startedMs = performance.now();
  const say = (line: string) => console.log(`${secondsOf(performance.now() - startedMs)} s: ${line}`);
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(1)));
  try {
    const stage = await openStage(say);
    closing.push(() => stage.close());
    const settled = await settle(stage);
    closing.push(() => settled.close());
    const told = await tell(stage, settled);
    console.log(
      JSON.stringify({
        told: { ...told, seconds: { ...told.seconds, all: secondsOf(performance.now() - startedMs) } },
      }),
    );
  } catch (error) {
    if (!(error instanceof LabUnavailable)) throw error;
    console.error(error.message);
    process.exitCode = LabUnavailable.exitCode;
  } finally {
    await close();
  }
}

async function tell(stage: Stage, settled: Settled): Promise<Told> {
  const releases: ToldRelease[] = [];
  const moments: ToldMoment[] = [];
  const rollouts: Record<string, readonly ToldRollout[]> = {};
  for (const { release, folder, moments: wanted } of CHAPTERS) {
    const fromMs = Date.now();
    stage.say(`${release} starts`);
    const file = `${folder}${release}.yaml`;
    const job = settled.pipeline('release', 'start', '-f', file, '--wait-for', 'done', '--timeout', '20m');
    for (const moment of wanted) {
      const happened = await moment(stage, settled);
      const { fromMs: sinceMs, toMs } = happened;
      moments.push({ ...happened, release, writesMeanwhile: rolloutWrites(stage, sinceMs, toMs) });
      stage.say(JSON.stringify(happened));
    }
    const { code, stdout, stderr } = await job.ended;
    stage.say(`the pipeline ends with ${code}:\n${stdout}${stderr}`);
    releases.push(await releaseNow(stage, { release, fromMs, exitCode: code }));
    rollouts[release] = await settledRollouts(stage);
  }
  const requests = stage.lab.clusters.flatMap(requestsOf);
  const counts = Map.groupBy(requests, ({ cluster, user }) => `${cluster} ${user}`);
  return {
    seconds: settled.seconds,
    releases,
    moments,
    rollouts,
    requests: Object.fromEntries([...counts].map(([who, asked]) => [who, asked.length])),
    refused: requests.filter(({ status }) => status === 403),
  };
}

async function releaseNow(
  stage: Stage,
  {
    release,
    fromMs,
    exitCode,
  }: { readonly release: string; readonly fromMs: number; readonly exitCode: number | null },
): Promise<ToldRelease> {
  const ref = { kind: kinds.release, namespace: NAMESPACE, name: release };
  const status = readStatus((await stage.apis.get(HUB)!.get(ref))!['status'])!;
  const writes = rolloutWrites(stage, fromMs, Date.now());
  return {
    name: release,
    exitCode,
    phase: status.phase,
    seconds: secondsOf(Date.now() - fromMs),
    waves: status.waves.map(({ name, phase, startedAt, passedAt }) => ({
      name,
      phase,
      startedAtMs: startedAt,
      passedAtMs: passedAt,
      firstWriteAtMs: writes
        .filter(({ object }) => NAMESPACES.get(name)!.includes(object.split('/')[0]!))
        .reduce<number | null>((first, { atMs }) => (first === null || atMs < first ? atMs : first), null),
    })),
  };
}

/** Once the pods that go are gone. */
async function settledRollouts(stage: Stage): Promise<readonly ToldRollout[]> {
  let seen: readonly ToldRollout[] = [];
  const isSettled = ({ phase, pods }: ToldRollout) => phase === 'Healthy' && Object.keys(pods).length === 1;
  await until('every Rollout is Healthy and one version runs', SETTLED_LIMIT_MS, async () => {
    seen = await rolloutsNow(stage);
    return seen.every(isSettled) || null;
  }).catch((error: Error) => stage.say(error.message));
  return seen;
}

async function rolloutsNow({ apis }: Stage): Promise<readonly ToldRollout[]> {
  const labelSelector = 'app.kubernetes.io/name=storefront';
  const found = TARGETS.map(async (cluster) => {
    const api = apis.get(cluster)!;
    const { items } = await api.list(kinds.rollout, { namespace: null, labelSelector });
    const pods = (await api.list(kinds.pod, { namespace: null, labelSelector })).items as unknown as readonly Seen[];
    return (items as unknown as readonly Seen[]).map(({ metadata, spec, status }) => ({
      cluster,
      namespace: metadata.namespace,
      phase: status.phase,
      image: spec.template!.spec.containers[0]!.image,
      pods: countByImage(pods.filter((pod) => pod.metadata.namespace === metadata.namespace)),
    }));
  });
  return (await Promise.all(found)).flat();
}

interface Containers {
  readonly containers: readonly { readonly image: string }[];
}

interface Seen {
  readonly metadata: { readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: Partial<Containers> & { readonly template?: { readonly spec: Containers } };
  readonly status: { readonly phase: string };
}

function countByImage(pods: readonly Seen[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { metadata, spec } of pods) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const { image } = spec.containers![0]!;
    counts[image] = (counts[image] ?? 0) + 1;
  }
  return counts;
}

await main();
