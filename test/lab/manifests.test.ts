import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { perform, refOf } from '../../src/controller/actor.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { createOnce } from '../../src/ports/create-once.ts';
import { FIELD_MANAGER, kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { projectRollout } from '../../src/release/observed-target.ts';
import { type IndexedTarget, indexPlan, manifestOf, type PlanIndex } from '../../src/release/plan-index.ts';
import { type ConnectedLab, connectLab, kindOf } from './connected-lab.ts';
import { planOfExample } from './worked-example.ts';
import { readYamlFolder } from './yaml-folder.ts';

const lab = inject('lab');
const checked = { fieldManager: FIELD_MANAGER, dryRun: true };
const HEALTHY_WITHIN_MS = 60_000;

describe.skipIf(lab === null)('what we render, against a real API server', () => {
  let connected: ConnectedLab;

  beforeAll(async () => {
    connected = await connectLab(lab);
  });

  afterAll(() => connected.api.close());

  const ensureNamespaces = async (plan: Plan) => {
    const names = new Set(plan.waves.flatMap(({ targets }) => targets.map(({ namespace }) => namespace)));
    for (const name of names)
      await createOnce(connected.api, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, kinds.namespace);
  };

  describe.each(['4.12.0', '4.13.0', '4.14.0'])('storefront %s', (version) => {
    let plan: Plan;
    let index: PlanIndex;

    beforeAll(async () => {
      plan = planOfExample(version, connected.clock.now());
      index = indexPlan(plan);
      await ensureNamespaces(plan);
    });

    test('every object is accepted to the field', async () => {
      const objects = Object.keys(plan.manifests).map(
        (digest) => manifestOf(plan, digest) as unknown as KubernetesObject,
      );
      expect(new Set(objects.map(({ kind }) => kind))).toEqual(
        new Set(['Rollout', 'AnalysisTemplate', 'Service', 'PodDisruptionBudget']),
      );
      const accepted = await Promise.all(
        objects.map((object) => connected.api.create(object, kindOf(object), checked)),
      );
      expect(accepted).toHaveLength(objects.length);
    });

    test('template and steps come back as the plan knows them', async () => {
      for (const indexed of index.targets.values()) {
        const rendered = manifestOf(plan, indexed.target.rolloutManifest) as unknown as KubernetesObject;
        const { templateDigest, stepsDigest } = projectRollout(
          await connected.api.create(rendered, kinds.rollout, checked),
        );
        expect({ templateDigest, stepsDigest }).toEqual({
          templateDigest: indexed.templateDigest,
          stepsDigest: indexed.stepsDigest,
        });
      }
    });

    test('a field that Argo does not know is refused', async () => {
      const [indexed] = index.targets.values();
      const rendered = manifestOf(plan, indexed!.target.rolloutManifest) as unknown as KubernetesObject;
      const spec = { ...(rendered['spec'] as object), rolbackWindow: { revisions: 3 } };
      await expect(connected.api.create({ ...rendered, spec }, kinds.rollout, checked)).rejects.toThrow(
        /rolbackWindow/,
      );
    });
  });

  test('a target of every tier becomes healthy', async () => {
    const plan = planOfExample('4.12.0', connected.clock.now());
    const index = indexPlan(plan);
    await ensureNamespaces(plan);
    const ofEachTier = plan.waves.map(({ targets }) => index.targets.get(targets[0]!.id)!);
    expect(ofEachTier.map(({ target }) => target.tier)).toEqual(['free', 'business', 'enterprise']);
    await Promise.all(ofEachTier.map((indexed) => becomesHealthy(index, indexed)));
  });

  async function becomesHealthy(index: PlanIndex, indexed: IndexedTarget): Promise<void> {
    const { target } = indexed;
    await perform(connected.api, index, { target: target.id, epoch: 1, basis: null, action: { kind: 'create' } });
    await vi.waitFor(
      async () => {
        const observed = projectRollout(await connected.api.get(refOf(indexed)));
        expect(observed).toMatchObject({
          phase: 'Healthy',
          readyPods: target.replicas,
          totalPods: target.replicas,
          isInvalidSpec: false,
        });
      },
      { timeout: HEALTHY_WITHIN_MS, interval: 100 },
    );
  }

  test.for(readYamlFolder('analysis-templates'))('$path is accepted to the field', async ({ objects }) => {
    const namespace = await connected.namespace('templates');
    for (const object of objects) {
      const placed = { ...object, metadata: { ...object.metadata, namespace } };
      const created = await connected.api.create(placed, kinds.analysisTemplate, { fieldManager: FIELD_MANAGER });
      expect(created['spec']).toEqual(object['spec']);
    }
  });
});
