import { describe, expect, it } from 'vitest';
import { clockTimeInZone, lasting } from '../../../src/cli/view/clock-time.ts';
import { gatesLine } from '../../../src/cli/view/gates-line.ts';
import { paint, span } from '../../../src/cli/view/line.ts';
import { storyLines } from '../../../src/cli/view/story-lines.ts';
import { wrap } from '../../../src/cli/view/wrap.ts';
import { targetId } from '../../../src/domain/plan.ts';
import type { DecidingSample, TargetRun } from '../../../src/domain/target-run.ts';
import { instant } from '../../../src/domain/time.ts';

const at = instant(Date.parse('2026-11-23T12:40:07Z'));
const plain = (line: Parameters<typeof paint>[0], width = 200) => paint(line, width, false);

describe('a line', () => {
  it('is cut to the width, and says so', () => {
    expect(plain([span('wave business'), span(' failed')], 10)).toBe('wave busi…');
    expect(plain([span('wave')], 4)).toBe('wave');
  });

  it('has colour only where it is wanted', () => {
    expect(paint([span('FAIL', 'bad')], 80, false)).toBe('FAIL');
    expect(paint([span('FAIL', 'bad')], 80, true)).toContain('\u001B[31m');
  });

  it('that matters is wrapped between words instead', () => {
    const lines = wrap([span('because: '), span('globex p95 over 500 ms for 31 % of requests', 'bad')], 24);
    expect(lines.map((line) => plain(line))).toEqual([
      'because: globex p95 over',
      '    500 ms for 31 % of',
      '    requests',
    ]);
  });
});

describe('times', () => {
  it('count down in whole units, and end at 0', () => {
    expect([0, 1, 59_001, 125_000, 3_600_000, 11_400_000].map(lasting)).toEqual([
      '0 s',
      '1 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '3 h 10 min',
    ]);
  });

  it('name the zone, and the day when it is another', () => {
    expect(clockTimeInZone(at, at, 'Europe/Berlin')).toBe('13:40:07 GMT+1');
    expect(clockTimeInZone(at, instant(at - 86_400_000), 'UTC')).toBe('Mon 23 Nov 12:40 UTC');
  });
});

const run = (...deciding: readonly DecidingSample[]): TargetRun => ({
  target: targetId('eu', 'globex', 'storefront'),
  goal: { kind: 'step', step: 0 },
  goalAt: at,
  startedAt: at,
  previous: { kind: 'nothing' },
  revision: null,
  reachedAt: null,
  failure: null,
  deciding,
  nudges: 0,
});

describe('the gates of a wave', () => {
  const sample = { slo: 'latency', verdict: 'pass', good: 995, total: 1000, objective: 0.95 } as const;

  it('add up the samples that passed', () => {
    expect(plain(gatesLine([run(sample), run(sample)]))).toBe('latency pass 99.5 % of 2 000 good, wanted 95 %');
  });

  it('let the ones that failed speak alone', () => {
    const failed = { ...sample, verdict: 'fail', good: 69, total: 100 } as const;
    expect(plain(gatesLine([run(sample), run(failed)]))).toBe('latency FAIL 69 % of 100 good, wanted 95 %');
  });

  it('never call no data a pass, and never round up to all', () => {
    const none = { ...sample, verdict: 'missing', good: 0, total: 0 } as const;
    expect(plain(gatesLine([run(none)]))).toBe('latency no data no requests, wanted 95 %');
    const almost = { ...sample, good: 99_999, total: 100_000 };
    expect(plain(gatesLine([run(almost)]))).toContain('99.99 %');
  });
});

describe('the story', () => {
  const entry = (message: string, reason = 'SloFailed') => ({ at, reason, message });

  it('folds what many targets did in one moment, and nothing else', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => entry(`${name} failed`));
    const lines = storyLines([...many, entry('wave business failed', 'RollbackDecided')], 'UTC');
    expect(lines.map((line) => plain(line))).toEqual([
      '12:40:07 a failed',
      '12:40:07 b failed',
      '12:40:07 and 3 more (SloFailed)',
      '12:40:07 wave business failed',
    ]);
  });
});
