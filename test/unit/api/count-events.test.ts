import { beforeEach, describe, expect, test } from 'vitest';
import { createEventCounter } from '../../../src/api/metrics/count-events.ts';
import { createMetricSet, type MetricSet } from '../../../src/api/metrics/metric-set.ts';
import type { DaemonEvent } from '../../../src/controller/daemon.ts';
import { ConflictError } from '../../../src/domain/errors.ts';
import type { TargetRun } from '../../../src/domain/target-run.ts';
import type { Action } from '../../../src/release/commands.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import {
  aDecision,
  ago,
  aRun,
  aSnapshot,
  aStatus,
  GLOBEX,
  NOW,
  RELEASE,
  RUNNING,
  runsOf,
} from '../release/a-release.ts';
import { seriesOf } from './series-of.ts';

let metrics: MetricSet;
let count: (event: DaemonEvent) => void;

beforeEach(() => {
  metrics = createMetricSet();
  count = createEventCounter(metrics, () => NOW);
});

function decided(snapshot: Partial<Snapshot> = {}, runs: readonly TargetRun[] = []): DaemonEvent {
  return {
    type: 'decided',
    snapshot: aSnapshot({ status: aStatus([RUNNING]), ...snapshot }),
    decision: { status: null, runs, commands: [], wakeAt: null },
    at: ago(4),
  };
}

const command = (action: Action) => ({ target: GLOBEX, epoch: 3, basis: null, action });

describe('commands', () => {
  test('are counted by action and cluster, nudges by effect', async () => {
    count({ type: 'sent', command: command({ kind: 'abort' }), at: NOW });
    count({ type: 'sent', command: command({ kind: 'abort' }), at: NOW });
    count({ type: 'sent', command: command({ kind: 'nudge', effect: 'abort', attempt: 1, at: NOW }), at: NOW });
    expect(await seriesOf(metrics, 'tidegate_commands_sent_total')).toEqual(['{action="abort",cluster="eu"} 2']);
    expect(await seriesOf(metrics, 'tidegate_nudges_total')).toEqual(['{effect="abort",cluster="eu"} 1']);
  });

  test('that were refused are counted by how', async () => {
    count({ type: 'refused', command: command({ kind: 'abort' }), error: new ConflictError('c'), at: NOW });
    expect(await seriesOf(metrics, 'tidegate_commands_refused_total')).toEqual([
      '{action="abort",cluster="eu",outcome="conflict"} 1',
    ]);
  });
});

describe('verdicts', () => {
  const sample = { slo: 'latency', verdict: 'fail', good: 1, total: 2, objective: 0.9 } as const;
  const before = aRun(GLOBEX);
  const judged = aRun(GLOBEX, { deciding: [sample, { ...sample, slo: 'availability', verdict: 'pass' }] });
  const verdicts = () => seriesOf(metrics, 'tidegate_verdicts_total');

  test('count once the decision that they made is persisted', async () => {
    count(decided({ runs: runsOf(before) }, [judged]));
    expect(await verdicts()).toEqual([]);
    count(decided({ runs: runsOf(judged) }));
    count(decided({ runs: runsOf(judged) }));
    expect(await verdicts()).toEqual(['{slo="latency",verdict="fail"} 1', '{slo="availability",verdict="pass"} 1']);
  });

  test('of a decision that the hub refused do not count', async () => {
    count(decided({ runs: runsOf(before) }, [judged]));
    count(decided({ runs: runsOf(before) }));
    expect(await verdicts()).toEqual([]);
  });

  test('do not count again when the run goes on with them', async () => {
    const settled = { ...judged, reachedAt: NOW };
    count(decided({ runs: runsOf(judged) }, [settled]));
    count(decided({ runs: runsOf(settled) }));
    expect(await verdicts()).toEqual([]);
  });
});

describe('rollbacks', () => {
  const rollingBack = { status: aStatus([RUNNING], { rollback: aDecision('wave') }) };
  const rollbacks = () => seriesOf(metrics, 'tidegate_rollbacks_total');

  test('count when one is seen to be decided, once', async () => {
    count(decided());
    count(decided(rollingBack));
    count(decided(rollingBack));
    expect(await rollbacks()).toEqual(['{scope="wave",reason="SloFailed"} 1']);
  });

  test('count again when a wider one replaces it', async () => {
    count(decided());
    count(decided(rollingBack));
    const wider = { ...aDecision('release'), reason: 'Requested', decidedAt: NOW };
    count(decided({ status: aStatus([RUNNING], { rollback: wider }) }));
    expect(await rollbacks()).toHaveLength(2);
  });

  test('that an earlier daemon decided do not count', async () => {
    count(decided(rollingBack));
    count({ type: 'sessionEnded', release: RELEASE });
    count(decided(rollingBack));
    expect(await rollbacks()).toEqual([]);
  });
});

test('a pass lasts from its instant until it is told of', async () => {
  count(decided());
  expect(await seriesOf(metrics, 'tidegate_pass_duration_seconds_sum')).toEqual([' 0.004']);
  expect(await seriesOf(metrics, 'tidegate_pass_duration_seconds_count')).toEqual([' 1']);
});
