import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ArgoStatus, taken } from './analysis-runs/argo-run.ts';
import { ofAssessment, ofStatus } from './analysis-runs/comparable.ts';
import { drawnRuns } from './analysis-runs/drawn-runs.ts';
import { readSpec } from './analysis-runs/read-spec.ts';
import { writeRecordedRuns } from './analysis-runs/recorded-runs.ts';
import { type Replay, replay } from './analysis-runs/replay.ts';
import { type RanCases, runAll } from './analysis-runs/run-all.ts';
import { readRunCases } from './analysis-runs/run-case.ts';
import { type ScriptedPrometheus, startScriptedPrometheus } from './analysis-runs/scripted-prometheus.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';

const lab = inject('lab');
const written = readRunCases();
const runs = [...written, ...drawnRuns()];

describe.skipIf(lab === null)("Argo's own analysis runs and ours, side by side", () => {
  let connected: ConnectedLab;
  let prometheus: ScriptedPrometheus;
  let ran: RanCases;

  beforeAll(async () => {
    connected = await connectLab(lab);
    prometheus = await startScriptedPrometheus(runs);
    const namespace = await connected.namespace('analysis');
    ran = await runAll({ api: connected.api, namespace, prometheus }, runs);
    if (process.env['TIDEGATE_RECORD'] === 'analysis-runs') record();
  });

  afterAll(async () => {
    await prometheus?.close();
    await connected?.api.close();
  });

  test('there are cases enough', () => {
    expect(written.length).toBeGreaterThanOrEqual(60);
    expect(new Set(runs.map(({ title }) => title)).size).toBe(runs.length);
  });

  test.for(runs.map((run, index) => [run.title, index] as const))('%s', ([, index]) => {
    const status = ran.statuses[index]!;
    const ours = replayed(index, status);
    if (typeof ours === 'string') return expect(ours).toBe(runs[index]!.refused);
    expect(ofAssessment(ours.assessment)).toEqual(ofStatus(status));
    expect(ours.lateOrEarly).toEqual([]);
    for (const [metric, prepared] of (ours.analysis?.metrics ?? []).entries()) {
      const asked = prometheus.questionsOf(index).filter((question) => question.metric === metric);
      for (const { form, headers } of asked) {
        expect(form.get('query')).toBe(prepared.asks.query);
        for (const { key, value } of prepared.asks.headers) expect(headers[key.toLowerCase()]).toBe(value);
      }
    }
  });

  test('counts', () => {
    const all = runs.map((_, index) => replayed(index, ran.statuses[index]!));
    const results = ran.statuses.flatMap(({ metricResults = [] }) => metricResults);
    const measurements = results.reduce((sum, result) => sum + taken(result), 0);
    const replays = all.filter((one) => typeof one !== 'string');
    const passes = replays.reduce((sum, one) => sum + one.passes, 0);
    const refused = replays.filter(({ analysis }) => analysis === null).length;
    console.log(
      `${written.length} written and ${runs.length - written.length} drawn runs: ${measurements} measurements of ${results.length} metrics in ${passes} passes; ${refused} refused with Argo's words, ${all.length - replays.length} refused before by the reader; ${ran.torn.length} made again, their records were torn: ${ran.torn.join('; ')}`,
    );
    expect(passes).toBeGreaterThan(60);
  });

  /** Ours, or why our reader refuses the case. */
  function replayed(index: number, status: ArgoStatus): Replay | string {
    const run = runs[index]!;
    const spec = readSpec(run, (metric) => prometheus.addressOf(index, metric));
    return typeof spec === 'string' ? spec : replay(spec, run, status, prometheus.questionsOf(index));
  }

  function record(): void {
    writeRecordedRuns(
      written.map(({ title }, index) => {
        return { title, status: ran.statuses[index]!, questions: prometheus.questionsOf(index) };
      }),
    );
  }
});
