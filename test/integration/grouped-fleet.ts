import type { QueryTarget } from '../../src/analysis/grouped/plan-queries.ts';
import type { WrittenSeries } from '../contract/metric-source/remote-write.ts';

/** Numbers of a seed, each in [0, 1); the same seed gives the same. */
export type Chance = () => number;

/** A chance of one's own for a seed. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of several. */
export function pick<T>(chance: Chance, among: readonly T[]): T {
  return among[Math.floor(chance() * among.length)]!;
}

/** Some of several, in their order. */
export function some<T>(chance: Chance, among: readonly T[], share = 0.5): readonly T[] {
  return among.filter(() => chance() < share);
}

/** Targets and everything that a Prometheus knows of them and of others. */
export interface Fleet {
  readonly targets: readonly QueryTarget[];
  readonly series: readonly WrittenSeries[];
}

const SCRAPE_MS = 10_000;
const SCRAPES = 40;
/** Names with what regular expressions and quotes care about, as they stand inside a query's quotes. */
const oddNames = [
  'a.b',
  'a|b',
  'a',
  'b',
  'x+y',
  'ünï',
  '(z',
  'z)',
  '$',
  '^q',
  String.raw`back\\slash`,
  String.raw`qu\"ote`,
  '{x',
  '[1]',
];

/** A fleet of its seed: pools and namespaces of their own, shared and own hashes, odd names, missing and broken series. */
export function randomFleet(seed: number, count: number, atMs: number): Fleet {
  const chance = chanceOf(seed);
  const targets = Array.from({ length: count }, (_, index) => randomTarget(chance, index));
  const series = targets.flatMap(({ args }) => seriesOf(chance, args, atMs));
  const unique = new Map(series.map((one) => [JSON.stringify(one.labels), one]));
  const written = [...unique.values(), ...strangers(chance, atMs)];
  // a server keeps series in the order in which they came
  return { targets, series: shuffled(chance, written) };
}

function randomTarget(chance: Chance, index: number): QueryTarget {
  const isPool = chance() < 0.3;
  const tenant = index < oddNames.length ? oddNames[index]! : `t-${index}`;
  const namespace = isPool ? pick(chance, ['pool-a', 'pool-b']) : `ns-${index}`;
  const hash = pick(chance, ['new1', 'new1', 'new2', `own${index}`]);
  const stable = pick(chance, ['old1', 'old1', 'new2']);
  const tier = pick(chance, ['free', 'business', 'enterprise']);
  const threshold = { free: '0.5', business: '0.2', enterprise: '0.05' }[tier] ?? '1';
  return {
    id: `target ${index}`,
    args: {
      namespace,
      tenant,
      hash,
      stable: stable === hash ? 'old1' : stable,
      threshold,
      window: '2m',
      selector: `namespace="${namespace}", tenant="${tenant}"`,
    },
  };
}

function seriesOf(chance: Chance, args: QueryTarget['args'], atMs: number): readonly WrittenSeries[] {
  const place = { namespace: args['namespace']!, tenant: unquoted(args['tenant']!) };
  return [args['hash']!, args['stable']!, 'gone'].flatMap((hash) => {
    if (chance() < 0.15) return [];
    return Array.from({ length: 1 + Math.floor(chance() * 3) }, (_, index) => `pod-${hash}-${index}`).flatMap((pod) => {
      const labels = { ...place, hash, pod };
      const counter = (name: string, more: Readonly<Record<string, string>> = {}) =>
        chance() < 0.12
          ? []
          : [{ labels: { __name__: name, ...labels, ...more }, samples: samples(chance, atMs, rising) }];
      const gauge = (name: string) =>
        chance() < 0.12 ? [] : [{ labels: { __name__: name, ...labels }, samples: samples(chance, atMs, wandering) }];
      return [
        ...['200', '404', '503'].flatMap((code) => counter('requests_total', { code })),
        ...counter('errors_total'),
        ...['0.1', '0.5', '1', '+Inf'].flatMap((le) => counter('seconds_bucket', { le })),
        ...counter('seconds_count'),
        ...gauge('cpu'),
        ...gauge('limits'),
        ...(chance() < 0.1
          ? []
          : [constantSeries({ __name__: 'pod_info', ...labels, node: pick(chance, ['n1', 'n2']) }, atMs)]),
      ];
    });
  });
}

/** Series of nobody in the fleet, some without the labels that tell targets apart. */
function strangers(chance: Chance, atMs: number): readonly WrittenSeries[] {
  return ['requests_total', 'errors_total', 'cpu', 'limits'].flatMap((name) => [
    { labels: { __name__: name, pod: 'stray' }, samples: samples(chance, atMs, rising) },
    {
      labels: { __name__: name, namespace: 'other', tenant: 'a.', hash: 'new1', pod: 'x' },
      samples: samples(chance, atMs, rising),
    },
    {
      labels: { __name__: name, namespace: 'pool-a', tenant: 'axb', hash: 'new1', pod: 'x' },
      samples: samples(chance, atMs, rising),
    },
  ]);
}

type Course = (chance: Chance, before: number) => number;

const rising: Course = (chance, before) => (chance() < 0.02 ? 0 : before + chance() * 100 + 0.1);
const wandering: Course = (chance, before) => {
  const odd = chance();
  if (odd < 0.01) return Number.NaN;
  if (odd < 0.015) return Number.POSITIVE_INFINITY;
  return (Number.isFinite(before) ? before : 1) + chance() - 0.5;
};

/** With gaps, and now and then an end before the others'. */
function samples(chance: Chance, atMs: number, course: Course): WrittenSeries['samples'] {
  const written: { atMs: number; value: number }[] = [];
  const last = chance() < 0.05 ? SCRAPES - 20 : SCRAPES;
  let value = chance() * 10;
  for (let scrape = 0; scrape <= last; scrape += 1) {
    value = course(chance, value);
    if (chance() < 0.05) continue;
    written.push({ atMs: atMs - (SCRAPES - scrape) * SCRAPE_MS, value });
  }
  return written.length === 0 ? [{ atMs, value }] : written;
}

function constantSeries(labels: Readonly<Record<string, string>>, atMs: number): WrittenSeries {
  const times = Array.from({ length: SCRAPES + 1 }, (_, scrape) => atMs - (SCRAPES - scrape) * SCRAPE_MS);
  return { labels, samples: times.map((at) => ({ atMs: at, value: 1 })) };
}

function shuffled<T>(chance: Chance, list: readonly T[]): readonly T[] {
  return list
    .map((one) => ({ one, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}
