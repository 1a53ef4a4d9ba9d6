import { describe, expect, it } from 'vitest';
import type { MetricAnswer } from '../../../src/analysis/assess/judge-answer.ts';
import { followRun } from '../../../src/cli/analysis/follow-run.ts';
import { preparedTry } from '../../../src/cli/analysis/prepared-try.ts';
import { readTemplate } from '../../../src/cli/analysis/read-templates.ts';
import { tryExitCode } from '../../../src/cli/analysis/try-answer.ts';
import { trySentence } from '../../../src/cli/analysis/try-report.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { SHARE, templateFolder } from './template-files.ts';

const vector = (...values: readonly number[]): MetricAnswer => ({
  kind: 'value',
  value: { kind: 'vector', values },
  warnings: [],
});
const error: MetricAnswer = { kind: 'error', message: 'cannot reach it' };

/** Follows the template while its questions get these answers, the last one again and again. */
async function followed(text: string, answers: readonly MetricAnswer[], stopAfterMs: number | null = null) {
  const folder = await templateFolder({ 'a.yaml': text });
  const found = await readTemplate([folder.pathOf('a.yaml')], undefined);
  await folder.remove();
  const analysis = preparedTry(found, ['service=shop', 'token=sesame'], 'http://prometheus');
  const clock = createVirtualClock();
  const startedAt = clock.now();
  const stopped = new AbortController();
  const askedAfterMs: number[] = [];
  if (stopAfterMs !== null) void clock.sleep(stopAfterMs).then(() => stopped.abort());
  const told: string[] = [];
  const running = followRun(
    analysis,
    async () => {
      askedAfterMs.push(clock.now() - startedAt);
      return answers[Math.min(askedAfterMs.length, answers.length) - 1]!;
    },
    { clock, signal: stopped.signal, watch: (taken) => told.push(...taken.map(({ reading }) => reading.phase)) },
  );
  await clock.advance(120_000);
  const tried = await running;
  return { askedAfterMs, told, code: tryExitCode(tried, analysis), says: trySentence(tried, true) };
}

describe('a run that is followed', () => {
  it('takes as many measurements as its count, each its interval after the one before', async () => {
    expect(await followed(SHARE, [vector(0.95)])).toEqual({
      askedAfterMs: [0, 10_001, 20_001],
      told: ['Successful', 'Successful', 'Successful'],
      code: 0,
      says: 'run: Successful',
    });
  });

  it('ends at the failure that is past its limit, in the words of the controller', async () => {
    const { told, code, says } = await followed(SHARE, [vector(0.1), vector(0.95), vector(0.2)]);
    expect({ told, code }).toEqual({ told: ['Failed', 'Successful', 'Failed'], code: 35 });
    expect(says).toBe('run: Failed: Metric "share" assessed Failed due to failed (2) > failureLimit (1)');
  });

  it('measures again ten seconds after an error, and gives up after the fifth in a row', async () => {
    const { told, code, says } = await followed(SHARE.replace('interval: 10s', 'interval: 60s'), [error]);
    expect({ told, code }).toEqual({ told: Array.from({ length: 5 }, () => 'Error'), code: 40 });
    expect(says).toContain('consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: cannot reach it"');
  });

  it('that never ends by itself is successful when it is stopped, if it was measured', async () => {
    const endless = SHARE.replace('    count: 3\n', '');
    const { told, code, says } = await followed(endless, [vector(0.95)], 35_000);
    expect({ measured: told.length, code, says }).toEqual({
      measured: 4,
      code: 0,
      says: 'run: Successful: Run Terminated',
    });
  });

  it.each<readonly [string, string, readonly MetricAnswer[]]>([
    ['before its first measurement', SHARE.replace('interval:', 'initialDelay: 1h\n    interval:'), [vector(1)]],
    ['with nothing but errors', SHARE, [error]],
  ])('proves nothing when it is stopped %s', async (_, text, answers) => {
    const { code } = await followed(text, answers, 5_000);
    expect(code).toBe(40);
  });
});
