import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import {
  type ArgoStatus,
  analysisRun,
  isOver,
  secretName,
  secretValues,
  specOf,
  statusOf,
  taken,
} from './analysis-runs/argo-run.ts';
import { ofAssessment, ofStatus } from './analysis-runs/comparable.ts';
import { readSpec } from './analysis-runs/read-spec.ts';
import { writeRecordedRuns } from './analysis-runs/recorded-runs.ts';
import { type Replay, replay } from './analysis-runs/replay.ts';
import { type RunCase, readRunCases } from './analysis-runs/run-case.ts';
import { type ScriptedPrometheus, startScriptedPrometheus } from './analysis-runs/scripted-prometheus.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';

const lab = inject('lab');
const runs = readRunCases();
const OVER_WITHIN_MS = 240_000;
const LOOK_EACH_MS = 500;

describe.skipIf(lab === null)("Argo's own analysis runs and ours, side by side", () => {
  let connected: ConnectedLab;
  let namespace: string;
  let prometheus: ScriptedPrometheus;
  let ends: ReadonlyMap<string, ArgoStatus>;

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('analysis');
    prometheus = await startScriptedPrometheus(runs);
    await createAll();
    ends = await untilOver();
    if (process.env['TIDEGATE_RECORD'] === 'analysis-runs') record();
  });

  afterAll(async () => {
    await prometheus?.close();
    await connected?.api.close();
  });

  test('there are cases enough', () => {
    expect(runs.length).toBeGreaterThanOrEqual(60);
    expect(new Set(runs.map(({ title }) => title)).size).toBe(runs.length);
  });

  test.for(runs.map((run, index) => [run.title, index] as const))('%s', ([, index]) => {
    const status = ends.get(nameOf(index))!;
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
    const all = runs.map((_, index) => replayed(index, ends.get(nameOf(index))!));
    const measured = [...ends.values()].flatMap(({ metricResults = [] }) => metricResults.map(taken));
    const replays = all.filter((one) => typeof one !== 'string');
    const passes = replays.reduce((sum, one) => sum + one.passes, 0);
    const refused = replays.filter(({ analysis }) => analysis === null).length;
    const unread = all.length - replays.length;
    console.log(
      `${runs.length} runs: ${measured.reduce((sum, one) => sum + one, 0)} measurements of ${measured.length} metrics in ${passes} passes; ${refused} refused with Argo's words, ${unread} refused before by the reader`,
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
      runs.map(({ title }, index) => {
        return { title, status: ends.get(nameOf(index))!, questions: prometheus.questionsOf(index) };
      }),
    );
  }

  async function createAll(): Promise<void> {
    const { api } = connected;
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace },
      stringData: secretValues,
    };
    await api.create(secret, kinds.secret, { fieldManager: FIELD_MANAGER });
    for (const [index, { terminate = false }] of runs.entries()) {
      const spec = specOf(runs[index]!, (metric) => prometheus.addressOf(index, metric));
      const run = analysisRun(nameOf(index), namespace, spec, terminate);
      await api.create(run, kinds.analysisRun, { fieldManager: FIELD_MANAGER });
    }
  }

  async function untilOver(): Promise<ReadonlyMap<string, ArgoStatus>> {
    const limitAtMs = performance.now() + OVER_WITHIN_MS;
    const stopped = new Set<number>();
    for (;;) {
      const { items } = await connected.api.list(kinds.analysisRun, { namespace });
      const statuses = new Map(items.map((item) => [item.metadata.name, statusOf(item)]));
      const open = runs.flatMap((run, index) => (isDone(run, statuses.get(nameOf(index))!) ? [] : [index]));
      if (open.length === 0) return statuses;
      if (performance.now() > limitAtMs) {
        throw new Error(`not over: ${open.map((index) => runs[index]!.title).join('; ')}`);
      }
      for (const index of open) {
        const run = runs[index]!;
        if (run.ends !== 'stopped' || stopped.has(index) || !isMeasured(run, statuses.get(nameOf(index))!)) continue;
        stopped.add(index);
        const ref = { kind: kinds.analysisRun, namespace, name: nameOf(index) };
        await connected.api.mergePatch(ref, { spec: { terminate: true } }, { fieldManager: FIELD_MANAGER });
      }
      await sleep(LOOK_EACH_MS);
    }
  }
});

function nameOf(index: number): string {
  return `case-${index}`;
}

function isDone(run: RunCase, status: ArgoStatus): boolean {
  return run.ends === 'running' ? isMeasured(run, status) : isOver(status);
}

/** True when every metric that starts at once was measured. */
function isMeasured(run: RunCase, status: ArgoStatus): boolean {
  const atOnce = run.metrics.filter(({ initialDelay }) => initialDelay === undefined);
  return atOnce.every(({ name }) => taken(status.metricResults?.find((result) => result.name === name)) > 0);
}
