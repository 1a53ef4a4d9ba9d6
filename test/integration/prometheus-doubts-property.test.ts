import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeRows } from '../../src/analysis/judge-rows.ts';
import { assertNever } from '../../src/domain/assert-never.ts';
import type { VerdictKind } from '../../src/domain/verdict.ts';
import { type RunningPrometheus, startPrometheus } from '../../src/sandbox/prometheus/start-prometheus.ts';
import { prometheusForTests } from '../contract/metric-source/prometheus-world.ts';
import {
  both,
  measurePods,
  type Pod,
  policy,
  restarted,
  rising,
  seen,
  stopped,
  taken,
  type Value,
  writePods,
} from './scraped-pods.ts';
import { SCRAPE_MS } from './scraped-series.ts';

const bin = await prometheusForTests();
const TENANTS = 400;
const SEED = 20_260;

/** A scrape of the last five minutes, before the measurement. */
const scrapeAgo = fc.integer({ min: 0, max: 30 }).map((scrapes) => scrapes * SCRAPE_MS);

/** What becomes of a pod's counters. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('restart' as const), ms: scrapeAgo }),
  fc.record({ kind: fc.constant('standsStill' as const), ms: scrapeAgo }),
  fc.record({ kind: fc.constant('taken' as const) }),
);

/** What becomes of the scrapes of them. */
const loss = fc.oneof(
  fc.record({ kind: fc.constant('ends' as const), ms: scrapeAgo }),
  fc.record({ kind: fc.constant('begins' as const), ms: scrapeAgo }),
  fc.record({ kind: fc.constant('gap' as const), ms: scrapeAgo, lengthMs: scrapeAgo }),
  fc.record({ kind: fc.constant('losesScrapes' as const), every: fc.integer({ min: 2, max: 5 }) }),
);

/** Errors that no scrape ever met cannot be known of: a series that appears with them comes by itself. */
const appearance = fc.record({ kind: fc.constant('errorsAppear' as const), ms: scrapeAgo });

type Of<Values> = Values extends fc.Arbitrary<infer Value> ? Value : never;
type Fault = Of<typeof change> | Of<typeof loss> | Of<typeof appearance>;

const pod = fc.record({
  perSecond: fc.double({ min: 1, max: 100, noNaN: true }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isMarked: fc.boolean(),
  faults: fc.oneof(
    fc
      .tuple(fc.array(change, { maxLength: 2 }), fc.array(loss, { maxLength: 2 }))
      .map((both) => both.flat() as Fault[]),
    fc.tuple(appearance) as fc.Arbitrary<Fault[]>,
  ),
});
const tenant = fc.array(pod, { minLength: 1, maxLength: 3 });

function faulted(one: Pod, what: Fault): Pod {
  const all = (change: (value: Value) => Value) => both(one, change);
  switch (what.kind) {
    case 'restart':
      return all((value) => restarted(value, what.ms));
    case 'ends':
      return all((value) => seen(value, (agoMs) => agoMs >= what.ms));
    case 'begins':
      return all((value) => seen(value, (agoMs) => agoMs <= what.ms));
    case 'gap':
      return all((value) => seen(value, (agoMs) => agoMs < what.ms || agoMs > what.ms + what.lengthMs));
    case 'losesScrapes':
      return all((value) => seen(value, (agoMs) => (agoMs / SCRAPE_MS) % what.every !== 0));
    case 'standsStill':
      return all((value) => stopped(value, what.ms));
    case 'taken':
      return all(taken);
    case 'errorsAppear':
      return { ...one, failed: seen(one.failed, (agoMs) => agoMs <= what.ms) };
    default:
      return assertNever(what);
  }
}

/** Pods of one tenant, of which a share of all requests fails: always more than `least`, never more than `most`. */
function podsOf(specs: Of<typeof tenant>, [least, most]: readonly [number, number]) {
  return specs.map(({ perSecond, share, isMarked, faults }, index): Pod => {
    const badRatio = least + share * (most - least);
    const healthy = { ok: rising(perSecond * (1 - badRatio)), failed: rising(perSecond * badRatio) };
    return faults.reduce(faulted, { ...healthy, isMarked, pod: `p${index}` });
  });
}

describe.skipIf(bin === null)(`random faults between a pod and our numbers, seed ${SEED}`, () => {
  let prometheus: RunningPrometheus;
  const specs = fc.sample(tenant, { numRuns: TENANTS, seed: SEED });
  const idOf = (what: string, index: number) => `${what}-${index}`;

  beforeAll(async () => {
    prometheus = await startPrometheus({ bin: bin ?? '', scrapeTargets: [], scrapeIntervalMs: SCRAPE_MS });
    const served = (what: string, bounds: readonly [number, number]) =>
      specs.map((spec, index) => ({ tenantId: idOf(what, index), revision: 'new', pods: podsOf(spec, bounds) }));
    await writePods(prometheus.url, [...served('good', [0, 0.02]), ...served('bad', [0.15, 1])]);
  });
  afterAll(() => prometheus?.stop());

  async function verdictsOn(what: string) {
    const rows = await measurePods(
      prometheus.url,
      specs.map((_, index) => idOf(what, index)),
    );
    const byTenant = Map.groupBy(rows, ({ tenantId }) => tenantId);
    return specs.map((spec, index) => {
      const canary = byTenant.get(idOf(what, index)) ?? [];
      return { spec, canary, ...judgeRows({ canary, stable: [] }, policy) };
    });
  }

  it.each<readonly [string, VerdictKind, VerdictKind]>([
    ['good', 'fail', 'pass'],
    ['bad', 'pass', 'fail'],
  ])('%s data never %s', async (what, never, often) => {
    const verdicts = await verdictsOn(what);
    const wrong = verdicts.filter(({ kind }) => kind === never);
    expect(wrong.map((one) => JSON.stringify(one))).toEqual([]);
    const tally = Map.groupBy(verdicts, ({ kind, reason }) => `${kind} ${reason}`);
    // the faults do what they are for, and do not hide everything
    expect(new Set([...tally.keys()].map((key) => key.split(' ')[0]))).toContain(often);
    const reasons = [...tally.keys()].map((key) => key.split(' ')[1]);
    expect(reasons).toEqual(expect.arrayContaining(['NoRow', 'UnsteadyCounter', 'TooFewRequests']));
  });
});
