import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject, ResourceKind } from '../../src/ports/kubernetes-api.ts';
import { ours } from './analysis-rollouts/ours.ts';
import { readRolloutCases, rolloutOf, templateDocuments } from './analysis-rollouts/rollout-case.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';

const lab = inject('lab');
const cases = readRolloutCases();
const SETTLED_WITHIN_MS = 120_000;
const LOOK_EACH_MS = 250;
const NUDGED_EACH_LOOKS = 8;

const clusterAnalysisTemplate: ResourceKind = {
  ...kinds.analysisTemplate,
  kind: 'ClusterAnalysisTemplate',
  plural: 'clusteranalysistemplates',
  namespaced: false,
};

/** What the real controller made of a case. */
interface Theirs {
  /** The Rollout when it came to that. */
  readonly rollout: RolloutObject;
  /** Why the Rollout is refused; `null` where it is not. */
  readonly refusal: string | null;
  readonly runs: readonly KubernetesObject[];
}

interface RolloutObject extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

describe.skipIf(lab === null)('templates that a Rollout names, to Argo and to us', () => {
  let connected: ConnectedLab;
  let namespace: string;
  let ends: ReadonlyMap<string, Theirs>;

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('templates');
    for (const [index, one] of cases.entries()) {
      for (const document of templateDocuments(nameOf(index), namespace, one)) {
        const kind = document.kind === 'AnalysisTemplate' ? kinds.analysisTemplate : clusterAnalysisTemplate;
        await connected.api.create(document, kind, { fieldManager: FIELD_MANAGER });
      }
      const rollout = rolloutOf(nameOf(index), namespace, one, '1');
      await connected.api.create(rollout, kinds.rollout, { fieldManager: FIELD_MANAGER });
    }
    ends = await untilSettled();
  });

  afterAll(async () => {
    await connected?.api.close();
  });

  test.for(cases.map(({ title }, index) => [title, index] as const))('%s', ([, index]) => {
    const { rollout, refusal, runs } = ends.get(nameOf(index))!;
    const { currentPodHash = '', stableRS = null } = rollout.status ?? {};
    const facts = { latestHash: currentPodHash, stableHash: stableRS, rollout };
    const documents = templateDocuments(nameOf(index), namespace, cases[index]!);
    const answer = ours(nameOf(index), cases[index]!, documents, facts);
    if (refusal !== null) return expect(refusal).toContain(answer.kind === 'refused' ? answer.message : 'a refusal');
    expect(answer).toEqual({ kind: 'spec', spec: runs[0]!['spec'] });
  });

  test('counts', () => {
    const refused = [...ends.values()].filter(({ refusal }) => refusal !== null).length;
    console.log(`${cases.length} Rollouts: ${cases.length - refused} runs with our spec, ${refused} refused as we do`);
    expect(refused).toBeGreaterThan(10);
  });

  /** Brings version 2 to each Rollout that is Healthy on version 1, until all have a run or are refused. */
  async function untilSettled(): Promise<ReadonlyMap<string, Theirs>> {
    const limitAtMs = performance.now() + SETTLED_WITHIN_MS;
    /** Looks since version 2 was brought. */
    const renewed = new Map<string, number>();
    for (;;) {
      const rollouts = (await connected.api.list(kinds.rollout, { namespace })).items as readonly RolloutObject[];
      const runs = (await connected.api.list(kinds.analysisRun, { namespace })).items;
      const seen = new Map(rollouts.map((rollout) => [rollout.metadata.name, theirs(rollout, runs)]));
      const open = [...seen].filter(([, { refusal, runs: own }]) => refusal === null && own.length === 0);
      if (open.length === 0) return seen;
      if (performance.now() > limitAtMs) throw new Error(`not settled: ${open.map(([name]) => name).join()}`);
      for (const [name, { rollout }] of open) {
        const looks = renewed.get(name);
        if (looks === undefined && rollout.status?.phase !== 'Healthy') continue;
        renewed.set(name, (looks ?? 0) + 1);
        if (looks === undefined) await renew(name);
        else if (looks % NUDGED_EACH_LOOKS === 0) await nudge(name, looks);
      }
      await sleep(LOOK_EACH_MS);
    }
  }

  /** The controller may have lost what it was sent; any touch makes it look. */
  async function nudge(name: string, looks: number): Promise<void> {
    const ref = { kind: kinds.rollout, namespace, name };
    const patch = { metadata: { annotations: { looks: `${looks}` } } };
    await connected.api.mergePatch(ref, patch, { fieldManager: FIELD_MANAGER });
  }

  async function renew(name: string): Promise<void> {
    const index = cases.findIndex((_, each) => nameOf(each) === name);
    const { spec } = rolloutOf(name, namespace, cases[index]!, '2') as KubernetesObject & {
      readonly spec: { readonly template: unknown };
    };
    const path = '/spec/template';
    // a command that comes while a pass ends is lost
    await sleep(LOOK_EACH_MS);
    await connected.api.patch(
      { kind: kinds.rollout, namespace, name },
      [{ op: 'replace', path, value: spec.template }],
      { fieldManager: FIELD_MANAGER },
    );
  }
});

function theirs(rollout: RolloutObject, runs: readonly KubernetesObject[]): Theirs {
  const invalid = rollout.status?.conditions?.find(({ type, status }) => type === 'InvalidSpec' && status === 'True');
  const own = runs.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ name }) => name === rollout.metadata.name),
  );
  return { rollout, refusal: invalid?.message ?? null, runs: own };
}

function nameOf(index: number): string {
  return `c${index}`;
}
