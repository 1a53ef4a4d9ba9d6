import { readFileSync, writeFileSync } from 'node:fs';
import type { ArgoMetricResult, ArgoStatus } from './argo-run.ts';
import type { Question } from './scripted-prometheus.ts';

/** Where the Prometheus of the recorded runs is said to be. */
export const RECORDED_AT = 'http://prometheus';

const path = `${import.meta.dirname}/recorded.jsonl`;

/** When a question came in. */
export type Asked = Pick<Question, 'metric' | 'at'>;

/** How one run of the real controller went. */
export interface RecordedRun {
  readonly title: string;
  readonly status: ArgoStatus;
  readonly questions: readonly Asked[];
}

/** What the real controller did of each case when it was recorded, one a line. */
export function readRecordedRuns(): readonly RecordedRun[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedRun);
}

/** Keeps runs for the tests that have no lab; the port of the day is left out. */
export function writeRecordedRuns(runs: readonly RecordedRun[]): void {
  const lines = runs.map(({ title, status, questions }) => {
    const { metricResults } = status;
    const kept = {
      ...status,
      ...(metricResults === undefined ? {} : { metricResults: metricResults.map(withoutQuery) }),
    };
    return JSON.stringify({ title, status: kept, questions: questions.map(({ metric, at }) => ({ metric, at })) });
  });
  writeFileSync(path, `${lines.join('\n')}\n`.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, RECORDED_AT));
}

function withoutQuery(result: ArgoMetricResult): object {
  return { ...result, metadata: undefined };
}
