import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/domain/errors.ts';
import type { MeasuredSlo } from '../../../src/domain/plan.ts';
import type { Instant } from '../../../src/domain/time.ts';
import type { MeasuredRow, MetricSource, WantedRow } from '../../../src/ports/metric-source.ts';

/** Requests of one tenant to one revision in each window of the ten minutes up to `at`, evenly. */
export interface Served {
  readonly cluster: string;
  readonly tenantId: string;
  readonly revision: string;
  readonly total: number;
  /** Of them answered with an error. */
  readonly failed: number;
  /** Of them slower than half a second. */
  readonly slow: number;
}

/** A place where requests are served and measured. */
export interface MetricWorld {
  readonly source: MetricSource;
  readonly at: Instant;
  readonly windowMs: number;
  /** Counts failed requests as bad. */
  readonly availability: MeasuredSlo;
  /** Counts requests slower than half a second as bad. */
  readonly latency: MeasuredSlo;
  serve(served: readonly Served[]): Promise<void>;
  /** The source cannot be reached until `resume()`. */
  interrupt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** What every MetricSource keeps. Tests use tenants of their own, so one world serves all of them. */
export function describeMetricSource(name: string, makeWorld: () => Promise<MetricWorld>): void {
  describe(`${name} as a metric source`, () => {
    let world: MetricWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world?.stop());

    const served = (tenantId: string, part: Partial<Served> = {}): Served => ({
      cluster: 'eu-1',
      tenantId,
      revision: 'stable1',
      total: 1200,
      failed: 0,
      slow: 0,
      ...part,
    });
    const measure = async (slo: MeasuredSlo, rows: readonly WantedRow[]): Promise<readonly MeasuredRow[]> => {
      const { at, windowMs, source } = world;
      const measured = await source.measure({ slo, windowMs, at, rows }, new AbortController().signal);
      const place = (row: MeasuredRow) => [row.cluster, row.tenantId, row.revision].join('/');
      return measured.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).map(rounded);
    };
    const inEu1 = (...tenantIds: readonly string[]): readonly WantedRow[] =>
      tenantIds.map((tenantId) => ({ cluster: 'eu-1', tenantId }));

    it('counts good and all requests of each tenant', async () => {
      await world.serve([served('c-1', { failed: 120, slow: 36 }), served('c-2', { total: 2400 })]);
      expect(await measure(world.availability, inEu1('c-1', 'c-2'))).toMatchObject([
        { cluster: 'eu-1', tenantId: 'c-1', revision: 'stable1', good: 1080, total: 1200 },
        { cluster: 'eu-1', tenantId: 'c-2', revision: 'stable1', good: 2400, total: 2400 },
      ]);
      expect(await measure(world.latency, inEu1('c-1', 'c-2'))).toMatchObject([
        { cluster: 'eu-1', tenantId: 'c-1', revision: 'stable1', good: 1164, total: 1200 },
        { cluster: 'eu-1', tenantId: 'c-2', revision: 'stable1', good: 2400, total: 2400 },
      ]);
    });

    it('says that series which were there all the time are as they should be', async () => {
      await world.serve([served('s-1', { failed: 12 })]);
      const [row] = await measure(world.availability, inEu1('s-1'));
      expect(row?.seen).toMatchObject({ newest: { kind: 'fresh' }, resets: 0, unseenBad: 0 });
      expect(row?.seen?.recentEvents).toBeGreaterThan(0);
      expect(row?.seen?.recentEvents).toBeLessThan(1200);
    });

    it('answers nothing for a tenant without data, and asks nothing for no rows', async () => {
      await world.serve([served('n-1')]);
      expect(await measure(world.availability, inEu1('n-unknown'))).toEqual([]);
      expect(await measure(world.availability, [])).toEqual([]);
    });

    it('keeps revisions apart', async () => {
      await world.serve([
        served('r-1', { failed: 12 }),
        served('r-1', { revision: 'canary1', total: 120, failed: 60 }),
      ]);
      expect(await measure(world.availability, inEu1('r-1'))).toMatchObject([
        { cluster: 'eu-1', tenantId: 'r-1', revision: 'canary1', good: 60, total: 120 },
        { cluster: 'eu-1', tenantId: 'r-1', revision: 'stable1', good: 1188, total: 1200 },
      ]);
    });

    it('keeps clusters apart, and answers only what was asked', async () => {
      await world.serve([
        served('k-1', { total: 120 }),
        served('k-1', { total: 240, cluster: 'eu-2' }),
        served('k-2', { total: 360, cluster: 'eu-2' }),
        served('k-1', { total: 480, cluster: 'eu-3' }),
        served('k-2', { total: 600 }),
      ]);
      const rows = [
        { cluster: 'eu-1', tenantId: 'k-1' },
        { cluster: 'eu-2', tenantId: 'k-2' },
        { cluster: 'eu-2', tenantId: 'k-1' },
        { cluster: 'eu-2', tenantId: 'k-1' },
      ];
      const totals = (await measure(world.availability, rows)).map((row) => [row.cluster, row.tenantId, row.total]);
      expect(totals).toEqual([
        ['eu-1', 'k-1', 120],
        ['eu-2', 'k-1', 240],
        ['eu-2', 'k-2', 360],
      ]);
    });

    it('takes names literally, whatever they are made of', async () => {
      const names = ['l.b', 'l|b', 'l"b\\d', '{{l}}', '^l$', 'l b', 'ł/ü', '${cluster.name}'];
      await world.serve([served('lxb'), served('l'), served('b'), ...names.map((tenantId) => served(tenantId))]);
      for (const name of names) {
        const found = await measure(world.availability, inEu1(name));
        expect(found.map((row) => row.tenantId)).toEqual([name]);
      }
    });

    it('answers no good requests where all failed from the start', async () => {
      await world.serve([served('f-1', { failed: 1200 })]);
      expect(await measure(world.availability, inEu1('f-1'))).toMatchObject([
        { cluster: 'eu-1', tenantId: 'f-1', revision: 'stable1', good: 0, total: 1200 },
      ]);
    });

    it('measures 1 200 tenants together, each once', async () => {
      const tenantIds = Array.from({ length: 1200 }, (_, i) => `m-${String(i).padStart(4, '0')}`);
      await world.serve(tenantIds.map((tenantId, i) => served(tenantId, { total: 1200 + 12 * i, failed: 12 })));
      const rows = await measure(world.availability, inEu1(...tenantIds));
      expect(rows.map((row) => row.tenantId)).toEqual(tenantIds);
      expect(rows.every((row, i) => row.total === 1200 + 12 * i && row.good === row.total - 12)).toBe(true);
    });

    it('gives up when the caller does', async () => {
      const request = { slo: world.availability, windowMs: world.windowMs, at: world.at, rows: inEu1('c-1') };
      await expect(world.source.measure(request, AbortSignal.abort())).rejects.toBeInstanceOf(TransientError);
    });

    it('says that it may work later when it cannot be reached, and does', async () => {
      await world.serve([served('d-1')]);
      await world.interrupt();
      const failed = await measure(world.availability, inEu1('d-1')).catch((error: unknown) => error);
      await world.resume();
      expect(failed).toBeInstanceOf(TransientError);
      expect(await measure(world.availability, inEu1('d-1'))).toHaveLength(1);
    });
  });
}

/** Counts are fractions by extrapolation; here they are whole but for the last digits. */
function rounded(row: MeasuredRow): MeasuredRow {
  const whole = (count: number) => (Math.abs(count - Math.round(count)) < 1e-6 ? Math.round(count) : count);
  return { ...row, good: whole(row.good), total: whole(row.total) };
}
