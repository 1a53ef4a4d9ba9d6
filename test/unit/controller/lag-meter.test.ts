import { describe, expect, test } from 'vitest';
import { createLagMeter } from '../../../src/controller/lag-meter.ts';
import type { TargetId } from '../../../src/domain/plan.ts';
import { type Instant, later } from '../../../src/domain/time.ts';
import type { Action } from '../../../src/release/commands.ts';
import type { ObservedTarget } from '../../../src/release/observed-target.ts';
import { ACME, ago, GLOBEX, HOOLI, NOW } from '../release/a-release.ts';
import { moving, onOld, pausedAt, written } from '../release/an-observed-target.ts';

/** A meter, and what happens to it at which millisecond. */
function metered() {
  let now = NOW;
  const meter = createLagMeter({ now: () => now, sleep: () => Promise.resolve() });
  const at = (ms: number): Instant => later(NOW, ms);
  return {
    saw: (ms: number, target: TargetId, observed: ObservedTarget) => {
      now = at(ms);
      meter.saw(target, observed);
    },
    sent: (ms: number, target: TargetId, kind: Action['kind'], sentMs: number, observed: ObservedTarget) => {
      now = at(ms);
      meter.sent(target, { kind, at: at(sentMs) }, observed);
    },
    relisted: (ms: number, ...targets: readonly (readonly [TargetId, ObservedTarget])[]) => {
      now = at(ms);
      meter.relisted(new Map(targets));
    },
    gone: (target: TargetId) => meter.gone(target),
    pace: (ms: number) => {
      now = at(ms);
      return meter.pace();
    },
  };
}

test('starts with nothing', () => {
  expect(metered().pace(0)).toEqual({
    lagP50Ms: null,
    lagP90Ms: null,
    effectP90Ms: null,
    toPauseP50Ms: null,
    waiting: 0,
    answeredLately: 0,
    samples: 0,
  });
});

test('a template: from the write to the look, and to the pause', () => {
  const meter = metered();
  meter.saw(30, ACME, written());
  meter.sent(30, ACME, 'writeTemplate', 0, written());
  expect(meter.pace(30)).toMatchObject({ waiting: 1, answeredLately: 0, samples: 0 });
  meter.saw(130, ACME, moving());
  expect(meter.pace(130)).toMatchObject({ waiting: 0, answeredLately: 1, lagP50Ms: 100, effectP90Ms: 130, samples: 1 });
  meter.saw(700, ACME, pausedAt(0));
  expect(meter.pace(700)).toMatchObject({ toPauseP50Ms: 700, samples: 1 });
});

test('a template that was lost: from the nudge that woke the controller, for it knew of nothing before', () => {
  const meter = metered();
  const nudge = { attempt: 1, at: later(NOW, 1_000) };
  meter.saw(0, ACME, written());
  meter.saw(1_010, ACME, written({ nudge }));
  meter.saw(1_090, ACME, moving({ nudge }));
  expect(meter.pace(1_090)).toMatchObject({ lagP90Ms: 90, samples: 1 });
});

test('a nudge from before is none', () => {
  const meter = metered();
  const nudge = { attempt: 1, at: ago(500) };
  meter.saw(0, ACME, written({ nudge }));
  meter.saw(70, ACME, moving({ nudge }));
  expect(meter.pace(70)).toMatchObject({ lagP90Ms: 70 });
});

test.each([
  ['an abort', 'abort', moving({ abort: true }), moving({ abort: true, abortedAt: true })],
  ['a resume', 'resume', pausedAt(0, { pause: null }), moving({ stepIndex: 2 })],
] as const)('%s is answered, though no generation is', (_, kind, owing, done) => {
  const meter = metered();
  meter.saw(10, ACME, owing);
  meter.sent(10, ACME, kind, 0, owing);
  meter.saw(90, ACME, done);
  expect(meter.pace(90)).toMatchObject({ effectP90Ms: 90, lagP50Ms: null, answeredLately: 1, waiting: 0 });
});

test('an answer that is heard before that of the API counts once', () => {
  const meter = metered();
  meter.saw(10, ACME, written());
  meter.saw(40, ACME, moving());
  meter.sent(60, ACME, 'writeTemplate', 0, moving());
  expect(meter.pace(60)).toMatchObject({ answeredLately: 1, effectP90Ms: 40, lagP50Ms: 30 });
});

test('an answer so quick that the state between was never seen counts too', () => {
  const meter = metered();
  meter.sent(60, ACME, 'writeTemplate', 0, moving());
  expect(meter.pace(60)).toMatchObject({ answeredLately: 1, effectP90Ms: 60, lagP50Ms: null });
});

test('what the controller does not answer is no answer', () => {
  const meter = metered();
  meter.sent(10, ACME, 'nudge', 0, moving());
  meter.sent(20, ACME, 'claim', 15, moving());
  expect(meter.pace(20)).toMatchObject({ answeredLately: 0, effectP90Ms: null });
});

test('a second change before the first is seen waits since the first', () => {
  const meter = metered();
  meter.saw(0, ACME, written());
  meter.saw(300, ACME, written({ resourceVersion: '101' }));
  meter.saw(400, ACME, moving());
  expect(meter.pace(400)).toMatchObject({ lagP50Ms: 400, answeredLately: 1 });
});

test('answers are forgotten after half a second, samples are not', () => {
  const meter = metered();
  meter.saw(0, ACME, written());
  meter.saw(100, ACME, moving());
  expect([600, 601].map((ms) => meter.pace(ms).answeredLately)).toEqual([1, 0]);
  expect(meter.pace(601).samples).toBe(1);
});

test('where the quickest answer took long, answers are remembered for longer', () => {
  const meter = metered();
  meter.saw(390, ACME, written());
  meter.sent(390, ACME, 'writeTemplate', 0, written());
  meter.saw(400, ACME, moving());
  expect([2_000, 2_001].map((ms) => meter.pace(ms).answeredLately)).toEqual([1, 0]);
});

test('percentiles are of the last 64', () => {
  const meter = metered();
  for (let index = 0; index < 100; index += 1) {
    meter.saw(1_000 * index, ACME, written());
    meter.saw(1_000 * index + (index < 36 ? 900 : index), ACME, moving());
  }
  expect(meter.pace(100_000)).toMatchObject({ samples: 64, lagP50Ms: 67, lagP90Ms: 93 });
});

describe('nothing waits', () => {
  test('that has waited for more than a minute: it is stuck', () => {
    const meter = metered();
    meter.saw(0, ACME, written());
    expect([60_000, 60_001].map((ms) => meter.pace(ms).waiting)).toEqual([1, 0]);
  });

  test('that no release has touched', () => {
    const meter = metered();
    meter.saw(0, ACME, onOld({ release: null, isObserved: false }));
    expect(meter.pace(0).waiting).toBe(0);
  });

  test('that was deleted', () => {
    const meter = metered();
    meter.saw(0, ACME, written());
    meter.gone(ACME);
    expect(meter.pace(0).waiting).toBe(0);
  });
});

test('after a break of the watch nobody knows when an answer came; what still waits goes on waiting', () => {
  const meter = metered();
  for (const target of [ACME, GLOBEX, HOOLI]) meter.saw(0, target, written());
  meter.relisted(9_000, [ACME, moving()], [GLOBEX, written()]);
  expect(meter.pace(9_000)).toMatchObject({ waiting: 1, answeredLately: 0, samples: 0 });
  meter.saw(9_500, GLOBEX, moving());
  expect(meter.pace(9_500)).toMatchObject({ waiting: 0, answeredLately: 1, lagP50Ms: 9_500 });
});
