import { risingCounter } from '../contract/metric-source/prometheus-world.ts';
import type { WrittenSeries } from '../contract/metric-source/remote-write.ts';

/** How often these series are scraped, and for how long they have been, ms. */
const SCRAPE_MS = 10_000;
const HISTORY_MS = 600_000;

export const LATEST = 'new1';
export const STABLE = 'old1';
/** A Rollout `storefront` that does well, one that does not, one without requests, and one that nobody scrapes. */
export type Place = 'good' | 'bad' | 'idle' | 'silent';

type Labels = Readonly<Record<string, string>>;

/** Counters whose rates are per two minutes. */
const per2m = (name: string, labels: Labels, count: number, atMs: number): WrittenSeries =>
  risingCounter({ __name__: name, ...labels }, count, atMs);

/** A gauge that stands still. */
function still(name: string, labels: Labels, value: number, atMs: number): WrittenSeries {
  const samples = Array.from({ length: HISTORY_MS / SCRAPE_MS + 1 }, (_, i) => ({
    atMs: atMs - HISTORY_MS + i * SCRAPE_MS,
    value,
  }));
  return { labels: { __name__: name, ...labels }, samples };
}

/** Everything that the stock templates look at, up to a time. */
export function stockSeries(atMs: number): readonly WrittenSeries[] {
  return [...requestSeries(atMs), ...classicSeries(atMs), ...podSeries('good', atMs), ...podSeries('bad', atMs)];
}

/** Requests by place, revision and tenant: [good, bad] in two minutes. */
const requests: readonly (readonly [Place, string, string, number, number])[] = [
  ['good', LATEST, 'acme', 5000, 10],
  ['good', STABLE, 'acme', 5000, 10],
  ['good', STABLE, 'globex', 1000, 4],
  ['bad', LATEST, 'acme', 4000, 1000],
  ['bad', STABLE, 'acme', 5000, 10],
  ['bad', STABLE, 'globex', 900, 100],
  // too few to judge, and all of them bad
  ['idle', LATEST, 'acme', 0, 3],
  ['idle', STABLE, 'acme', 0, 3],
];

function requestSeries(atMs: number): readonly WrittenSeries[] {
  return requests.flatMap(([namespace, hash, tenant, good, bad]) => {
    const labels = { namespace, rollouts_pod_template_hash: hash, tenant_id: tenant };
    return [
      ...(good > 0 ? [per2m('http_requests_total', { ...labels, code: '200' }, good, atMs)] : []),
      per2m('http_requests_total', { ...labels, code: '503' }, bad, atMs),
    ];
  });
}

/** Answers by bucket in two minutes: up to 0.1 s, 0.5 s, 1 s, 2.5 s. */
const durations: readonly (readonly [Place, string, readonly number[]])[] = [
  ['good', LATEST, [3000, 1980, 15, 5]],
  ['good', STABLE, [0, 0, 0, 5000]],
  ['bad', LATEST, [2000, 1500, 500, 1000]],
  ['bad', STABLE, [5000, 0, 0, 0]],
  ['idle', LATEST, [0, 0, 0, 3]],
];

function classicSeries(atMs: number): readonly WrittenSeries[] {
  const bounds = ['0.1', '0.5', '1', '2.5', '+Inf'];
  return durations.flatMap(([namespace, hash, counts]) => {
    const labels = { namespace, rollouts_pod_template_hash: hash };
    const total = counts.reduce((sum, count) => sum + count, 0);
    const upTo = (bound: number) => counts.slice(0, bound + 1).reduce((sum, count) => sum + count, 0);
    return [
      ...bounds.map((le, i) => per2m('http_request_duration_seconds_bucket', { ...labels, le }, upTo(i), atMs)),
      per2m('http_request_duration_seconds_count', labels, total, atMs),
    ];
  });
}

/** The same durations as native histograms: buckets that end at 2⁻³, 2⁻², … 2¹ seconds. */
export function nativeSeries(atMs: number): readonly WrittenSeries[] {
  const perScrape = durations.map(([namespace, hash, [fast = 0, fine = 0, slow = 0, late = 0]]) => ({
    labels: {
      __name__: 'http_request_duration_seconds',
      namespace,
      rollouts_pod_template_hash: hash,
    },
    counts: [fast, 0, fine, slow, late],
  }));
  return perScrape.map(({ labels, counts }) => ({
    labels,
    samples: [],
    histograms: Array.from({ length: HISTORY_MS / SCRAPE_MS + 1 }, (_, i) => ({
      atMs: atMs - HISTORY_MS + i * SCRAPE_MS,
      firstBucket: -3,
      counts: counts.map((count) => Math.round((count * i) / 12)),
    })),
  }));
}

/** What the kubelet and kube-state-metrics tell of a new pod and of an old one, which always does badly. */
function podSeries(place: 'good' | 'bad', atMs: number): readonly WrittenSeries[] {
  const isGood = place === 'good';
  return [
    ...onePod(
      place,
      LATEST,
      { throttled: isGood ? 60 : 900, memory: isGood ? 50 : 97, restarts: isGood ? 0 : 3 },
      atMs,
    ),
    ...onePod(place, STABLE, { throttled: 1200, memory: 99, restarts: 40 }, atMs),
  ];
}

function onePod(
  namespace: string,
  hash: string,
  { throttled, memory, restarts }: { readonly throttled: number; readonly memory: number; readonly restarts: number },
  atMs: number,
): readonly WrittenSeries[] {
  const pod = { namespace, pod: `storefront-${hash}-x7k2p` };
  const app = { ...pod, container: 'app' };
  const owner = { ...pod, owner_kind: 'ReplicaSet', owner_name: `storefront-${hash}` };
  return [
    still('kube_pod_owner', owner, 1, atMs),
    // a second kube-state-metrics, as while one is replaced by the other
    still('kube_pod_owner', { ...owner, instance: 'b' }, 1, atMs),
    per2m('container_cpu_cfs_periods_total', app, 1200, atMs),
    per2m('container_cpu_cfs_throttled_periods_total', app, throttled, atMs),
    still('container_memory_working_set_bytes', app, memory * 1e6, atMs),
    still('container_memory_working_set_bytes', { ...app, container: 'sidecar' }, 1e6, atMs),
    still('kube_pod_container_resource_limits', { ...app, resource: 'memory', unit: 'byte' }, 100e6, atMs),
    still('kube_pod_container_resource_limits', { ...app, resource: 'cpu', unit: 'core' }, 1, atMs),
    still('kube_pod_container_status_restarts_total', app, restarts, atMs),
  ];
}
