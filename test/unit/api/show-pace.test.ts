import { expect, test } from 'vitest';
import { createMetricSet } from '../../../src/api/metrics/metric-set.ts';
import { showPace } from '../../../src/api/metrics/show-pace.ts';
import type { ClusterPace } from '../../../src/release/pace.ts';
import { seriesOf } from './series-of.ts';

const unmeasured: ClusterPace = {
  lagP50Ms: null,
  lagP90Ms: null,
  effectP90Ms: null,
  toPauseP50Ms: null,
  waiting: 2,
  answeredLately: 0,
  samples: 0,
};

test('the pace of a cluster is in seconds, and what is not measured is not there', async () => {
  const metrics = createMetricSet();
  const slow = { ...unmeasured, lagP50Ms: 400, lagP90Ms: 4_100, effectP90Ms: 5_000, waiting: 12, samples: 9 };
  showPace(
    metrics,
    new Map([
      ['eu', slow],
      ['us', unmeasured],
    ]),
  );
  expect(await seriesOf(metrics, 'tidegate_controller_lag_seconds')).toEqual([
    '{cluster="eu",percentile="50"} 0.4',
    '{cluster="eu",percentile="90"} 4.1',
  ]);
  expect(await seriesOf(metrics, 'tidegate_command_effect_seconds')).toEqual(['{cluster="eu",percentile="90"} 5']);
  expect(await seriesOf(metrics, 'tidegate_controller_waiting')).toEqual(['{cluster="eu"} 12', '{cluster="us"} 2']);
});
