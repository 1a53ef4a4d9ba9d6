import { describe, expect, it } from 'vitest';
import { later } from '../../src/domain/time.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { createVirtualClock, type VirtualClock } from '../../src/sandbox/clock/virtual-clock.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import type { CannedAnswers } from '../scenarios/canned-prometheus.ts';
import { differenceOf } from '../scenarios/difference.ts';
import { loadScenarios, runScenario, type Scenario, type World } from '../scenarios/runner.ts';

/** What a write takes on loopback in the lab: two commands in one instant arrive one after the other. */
const WRITE_MS = 5;
const LIMIT_MS = 10 * 60_000;

const scenarios = loadScenarios();
const recorded = scenarios.filter(({ milestones }) => milestones.length > 0);

describe('the sandbox shows what the lab showed', () => {
  it('has recorded scenarios to repeat', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(40);
  });

  it.each(recorded.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    expect(differenceOf(scenario, await play(scenario))).toBeUndefined();
  });

  it('nudges a world that loses commands, which shows no milestone of its own', async () => {
    const scenario = scenarios.find(({ name }) => name === 'first-deploy')!;
    const image = { when: { phase: 'Healthy' }, afterMs: 1000, do: { image: 'app:v2' } } as const;
    const longer = { ...scenario, steps: [image], end: { phase: 'Paused' }, attempts: 1 };
    const seen = await play(longer, { losesAlso: theFirstChange(), nudgeAfterMs: 2000 });
    expect(seen.filter((milestone) => 'did' in milestone)).toEqual([{ did: 'image app:v2' }]);
    await expect(play(longer, { losesAlso: theFirstChange() })).rejects.toThrow('was not seen in 30000 ms');
  });

  it('sees a milestone that is missing', () => {
    const [scenario] = recorded;
    expect(differenceOf(scenario!, scenario!.milestones.slice(0, -1))).toBeDefined();
  });
});

/** Of what others change, the first thing. */
function theFirstChange(): () => boolean {
  let count = 0;
  return () => ++count === 1;
}

/** Plays a scenario on virtual time. */
async function play(
  scenario: Scenario,
  faults: {
    readonly losesAlso?: (rollout: KubernetesObject) => boolean;
    readonly nudgeAfterMs?: number;
  } = {},
) {
  const clock = createVirtualClock();
  let answers: CannedAnswers = {};
  const sandbox = createWorld({
    clock,
    clusters: ['lab'],
    argo: {
      ...(faults.losesAlso === undefined ? {} : { losesAlso: faults.losesAlso }),
      measure: async (_address, promql) => {
        const answer = answers[promql];
        if (answer === undefined) throw new Error(`no canned answer for ${promql}`);
        return answer === null ? [] : [answer];
      },
    },
  });
  sandbox.start();
  const world: World = {
    name: 'sandbox',
    api: overLoopback(sandbox.api('lab'), clock),
    namespace: () => makeNamespace(sandbox.api('lab')),
    stopArgo: async () => sandbox.argo('lab').stop(),
    startArgo: async () => sandbox.argo('lab').start(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    now: () => clock.now(),
    ...(faults.nudgeAfterMs === undefined ? {} : { nudgeAfterMs: faults.nudgeAfterMs }),
    servePrometheus: async (canned) => {
      answers = canned;
      return {
        address: 'http://prometheus.test',
        answer: (next) => {
          answers = next;
        },
        close: async () => {},
      };
    },
  };
  let isOver = false;
  const run = runScenario(world, scenario).finally(() => {
    isOver = true;
  });
  run.catch(() => {});
  await clock.runUntil(() => isOver, later(clock.now(), LIMIT_MS));
  sandbox.stop();
  return run;
}

async function makeNamespace(api: KubernetesApi): Promise<string> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'scenario' } };
  await api.create(object, kinds.namespace, { fieldManager: 'tidegate' });
  return object.metadata.name;
}

/** The writes take their time to arrive. */
function overLoopback(api: KubernetesApi, clock: VirtualClock): KubernetesApi {
  return {
    ...api,
    create: async (...call) => {
      await clock.sleep(WRITE_MS);
      return api.create(...call);
    },
    patch: async (...call) => {
      await clock.sleep(WRITE_MS);
      return api.patch(...call);
    },
    mergePatch: async (...call) => {
      await clock.sleep(WRITE_MS);
      return api.mergePatch(...call);
    },
    apply: async (...call) => {
      await clock.sleep(WRITE_MS);
      return api.apply(...call);
    },
  };
}
