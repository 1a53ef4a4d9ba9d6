import { beforeEach, describe, expect, test } from 'vitest';
import { createFreshness, type Freshness } from '../../../src/api/freshness.ts';
import type { ApiCall } from '../../../src/api/metrics/metered-api.ts';
import { TerminalError } from '../../../src/domain/errors.ts';
import { instant, later } from '../../../src/domain/time.ts';

const NOW = instant(1_000_000);
const SILENT_MS = 15_000;

let freshness: Freshness;
const stale = () => freshness.notFresh(NOW).map(({ kind, name, message }) => [kind, name, message]);
const call = (parts: Partial<ApiCall> = {}): ApiCall => ({
  cluster: 'hub',
  verb: 'get',
  outcome: 'ok',
  tookMs: 3,
  ...parts,
});
const away = { kind: 'stale', sinceAt: NOW, message: 'connection refused' } as const;
const noData = { source: 'prom', tookMs: 9, failure: { outcome: 'transient', message: 'timed out' } } as const;

beforeEach(() => {
  freshness = createFreshness('hub', SILENT_MS);
  freshness.called(call(), NOW);
});

describe('the hub', () => {
  test.each<[string, ApiCall | null, number, readonly unknown[]]>([
    ['that has never answered is not fresh', null, 0, [['hub', 'hub', 'has not answered yet']]],
    ['is fresh for a lease after its last answer', call(), SILENT_MS, []],
    ['is not fresh after that', call(), SILENT_MS + 1000, [['hub', 'hub', 'has not answered for 16 s']]],
    ['that refuses has answered', call({ outcome: 'conflict' }), 0, []],
    ['that could not be reached has not', call({ outcome: 'transient' }), 0, [['hub', 'hub', 'has not answered yet']]],
    ['is no other cluster', call({ cluster: 'eu' }), 0, [['hub', 'hub', 'has not answered yet']]],
  ])('%s', (_, last, ageMs, expected) => {
    freshness = createFreshness('hub', SILENT_MS);
    if (last !== null) freshness.called(last, later(NOW, -ageMs));
    expect(stale()).toEqual(expected);
  });
});

describe('a cluster', () => {
  test('is told of while it is away, with the reason', () => {
    freshness.take({ type: 'clusterState', cluster: 'eu', state: away });
    expect(stale()).toEqual([['cluster', 'eu', 'connection refused']]);
    freshness.take({ type: 'clusterState', cluster: 'eu', state: { kind: 'fresh' } });
    expect(stale()).toEqual([]);
    expect([...freshness.clusters]).toEqual([['eu', null]]);
  });

  test('that cannot be used at all is told of', () => {
    freshness.take({ type: 'clusterUnusable', cluster: 'us', error: new TerminalError('no such context') });
    expect(stale()).toEqual([['cluster', 'us', 'no such context']]);
  });

  test('is nothing to a daemon that follows', () => {
    freshness.take({ type: 'clusterState', cluster: 'eu', state: away });
    freshness.take({ type: 'following', holder: 'b' });
    expect(stale()).toEqual([]);
    expect(freshness.clusters.size).toBe(0);
  });
});

describe('a metric source', () => {
  test('is told of while its last measurement failed', () => {
    freshness.take({ type: 'sessionStarted', release: 'a' });
    freshness.measured(noData);
    expect(stale()).toEqual([['metricSource', 'prom', 'timed out']]);
    freshness.measured({ ...noData, failure: null });
    expect(stale()).toEqual([]);
  });

  test('is forgotten with the last release that asks it', () => {
    freshness.take({ type: 'sessionStarted', release: 'a' });
    freshness.take({ type: 'sessionStarted', release: 'b' });
    freshness.measured(noData);
    freshness.take({ type: 'sessionEnded', release: 'a' });
    expect(stale()).toHaveLength(1);
    freshness.take({ type: 'sessionEnded', release: 'b' });
    expect(stale()).toEqual([]);
    freshness.measured(noData);
    expect(stale()).toEqual([]);
  });
});
