import { describe, expect, test } from 'vitest';
import { ofAssessment, ofStatus } from '../../lab/analysis-runs/comparable.ts';
import { readSpec } from '../../lab/analysis-runs/read-spec.ts';
import { RECORDED_AT, readRecordedRuns } from '../../lab/analysis-runs/recorded-runs.ts';
import { replay } from '../../lab/analysis-runs/replay.ts';
import { readRunCases } from '../../lab/analysis-runs/run-case.ts';

const runs = readRunCases();
const recorded = readRecordedRuns();

describe('runs of the real controller, as they were recorded', () => {
  test('each case has its record', () => {
    expect(recorded.map(({ title }) => title)).toEqual(runs.map(({ title }) => title));
  });

  test.for(recorded.map(({ title }, index) => [title, index] as const))('%s', ([title, index]) => {
    const run = runs.find((each) => each.title === title)!;
    const { status, questions } = recorded[index]!;
    const spec = readSpec(run, (metric) => `${RECORDED_AT}/${index}/${metric}`);
    if (typeof spec === 'string') return expect(spec).toBe(run.refused);
    const ours = replay(spec, run, status, questions);
    expect(ofAssessment(ours.assessment)).toEqual(ofStatus(status));
    expect(ours.lateOrEarly).toEqual([]);
  });
});
