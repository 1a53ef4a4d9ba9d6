import { describe, expect, test } from 'vitest';
import { createAnalyst } from '../../../src/controller/analyst.ts';
import { catchUp } from '../../../src/controller/catch-up.ts';
import type { TemplateMetric } from '../../../src/domain/analysis-template.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { type Instant, instant } from '../../../src/domain/time.ts';
import type { Round, TargetAnswer } from '../../../src/ports/grouped-queries.ts';
import type { MetricSource } from '../../../src/ports/metric-source.ts';
import type { WantedAnalysis } from '../../../src/release/analyses/wanted-analyses.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';

const metric = (parts: Partial<TemplateMetric> = {}): TemplateMetric => ({
  name: 'success',
  interval: '10s',
  initialDelay: null,
  count: 3,
  successCondition: 'result[0] >= 0.9',
  failureCondition: null,
  failureLimit: 0,
  inconclusiveLimit: null,
  consecutiveErrorLimit: null,
  consecutiveSuccessLimit: null,
  provider: {
    kind: 'prometheus',
    address: null,
    query: 'sum(rate(paid{ns="{{args.ns}}"}[20s]))',
    authentication: { kind: 'none' },
    timeoutSeconds: null,
    insecure: false,
    headers: [],
    rangeQuery: null,
  },
  ...parts,
});

/** Ready at 100 s: 20 s of range and two scrapes of 5 s make 130 s the first point. */
const READY_AT = instant(100_000);

const wanted = (ns: string, metrics: readonly TemplateMetric[] = [metric()], readyAt = READY_AT): WantedAnalysis => ({
  key: `${ns}|checkout`,
  analysis: {
    name: 'checkout',
    template: { args: [{ name: 'ns', value: null, valueFrom: null }], metrics, dryRun: [], measurementRetention: [] },
    args: [{ name: 'ns', value: { kind: 'text', text: ns } }],
  },
  cluster: 'eu',
  source: 'prom',
  scrapeIntervalMs: 5_000,
  place: { placeholders: {}, latestHash: 'new', stableHash: 'old' },
  readyAt,
});

const value = (...values: readonly number[]): TargetAnswer => ({ kind: 'value', value: { kind: 'vector', values } });
const missing: TargetAnswer = { kind: 'missing', reason: 'Unanswered', message: 'connection refused' };

type Answer = (ns: string, at: Instant, metric: string) => TargetAnswer;

function analysing(answer: Answer, startAt = 100_000) {
  const clock = createVirtualClock(instant(startAt));
  const rounds: Round[] = [];
  const source: MetricSource = {
    name: 'prom',
    measure: async () => [],
    evaluate: async (round) => {
      rounds.push(round);
      return round.metrics.map(
        ({ name, targets }) => new Map(targets.map(({ id, args }) => [id, answer(args['ns']!, round.at, name)])),
      );
    },
  };
  const analyst = createAnalyst(new Map([['prom', source]]), clock, () => undefined);
  const stop = new AbortController();
  const running = analyst.run(stop.signal);
  return {
    clock,
    analyst,
    source,
    rounds,
    asked: () => rounds.flatMap(({ at, metrics }) => metrics.map(({ targets }) => `${at / 1000}: ${targets.length}`)),
    until: async (seconds: number) => clock.runUntil(instant(seconds * 1000)),
    end: async () => {
      stop.abort();
      await clock.advance(1_000_000);
      await running;
    },
  };
}

