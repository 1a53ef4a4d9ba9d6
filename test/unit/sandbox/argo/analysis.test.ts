import { describe, expect, it } from 'vitest';
import { kinds } from '../../../../src/ports/kinds.ts';
import { asAnalysisRun } from '../../../../src/sandbox/argo/analysis-run.ts';
import type { CanaryStep } from '../../../../src/sandbox/argo/rollout.ts';
import { createOneRollout, type OneRollout } from '../one-rollout.ts';

interface Asked {
  readonly address: string;
  readonly promql: string;
  readonly atMs: number;
}

const guard = (parts: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'guard', namespace: 'shop' },
  spec: {
    args: [{ name: 'hash' }],
    metrics: [
      {
        name: 'ratio',
        interval: '60s',
        failureCondition: 'len(result) > 0 && result[0] < 0.9',
        provider: { prometheus: { address: 'http://prom', query: 'ratio{hash="{{args.hash}}"}' } },
        ...parts,
      },
    ],
  },
});

/** A Rollout with a background analysis, at its first pause; `answer` is what the source says. */
async function guarded(metric: Readonly<Record<string, unknown>> = {}, extra: readonly unknown[] = []) {
  const asked: Asked[] = [];
  let answer: readonly number[] | Error = [1];
  const one = createOneRollout({
    spec: {
      strategy: {
        canary: {
          steps: [{ setWeight: 25 }, { pause: {} }],
          analysis: {
            templates: [{ templateName: 'guard' }],
            args: [{ name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
          },
        },
      },
    },
    world: {
      argo: {
        measure: async (address, promql, at) => {
          asked.push({ address, promql, atMs: at });
          if (answer instanceof Error) throw answer;
          return answer;
        },
      },
    },
  });
  const template = guard(metric);
  template.spec.metrics.push(...(extra as typeof template.spec.metrics));
  one.store.create(template, kinds.analysisTemplate, { fieldManager: 'test' });
  one.create();
  await one.until((status) => status.phase === 'Healthy');
  expect(asked).toEqual([]);
  one.image('app:v2');
  await one.until(({ phase }) => phase === 'Paused' || phase === 'Degraded');
  await one.advance(1000);
  return {
    one,
    asked,
    say: (next: readonly number[] | Error) => {
      answer = next;
    },
    runs: () => runsOf(one),
  };
}

function runsOf(one: OneRollout) {
  return one.store.list(kinds.analysisRun, { namespace: 'shop' }).items.map(asAnalysisRun);
}

describe('background analysis', () => {
  it('starts with the update, asks for the new hash, and runs on through the pause', async () => {
    const { one, asked, runs } = await guarded();
    const hash = one.status().currentPodHash;
    expect(runs().map(({ metadata }) => metadata.name)).toEqual([`app-${hash}-2`]);
    expect(one.status().canary?.currentBackgroundAnalysisRunStatus).toEqual({
      name: `app-${hash}-2`,
      status: 'Running',
    });
    await one.advance(150_000);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({ address: 'http://prom', promql: `ratio{hash="${hash}"}` });
    expect(one.status().phase).toBe('Paused');
  });

  it('aborts from the pause when it has failed beyond its limit, in Argo’s words', async () => {
    const { one, say } = await guarded({ failureLimit: 1 });
    say([0.5]);
    await one.advance(61_000);
    expect(one.status().phase).toBe('Paused');
    await one.advance(61_000);
    expect(one.status()).toMatchObject({
      phase: 'Degraded',
      abort: true,
      currentStepIndex: 0,
      message:
        'RolloutAborted: Rollout aborted update to revision 2: Background analysis phase error/failed: Metric "ratio" assessed Failed due to failed (2) > failureLimit (1)',
    });
    await one.advance(1000);
    expect(one.status().updatedReplicas).toBeUndefined();
  });

  it('of our guard survives an hour of empty answers and an hour without a source', async () => {
    const { one, say, asked } = await guarded({ failureLimit: 2, consecutiveErrorLimit: 1_000_000 });
    say([]);
    await one.advance(3_600_000);
    say(new Error('connection refused'));
    await one.advance(3_600_000);
    expect(one.status().phase).toBe('Paused');
    expect(asked.length).toBeGreaterThan(400);
  });

  it('in the usual form aborts on errors within a minute', async () => {
    const { one, say } = await guarded();
    say(new Error('connection refused'));
    await one.advance(120_000);
    expect(one.status()).toMatchObject({ phase: 'Degraded', abort: true });
    expect(one.status().message).toContain(
      'Metric "ratio" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: connection refused"',
    );
  });

  it('waits for its initial delay', async () => {
    const { one, asked } = await guarded({ initialDelay: '2m' });
    await one.advance(110_000);
    expect(asked).toEqual([]);
    await one.advance(15_000);
    expect(asked).toHaveLength(1);
  });

  it('that is inconclusive pauses, and a resume starts a run of another name', async () => {
    const { one, say, runs } = await guarded({ interval: '5s', successCondition: 'result[0] > 2', failureLimit: 1 });
    say([1]);
    await one.until(
      (status) => status.pauseConditions?.some(({ reason }) => reason === 'InconclusiveAnalysisRun') === true,
    );
    await one.advance(1000);
    one.resume();
    await one.until(() => runs().length === 2);
    const hash = one.status().currentPodHash;
    expect(
      runs()
        .map(({ metadata }) => metadata.name)
        .toSorted(),
    ).toEqual([`app-${hash}-2`, `app-${hash}-2.1`]);
  });

  it('ends when the Rollout is promoted, and says only that it was told to', async () => {
    const { one, runs } = await guarded();
    one.resume();
    await one.until((status) => status.phase === 'Healthy');
    await one.advance(1000);
    expect(runs()[0]).toMatchObject({
      spec: { terminate: true },
      status: { phase: 'Successful', message: 'Run Terminated' },
    });
  });

  it('ends its other metrics when one has failed', async () => {
    const other = {
      name: 'other',
      interval: '60s',
      provider: { prometheus: { address: 'http://prom', query: 'other' } },
    };
    const { one, say, runs } = await guarded({}, [other]);
    say([0.5]);
    await one.advance(62_000);
    expect(runs()[0]?.status.phase).toBe('Failed');
    expect(runs()[0]?.status.metricResults?.map(({ phase }) => phase)).toEqual(['Failed', 'Successful']);
  });

  it('that cannot fill in its arguments is an error', async () => {
    const provider = { prometheus: { address: 'http://prom', query: '{{args.gone}}' } };
    const { one, runs } = await guarded({ provider });
    await one.advance(1000);
    expect(runs()[0]?.status).toMatchObject({ phase: 'Error' });
    expect(one.status().message).toContain('Unable to resolve metric arguments: failed to resolve {{args.gone}}');
  });
});

describe('a step of analysis', () => {
  const STEPS = [
    { setWeight: 25 },
    { analysis: { templates: [{ templateName: 'check' }] } },
    { setWeight: 50 },
    { pause: {} },
  ];
  const check = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata: { name: 'check', namespace: 'shop' },
    spec: {
      metrics: [
        {
          name: 'ratio',
          successCondition: 'result[0] >= 0.9',
          failureCondition: 'result[0] < 0.5',
          provider: { prometheus: { address: 'http://prom', query: 'ratio' } },
        },
      ],
    },
  };

  const stepped = async (answer: readonly number[], steps: readonly CanaryStep[] = STEPS) => {
    let said = answer;
    const one = createOneRollout({
      spec: { strategy: { canary: { steps } } },
      world: { argo: { measure: async () => said } },
    });
    one.store.create(check, kinds.analysisTemplate, { fieldManager: 'test' });
    one.create();
    await one.until((status) => status.phase === 'Healthy');
    one.image('app:v2');
    await one.until(({ phase }) => phase === 'Paused' || phase === 'Degraded');
    const say = (next: readonly number[]) => {
      said = next;
    };
    return { one, say };
  };

  it('that succeeds goes on, and is forgotten', async () => {
    const { one } = await stepped([1]);
    expect(one.status()).toMatchObject({ currentStepIndex: 3, updatedReplicas: 2 });
    expect(one.status().canary).toEqual({});
    const [run] = runsOf(one);
    expect(run?.metadata.name).toBe(`app-${one.status().currentPodHash}-2-1`);
    expect(run?.metadata.labels).toMatchObject({ 'rollout-type': 'Step', 'step-index': '1' });
  });

  it('that fails aborts', async () => {
    const { one } = await stepped([0.1]);
    expect(one.status().message).toBe(
      'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "ratio" assessed Failed due to failed (1) > failureLimit (0)',
    );
  });

  it('that is inconclusive pauses; a resume asks again under another name', async () => {
    const { one, say } = await stepped([0.7]);
    expect(one.status()).toMatchObject({ message: 'InconclusiveAnalysisRun', currentStepIndex: 1 });
    say([1]);
    await one.advance(1000);
    one.resume();
    await one.until((status) => status.currentStepIndex === 3);
    expect(runsOf(one).map(({ metadata }) => metadata.name)).toContain(`app-${one.status().currentPodHash}-2-1.1`);
  });
});

describe('a background analysis with a starting step', () => {
  it('starts there', async () => {
    const { one } = await guarded({}, []);
    one.patchSpec({ strategy: { canary: { analysis: { startingStep: 2 } } } });
    await one.advance(1000);
    one.image('app:v3');
    await one.until((status) => status.phase === 'Paused' && status.observedGeneration === '4');
    expect(one.status().canary).toEqual({});
    await one.advance(1000);
    one.resume();
    await one.until((status) => status.currentStepIndex === 2);
    await one.advance(300);
    const hash = one.status().currentPodHash ?? '';
    expect(runsOf(one).some(({ metadata }) => metadata.name.includes(hash))).toBe(true);
  });
});
