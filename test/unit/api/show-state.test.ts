import { beforeEach, describe, expect, test } from 'vitest';
import { createFreshness } from '../../../src/api/freshness.ts';
import { createMetricSet, type MetricSet } from '../../../src/api/metrics/metric-set.ts';
import {
  createReleasesSeen,
  type ReleasesSeen,
  showFreshness,
  showLeadership,
} from '../../../src/api/metrics/show-state.ts';
import type { DaemonEvent } from '../../../src/controller/daemon.ts';
import type { ReleasePhase } from '../../../src/domain/release-status.ts';
import type { StoredRelease } from '../../../src/ports/release-store.ts';
import type { Snapshot } from '../../../src/release/snapshot.ts';
import {
  ago,
  aRun,
  aSnapshot,
  aStatus,
  GLOBEX,
  HOOLI,
  INITECH,
  MINUTE_MS,
  NOW,
  PASSED,
  POOL,
  promotedRun,
  RELEASE,
  RUNNING,
  returningRun,
  runsOf,
} from '../release/a-release.ts';
import { moving, written } from '../release/an-observed-target.ts';
import { seriesOf } from './series-of.ts';

let metrics: MetricSet;
let seen: ReleasesSeen;

beforeEach(() => {
  metrics = createMetricSet();
  seen = createReleasesSeen();
});

const stored = (phase: ReleasePhase | null) =>
  ({ status: phase === null ? null : aStatus([], { phase }) }) as StoredRelease;

function decided(parts: Partial<Snapshot>): DaemonEvent {
  const snapshot = aSnapshot({ status: aStatus([PASSED, RUNNING]), ...parts });
  return { type: 'decided', snapshot, decision: { status: null, runs: [], commands: [], wakeAt: null }, at: NOW };
}

async function shown(name: string): Promise<readonly string[]> {
  seen.show(metrics, NOW);
  return seriesOf(metrics, name);
}

describe('releases', () => {
  const releasesSeen: DaemonEvent = {
    type: 'releasesSeen',
    releases: [stored('Completed'), stored('Completed'), stored('Running'), stored(null)],
    tenantLabels: new Map(),
  };

  test('are shown by phase, the empty ones too', async () => {
    seen.take(releasesSeen);
    const phases = await shown('tidegate_releases');
    expect(phases).toHaveLength(7);
    expect(phases.filter((line) => !line.endsWith(' 0'))).toEqual([
      '{phase="Pending"} 1',
      '{phase="Running"} 1',
      '{phase="Completed"} 2',
    ]);
  });

  test('are the leader’s to show', async () => {
    seen.take(releasesSeen);
    seen.take({ type: 'following', holder: 'b' });
    expect(await shown('tidegate_releases')).toEqual([]);
  });
});

describe('a release under way', () => {
  const runs = runsOf(promotedRun(POOL), aRun(GLOBEX), returningRun(HOOLI), returningRun(INITECH, { reachedAt: NOW }));

  test('shows its targets by wave and state', async () => {
    seen.take(decided({ runs }));
    const targets = await shown('tidegate_targets');
    expect(targets.filter((line) => !line.endsWith(' 0'))).toEqual([
      `{release="${RELEASE}",wave="free",state="promoted"} 1`,
      `{release="${RELEASE}",wave="business",state="moving"} 1`,
      `{release="${RELEASE}",wave="business",state="goingBack"} 1`,
      `{release="${RELEASE}",wave="business",state="back"} 1`,
      `{release="${RELEASE}",wave="enterprise",state="waiting"} 1`,
    ]);
  });

  test('shows what it waits for by reason', async () => {
    const line = (reason: string) => ({ reason, message: 'm' });
    const waitingFor = [line('Frozen'), line('CommandStuck'), line('CommandStuck')];
    seen.take(decided({ status: aStatus([PASSED, RUNNING], { waitingFor }) }));
    expect(await shown('tidegate_release_waits')).toEqual([
      `{release="${RELEASE}",reason="Frozen"} 1`,
      `{release="${RELEASE}",reason="CommandStuck"} 2`,
    ]);
  });

  test('shows stuck commands by cluster, and 0 where there are none', async () => {
    const late = { goalAt: ago(2 * MINUTE_MS), revision: null };
    const targets = new Map([
      [GLOBEX, written()],
      [HOOLI, moving()],
    ]);
    seen.take(decided({ runs: runsOf(aRun(GLOBEX, late), aRun(HOOLI)), targets }));
    expect(await shown('tidegate_commands_stuck')).toEqual(['{cluster="eu"} 1', '{cluster="acme"} 0']);
  });

  test('counts a command that was refused for no stuck one', async () => {
    const targets = new Map([[HOOLI, moving()]]);
    seen.take(decided({ runs: runsOf(aRun(HOOLI)), targets, refusals: new Map([[HOOLI, 'forbidden']]) }));
    expect(await shown('tidegate_commands_stuck')).toEqual(['{cluster="eu"} 0', '{cluster="acme"} 0']);
  });

  test('is gone from the gauges when it is over', async () => {
    seen.take(decided({ runs }));
    await shown('tidegate_targets');
    seen.take({ type: 'sessionEnded', release: RELEASE });
    expect(await shown('tidegate_targets')).toEqual([]);
    expect(await shown('tidegate_commands_stuck')).toEqual([]);
  });
});

test.each([
  ['a leader shows its epoch', { kind: 'leading', epoch: 4, validUntil: NOW }, [' 1', ' 4']],
  ['a follower shows none', { kind: 'following', holder: 'b' }, [' 0', ' 0']],
] as const)('%s', async (_, state, [leading, epoch]) => {
  showLeadership(metrics, state);
  expect(await seriesOf(metrics, 'tidegate_leading')).toEqual([leading]);
  expect(await seriesOf(metrics, 'tidegate_leadership_epoch')).toEqual([epoch]);
});

test('clusters and sources are 1 or 0, and gone when they are forgotten', async () => {
  const freshness = createFreshness('hub', 1);
  freshness.take({ type: 'sessionStarted', release: RELEASE });
  freshness.take({ type: 'clusterState', cluster: 'eu', state: { kind: 'fresh' } });
  freshness.take({ type: 'clusterState', cluster: 'us', state: { kind: 'stale', sinceAt: NOW, message: 'm' } });
  freshness.measured({ source: 'prom', tookMs: 1, failure: { outcome: 'transient', message: 'm' } });
  showFreshness(metrics, freshness);
  expect(await seriesOf(metrics, 'tidegate_cluster_fresh')).toEqual(['{cluster="eu"} 1', '{cluster="us"} 0']);
  expect(await seriesOf(metrics, 'tidegate_metric_source_fresh')).toEqual(['{source="prom"} 0']);
  freshness.take({ type: 'following', holder: 'b' });
  showFreshness(metrics, freshness);
  expect(await seriesOf(metrics, 'tidegate_cluster_fresh')).toEqual([]);
});
