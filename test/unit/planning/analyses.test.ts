import { describe, expect, it } from 'vitest';
import type { WorkloadAnalysis } from '../../../src/domain/workload.ts';
import { forecast } from '../../../src/planning/forecast.ts';
import { planMarkdown } from '../../../src/planning/markdown.ts';
import { type PlanInput, plan } from '../../../src/planning/plan.ts';
import { longestMs, targetAnalysis } from '../../../src/planning/target-analysis.ts';
import { checkout, metric } from './an-analysis.ts';
import { input, NOW, planned, workload } from './storefront.ts';

const withAnalysis = (analysis: WorkloadAnalysis) => ({ workload: { ...workload, analyses: [analysis] } });

const findings = (analysis: WorkloadAnalysis): readonly string[] => {
  const result = plan({ ...input, ...withAnalysis(analysis) });
  const all = result.kind === 'planned' ? result.plan.findings : result.findings;
  return all
    .filter(({ subject }) => subject === 'analysis checkout')
    .map(({ severity, reason }) => `${severity} ${reason}`);
};

describe("a workload's analyses", () => {
  it('are in the plan and in its hash', () => {
    const without = planned();
    const made = planned(withAnalysis(checkout()));
    expect(made.analyses).toEqual([checkout()]);
    expect(without).not.toHaveProperty('analyses');
    expect(made.hash).not.toBe(without.hash);
  });

  it.each([
    ['nothing is found in one that fits', checkout(), []],
    [
      'an argument without a value is refused',
      checkout(undefined, [{ name: 'ns', value: { kind: 'text', text: 'x' } }]),
      ['error ArgumentMissing'],
    ],
    [
      'a condition that cannot be read is refused',
      checkout([metric({ successCondition: 'result[0' })]),
      ['error ConditionInvalid'],
    ],
    ['so is a query', checkout([metric({ query: 'sum(rate(' })]), ['error QueryNotUnderstood']],
    [
      'and a fixed time',
      checkout([metric({ query: 'a{ns="{{args.ns}}",hash="{{args.hash}}"} @ 12' })]),
      ['error QueryNotUnderstood'],
    ],
    [
      'a number for all targets is refused: one bad target would fail them all',
      checkout([metric({ query: 'sum(rate(paid_total{hash="{{args.hash}}"}[1m]))' })]),
      ['error SameForAllTargets'],
    ],
    [
      'a query that mixes the versions is told',
      checkout([metric({ query: 'sum(rate(paid_total{ns="{{args.ns}}"}[1m]))' })]),
      ['warning CannotTellVersions'],
    ],
    [
      'and one that cannot be grouped, with its reason',
      checkout([metric({ query: 'scalar(paid{ns="{{args.ns}}",hash="{{args.hash}}"})' })]),
      ['warning AskedPerTarget'],
    ],
    [
      'a label that the source adds itself is refused',
      checkout([metric({ query: 'paid{cluster="eu",ns="{{args.ns}}",hash="{{args.hash}}"}' })]),
      ['error MatcherTwice'],
    ],
    ['a run longer than bake and limit is refused', checkout([metric({ count: 1000 })]), ['error AnalysisTooLong']],
    [
      'a tenant of a pool has no name to fill in',
      checkout(undefined, [
        { name: 'ns', value: { kind: 'text', text: '${tenant.name}' } },
        { name: 'hash', value: { kind: 'podTemplateHash', of: 'Latest' } },
      ]),
      ['error UnknownPlaceholder'],
    ],
  ])('%s', (_, analysis, expected) => {
    expect([...new Set(findings(analysis))].filter((one) => !one.endsWith('AnalysisLongerThanBake'))).toEqual(expected);
  });
});

describe('what is asked of a target', () => {
  const place = { placeholders: { 'target.namespace': 'acme' }, latestHash: 'new', stableHash: null };

  it('keeps the arguments apart from the query, and fills the conditions', () => {
    const asked = targetAnalysis(checkout(), place);
    if (asked.kind === 'problem') throw new Error(asked.message);
    expect(asked.args).toEqual({ ns: 'acme', hash: 'new', least: '0.9' });
    expect(asked.queries['success']).toContain('{{args.ns}}');
    expect(asked.prepared.metrics[0]?.successCondition).toBe('result[0] >= 0.9');
    expect({ back: asked.lookbackMs, longest: longestMs(asked) }).toEqual({ back: 60_000, longest: 20_000 });
  });

  it('is nothing where there is no stable revision to compare with', () => {
    const compared = checkout(undefined, [{ name: 'hash', value: { kind: 'podTemplateHash', of: 'Stable' } }]);
    expect(targetAnalysis(compared, place)).toMatchObject({ kind: 'problem', reason: 'NoStableRevision' });
  });
});

function documentOf(parts: Partial<PlanInput> = {}): string {
  const made = planned(parts);
  return planMarkdown({
    plan: made,
    forecast: forecast(made, { startAt: NOW }),
    running: null,
    preflight: null,
    evidence: null,
  });
}

describe('the plan document', () => {
  it('says what each metric holds by, how often it is measured, and its query', () => {
    const text = documentOf(withAnalysis(checkout([metric(), metric({ name: 'watch', count: null })])));
    const row = (name: string) =>
      text
        .split('\n')
        .find((line) => line.startsWith('| checkout') && line.includes(name))
        ?.split('|')
        .map((part) => part.trim())
        .slice(2, -1);
    expect(row('success')).toEqual(['success', 'result[0] >= {{args.least}}', 'every 10s, 3 times', '2 failures']);
    expect(row('watch')).toContain('every 10s, as long as its wave goes on');
    expect(text).toContain('`checkout/success`');
    expect(documentOf()).not.toContain('Analyses of its team');
  });
});