describe('an analyst', () => {
  test('asks first when a whole window and two scrapes are newer than the step, then at the interval', async () => {
    const { analyst, asked, until, end } = analysing(() => value(1));
    analyst.want([wanted('acme')]);
    await until(200);
    expect(asked()).toEqual(['130: 1', '140: 1', '150: 1']);
    expect(analyst.states.get('acme|checkout')).toMatchObject({ assessment: { phase: 'Successful' }, nextAt: null });
    await end();
  });

  test('asks for all targets of a cluster together, those that came a moment later too', async () => {
    const { analyst, asked, until, end } = analysing(() => value(1));
    const second = { ...wanted('hooli'), readyAt: instant(99_500) };
    analyst.want([wanted('acme'), second]);
    await until(200);
    expect(asked()).toEqual(['130: 2', '140: 2', '150: 2']);
    await end();
  });

  test('counts each target by itself', async () => {
    const { analyst, until, end } = analysing((ns) => value(ns === 'acme' ? 0.5 : 1));
    analyst.want([wanted('acme'), wanted('hooli')]);
    await until(200);
    expect(analyst.states.get('acme|checkout')?.assessment).toMatchObject({
      phase: 'Failed',
      message: 'Metric "success" assessed Failed due to failed (1) > failureLimit (0)',
    });
    expect(analyst.states.get('hooli|checkout')?.assessment.phase).toBe('Successful');
    await end();
  });

  test('asks for the same point again when nothing was answered, and tells since when', async () => {
    const { analyst, asked, until, end } = analysing((_, at) => (at === 130_000 && dark ? missing : value(1)));
    let dark = true;
    analyst.want([wanted('acme')]);
    await until(141);
    expect(analyst.states.get('acme|checkout')).toMatchObject({
      unanswered: { sinceAt: 130_000, message: 'connection refused' },
      assessment: { metrics: [] },
    });
    dark = false;
    await until(200);
    expect(asked()).toEqual(['130: 1', '130: 1', '130: 1', '130: 1', '140: 1', '150: 1']);
    expect(analyst.states.get('acme|checkout')).toMatchObject({
      unanswered: null,
      assessment: { phase: 'Successful' },
    });
    await end();
  });

  test('holds on to what failed before its daemon died: a new one comes to the same state', async () => {
    const answer: Answer = (_, at) => value(at === 130_000 ? 0.5 : 1);
    const lenient = [metric({ failureLimit: 1, count: 5 })];
    const first = analysing(answer);
    first.analyst.want([wanted('acme', lenient)]);
    await first.until(155);
    const second = analysing(answer, 155_000);
    second.analyst.want([wanted('acme', lenient)]);
    await second.until(155);
    expect(second.analyst.states).toEqual(first.analyst.states);
    expect(second.analyst.states.get('acme|checkout')?.assessment.metrics[0]).toMatchObject({ failed: 1, count: 3 });
    await Promise.all([first.end(), second.end()]);
  });

  test('does not end a run for errors in a row, and takes them again after 10 s', async () => {
    const { analyst, asked, until, end } = analysing((_, at) => (at < 190_000 ? value() : value(1)));
    analyst.want([wanted('acme')]);
    await until(189);
    expect(asked()).toHaveLength(6);
    expect(analyst.states.get('acme|checkout')?.assessment).toMatchObject({
      phase: 'Running',
      metrics: [{ consecutiveError: 6 }],
    });
    await until(300);
    expect(analyst.states.get('acme|checkout')?.assessment.phase).toBe('Successful');
    await end();
  });

  test('counts an initial delay from the exposure', async () => {
    const { analyst, asked, until, end } = analysing(() => value(1));
    analyst.want([wanted('acme', [metric({ initialDelay: '45s', count: 1 })])]);
    await until(200);
    expect(asked()).toEqual(['145: 1']);
    await end();
  });

  test('forgets a run that is not wanted any more', async () => {
    const { analyst, asked, until, end } = analysing(() => value(1));
    analyst.want([wanted('acme')]);
    await until(135);
    analyst.want([]);
    await until(200);
    expect(asked()).toEqual(['130: 1']);
    expect(analyst.states.size).toBe(0);
    await end();
  });

  test('asks no more than the last points of a run that is far behind', async () => {
    const { analyst, rounds, until, end } = analysing(() => value(1), 10_000_000);
    analyst.want([wanted('acme', [metric({ count: null })])]);
    await until(10_000);
    expect(rounds[0]?.at).toBe(9_700_000);
    expect(rounds.length).toBeLessThanOrEqual(32);
    await end();
  });

  test('shows a source whose credentials cannot be read as one that does not answer', async () => {
    const { analyst, until, end } = analysing(() => {
      throw new TransientError('reading the secret: forbidden');
    });
    analyst.want([wanted('acme')]);
    await until(135);
    expect(analyst.states.get('acme|checkout')?.unanswered?.message).toBe('reading the secret: forbidden');
    await end();
  });
});

describe('catching up', () => {
  test('comes to what the daemon has by asking every point again', async () => {
    const answer: Answer = (_, at) => value(at === 140_000 ? 0.5 : 1);
    const lenient = [metric({ failureLimit: 1, count: 9 })];
    const daemon = analysing(answer);
    daemon.analyst.want([wanted('acme', lenient)]);
    await daemon.until(168);
    const clock = createVirtualClock(instant(168_000));
    const seen = catchUp(
      new Map([['prom', daemon.source]]),
      clock,
      [wanted('acme', lenient)],
      new AbortController().signal,
    );
    await clock.advance(100);
    expect(await seen).toEqual(daemon.analyst.states);
    await daemon.end();
  });

  test('ends without an answer, and with nothing to ask', async () => {
    const { source } = analysing(() => missing);
    const clock = createVirtualClock(instant(168_000));
    const none = new AbortController().signal;
    expect(
      (await catchUp(new Map([['prom', source]]), clock, [wanted('acme')], none)).get('acme|checkout'),
    ).toMatchObject({
      unanswered: { message: 'connection refused' },
    });
    expect((await catchUp(new Map(), clock, [], none)).size).toBe(0);
  });
});

test('thousands of runs begin and are answered in slices', async () => {
  const { analyst, clock, until, end } = analysing(() => value(1), 130_000);
  analyst.want(Array.from({ length: 500 }, (_, index) => wanted(`ns-${index}`)));
  let turns = 0;
  const others = async () => {
    while (analyst.states.size < 500) {
      turns += 1;
      await clock.sleep(1);
    }
  };
  const working = others();
  await until(131);
  await working;
  expect(turns).toBeGreaterThanOrEqual(500 / 50 - 1);
  await end();
});
