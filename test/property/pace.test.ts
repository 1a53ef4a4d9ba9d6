import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLagMeter } from '../../src/controller/lag-meter.ts';
import { type TargetId, targetId } from '../../src/domain/plan.ts';
import { later } from '../../src/domain/time.ts';
import { admittedWidth } from '../../src/release/pace.ts';
import { NOW } from '../unit/release/a-release.ts';
import { moving, written } from '../unit/release/an-observed-target.ts';

const STEP_MS = 20;
const target = (index: number): TargetId => targetId('eu', `n${index}`, 'app');

/** A controller that takes up to `perStep` Rollouts every 20 ms, each no sooner than `lagMs` after it was written. */
interface Controller {
  readonly lagMs: number;
  readonly perStep: number;
}

/** Starts as many targets as the meter admits, for `forMs`; what was there at each step. */
function drive({ lagMs, perStep }: Controller, maxConcurrency: number, forMs: number) {
  let now = NOW;
  const meter = createLagMeter({ now: () => now, sleep: () => Promise.resolve() });
  const queue: { readonly id: TargetId; readonly at: number }[] = [];
  const steps: { readonly width: number; readonly waiting: number; readonly answered: number }[] = [];
  let started = 0;
  for (let ms = 0; ms < forMs; ms += STEP_MS) {
    now = later(NOW, ms);
    for (let taken = 0; taken < perStep && queue[0] !== undefined && ms - queue[0].at >= lagMs; taken += 1)
      meter.saw(queue.shift()!.id, moving());
    const pace = meter.pace();
    const width = admittedWidth(pace, maxConcurrency);
    while (queue.length < width) {
      meter.saw(target(started), written());
      meter.sent(target(started), { kind: 'writeTemplate', at: now }, written());
      queue.push({ id: target(started), at: ms });
      started += 1;
    }
    steps.push({ width, waiting: queue.length, answered: pace.answeredLately });
  }
  return { steps, started };
}

const aController = fc.record({ lagMs: fc.integer({ min: 0, max: 3_000 }), perStep: fc.integer({ min: 1, max: 10 }) });
const aWidth = fc.integer({ min: 1, max: 200 });

test('the width is never 0, never above maxConcurrency, and grows with the answers', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.nat(5_000), aWidth, (some, others, maxConcurrency) => {
      const widths = [Math.min(some, others), Math.max(some, others)].map((answeredLately) =>
        admittedWidth(
          { ...createLagMeter({ now: () => NOW, sleep: async () => {} }).pace(), answeredLately },
          maxConcurrency,
        ),
      );
      expect(widths[0]).toBeGreaterThanOrEqual(1);
      expect(widths[1]).toBeLessThanOrEqual(maxConcurrency);
      expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
    }),
  );
});

test('never more waits than moves, whatever the controller does', () => {
  fc.assert(
    fc.property(aController, aWidth, (controller, maxConcurrency) => {
      let waitedBefore = 0;
      for (const { waiting, answered } of drive(controller, maxConcurrency, 4_000).steps) {
        // what was started while more moved is still on its way
        expect(waiting).toBeLessThanOrEqual(Math.max(1, answered, waitedBefore));
        expect(waiting).toBeLessThanOrEqual(maxConcurrency);
        waitedBefore = waiting;
      }
    }),
    { numRuns: 40 },
  );
});

test('a controller that stands still has one target, not a fleet', () => {
  expect(drive({ lagMs: 1e9, perStep: 1 }, 100, 30_000).started).toBe(1);
});

test('a controller that keeps up gets the whole width, far away too', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 40 }), (lagMs, maxConcurrency) => {
      const { steps } = drive({ lagMs, perStep: 1_000 }, maxConcurrency, 8_000);
      expect(steps.at(-1)?.width).toBe(maxConcurrency);
    }),
    { numRuns: 20 },
  );
});

test('a controller at its limit is never idle, and its queue stays short', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), (perStep) => {
      const { steps, started } = drive({ lagMs: STEP_MS, perStep }, 10_000, 8_000);
      const most = (8_000 / STEP_MS) * perStep;
      expect(started).toBeGreaterThan(0.95 * most);
      // half a second of its work
      expect(Math.max(...steps.map(({ waiting }) => waiting))).toBeLessThanOrEqual((500 / STEP_MS + 1) * perStep);
    }),
    { numRuns: 8 },
  );
});

test('of two controllers the slower one gets no wider', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (some, others) => {
      const [slow, quick] = [Math.min(some, others), Math.max(some, others)].map((perStep) =>
        drive({ lagMs: 0, perStep }, 500, 3_000),
      );
      expect(slow!.steps.at(-1)!.width).toBeLessThanOrEqual(quick!.steps.at(-1)!.width);
    }),
    { numRuns: 15 },
  );
});
