import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/workload.ts';
import { canonicalJson } from '../../../src/manifests/canonical-json.ts';
import { stampOwnership } from '../../../src/manifests/labels.ts';
import { type RenderInput, renderTarget } from '../../../src/manifests/render-target.ts';
import { toYaml } from '../../../src/manifests/to-yaml.ts';
import { planned, release, workload } from '../planning/storefront.ts';

const render: RenderInput = {
  workload,
  release: 'storefront-4.12.0',
  wave: 'business',
  namespace: 'globex',
  rollout: 'storefront',
  tier: 'business',
  owner: { kind: 'tenant', name: 'globex' },
  replicas: 2,
  weights: [10, 50],
  template: { spec: {} },
  guard: { kind: 'guard', spec: { args: [], metrics: [] } },
};

const canaryOf = (parts: Partial<RenderInput>): JsonObject => {
  const { rollout } = renderTarget({ ...render, ...parts });
  return ((rollout['spec'] as JsonObject)['strategy'] as JsonObject)['canary'] as JsonObject;
};

const kindsOf = (parts: Partial<RenderInput>) =>
  renderTarget({ ...render, ...parts }).support.map((object) => object['kind']);

describe('renderTarget', () => {
  it('pauses without end after each weight', () => {
    expect(canaryOf({})['steps']).toEqual([{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }]);
  });

  it('no weights, no steps: an empty list would be one step of nothing', () => {
    expect(Object.keys(canaryOf({ weights: [] }))).not.toContain('steps');
  });

  it.each([
    [1, 0],
    [2, 1],
    [10, 1],
  ])('with %i replicas %i may be unavailable', (replicas, expected) => {
    expect(canaryOf({ replicas })).toMatchObject({ maxSurge: '25%', maxUnavailable: expected });
  });

  it('names a guard only where there is one', () => {
    expect(canaryOf({})['analysis']).toEqual({
      templates: [{ templateName: 'storefront-guard' }],
      args: [{ name: 'latest-hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
    });
    const guard = { kind: 'none', reason: 'NoSlo', message: '' } as const;
    expect(Object.keys(canaryOf({ guard }))).not.toContain('analysis');
    expect(kindsOf({ guard })).toEqual(['Service', 'PodDisruptionBudget']);
  });

  it('a workload without ports has no Service', () => {
    const silent = { ...workload, source: { ...workload.source, ports: [] } };
    expect(kindsOf({ workload: silent })).toEqual(['AnalysisTemplate', 'PodDisruptionBudget']);
  });

  it('a Service is the same for every release, so that it is written once', () => {
    const service = (parts: Partial<RenderInput>) => renderTarget({ ...render, ...parts }).support[1];
    expect(service({ release: 'storefront-5', wave: 'rest' })).toEqual(service({}));
  });

  it('labels a pool as a pool', () => {
    const { rollout } = renderTarget({ ...render, owner: { kind: 'pool', name: 'free-eu' } });
    const labels = (rollout['metadata'] as JsonObject)['labels'] as JsonObject;
    expect(labels).toMatchObject({ 'tidegate.dev/pool': 'free-eu', 'tidegate.dev/wave': 'business' });
    expect(Object.keys(labels)).not.toContain('tidegate.dev/tenant');
  });
});

describe('rendered bytes', () => {
  const texts = Object.values(planned().manifests);

  it('are canonical JSON', () => {
    for (const text of texts) expect(text).toBe(canonicalJson(JSON.parse(text)));
  });

  it('a pod template knows neither release nor wave: two releases of one version have one pod hash', () => {
    const templates = (name: string) =>
      Object.values(planned({ release: { ...release, name } }).manifests)
        .map((text) => JSON.parse(text))
        .filter((object) => object.kind === 'Rollout')
        .map((object) => canonicalJson(object.spec.template))
        .sort();
    expect(templates('one')).toEqual(templates('two'));
    expect(templates('one').join()).not.toContain('tidegate.dev');
  });

  it('make no namespace', () => {
    expect(texts.map((text) => JSON.parse(text).kind)).not.toContain('Namespace');
  });
});

describe('stampOwnership', () => {
  it('adds the labels that the hash cannot cover, and changes nothing else', () => {
    const { rollout } = renderTarget(render);
    const stamped = stampOwnership(rollout, { release: 'r', planHash: 'abcdef0123456789ffff', wave: 'w' });
    expect(stamped['spec']).toBe(rollout['spec']);
    expect((stamped['metadata'] as JsonObject)['labels']).toEqual({
      ...((rollout['metadata'] as JsonObject)['labels'] as JsonObject),
      'tidegate.dev/plan': 'abcdef0123456789',
      'tidegate.dev/release': 'r',
      'tidegate.dev/wave': 'w',
    });
  });

  it('works on an object without labels', () => {
    const stamped = stampOwnership({ kind: 'X' }, { release: 'r', planHash: 'a', wave: 'w' });
    expect(stamped['metadata']).toEqual({
      labels: { 'tidegate.dev/plan': 'a', 'tidegate.dev/release': 'r', 'tidegate.dev/wave': 'w' },
    });
  });
});

describe('toYaml', () => {
  it('quotes what a YAML 1.1 reader would take for something else', () => {
    const shared = { b: 'on' };
    const yaml = toYaml([
      { a: 'yes', time: '12:30', number: '010', plain: 'text', one: shared, two: shared },
      { c: 1 },
    ]);
    expect(yaml).toBe(
      'a: "yes"\ntime: "12:30"\nnumber: "010"\nplain: text\none:\n  b: "on"\ntwo:\n  b: "on"\n---\nc: 1\n',
    );
  });
});
