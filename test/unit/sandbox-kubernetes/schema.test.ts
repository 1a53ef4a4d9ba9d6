import { describe, expect, test } from 'vitest';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject, ResourceKind } from '../../../src/ports/kubernetes-api.ts';
import type { Store } from '../../../src/sandbox/kubernetes/store.ts';
import { newStore, refusalOf, rollout, rolloutRef, service, us } from './sandbox-objects.ts';

const widget: ResourceKind = {
  group: 'example.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

const widgetSpec = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 10 },
    ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
    color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
    code: { type: 'string', pattern: '^[a-z]+$', maxLength: 5, minLength: 2 },
    surge: { 'x-kubernetes-int-or-string': true },
    at: { type: 'string', format: 'date-time' },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2, 'x-kubernetes-list-type': 'set' },
    note: { type: 'string', nullable: true },
    source: {
      type: 'object',
      properties: { git: { type: 'string' }, file: { type: 'string' } },
      oneOf: [{ required: ['git'] }, { required: ['file'] }],
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    byName: { type: 'object', additionalProperties: { type: 'integer' } },
    plan: {
      type: 'object',
      properties: { hash: { type: 'string' } },
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a plan never changes' }],
    },
  },
};

function definition(spec: object, rules: object = {}): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.dev' },
    spec: {
      group: 'example.dev',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec }, ...rules } },
        },
      ],
    },
  };
}

function storeWithWidgets(): Store {
  const store = newStore();
  store.create(definition(widgetSpec), kinds.customResourceDefinition, us);
  return store;
}

function widgetOf(spec: object): KubernetesObject {
  return { apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' }, spec };
}

const ref = { kind: widget, namespace: 'default', name: 'w' };

/** All but the word that the rules were not looked at. */
function isOfTheSchema({ field }: { readonly field: string }): boolean {
  return field !== '<nil>';
}

describe('a schema refuses, with 422 and the path', () => {
  test.each([
    { title: 'a missing field', spec: {}, reason: 'FieldValueRequired', field: 'spec.size' },
    { title: 'a wrong type', spec: { size: '3' }, reason: 'FieldValueTypeInvalid', field: 'spec.size' },
    { title: 'a fraction for an integer', spec: { size: 1.5 }, reason: 'FieldValueTypeInvalid', field: 'spec.size' },
    { title: 'a number below the minimum', spec: { size: 0 }, reason: 'FieldValueInvalid', field: 'spec.size' },
    { title: 'a number above the maximum', spec: { size: 11 }, reason: 'FieldValueInvalid', field: 'spec.size' },
    { title: 'an exclusive minimum', spec: { size: 1, ratio: 0 }, reason: 'FieldValueInvalid', field: 'spec.ratio' },
    {
      title: 'a value outside the enum',
      spec: { size: 1, color: 'green' },
      reason: 'FieldValueNotSupported',
      field: 'spec.color',
    },
    {
      title: 'text that does not match',
      spec: { size: 1, code: 'A1' },
      reason: 'FieldValueInvalid',
      field: 'spec.code',
    },
    {
      title: 'text that is too long',
      spec: { size: 1, code: 'abcdef' },
      reason: 'FieldValueTooLong',
      field: 'spec.code',
    },
    {
      title: 'a fraction for int-or-string',
      spec: { size: 1, surge: 0.5 },
      reason: 'FieldValueTypeInvalid',
      field: 'spec.surge',
    },
    { title: 'a time that is none', spec: { size: 1, at: 'soon' }, reason: 'FieldValueInvalid', field: 'spec.at' },
    {
      title: 'too many items',
      spec: { size: 1, tags: ['a', 'b', 'c'] },
      reason: 'FieldValueTooMany',
      field: 'spec.tags',
    },
    {
      title: 'a set with a double',
      spec: { size: 1, tags: ['a', 'a'] },
      reason: 'FieldValueDuplicate',
      field: 'spec.tags[1]',
    },
    {
      title: 'a wrong type inside a list',
      spec: { size: 1, tags: [3] },
      reason: 'FieldValueTypeInvalid',
      field: 'spec.tags[0]',
    },
    {
      title: 'none of the alternatives',
      spec: { size: 1, source: {} },
      reason: 'FieldValueInvalid',
      field: 'spec.source',
    },
    {
      title: 'two alternatives at once',
      spec: { size: 1, source: { git: 'a', file: 'b' } },
      reason: 'FieldValueInvalid',
      field: 'spec.source',
    },
    {
      title: 'a wrong value in a map',
      spec: { size: 1, byName: { a: 'x' } },
      reason: 'FieldValueTypeInvalid',
      field: 'spec.byName.a',
    },
  ])('$title', ({ spec, reason, field }) => {
    const refusal = refusalOf(() => storeWithWidgets().create(widgetOf(spec), widget, us));
    expect(refusal).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(refusal.causes.filter(isOfTheSchema)).toEqual([expect.objectContaining({ reason, field })]);
  });

  test('every fault at once', () => {
    const refusal = refusalOf(() => storeWithWidgets().create(widgetOf({ color: 'green', code: 'A' }), widget, us));
    const fields = refusal.causes.map((cause) => cause.field);
    expect(fields).toEqual(['spec.color', 'spec.code', 'spec.code', 'spec.size', '<nil>']);
  });

  test.each([
    ['a missing field', {}, true],
    ['a value outside the enum', { size: 1, color: 'green' }, true],
    ['a pattern', { size: 1, code: 'A1' }, false],
  ])('after %s (%j) it says that rules were not looked at: %s', (_, spec, said) => {
    const refusal = refusalOf(() => storeWithWidgets().create(widgetOf(spec), widget, us));
    expect(refusal.causes.some(({ field }) => field === '<nil>')).toBe(said);
  });
});

describe('a schema', () => {
  test('fills defaults, keeps free objects and allowed nulls', () => {
    const spec = { size: 1, surge: '25%', free: { a: { b: 1 } }, note: null, source: { git: 'x' } };
    const created = storeWithWidgets().create(widgetOf(spec), widget, us);
    expect(created['spec']).toEqual({ ...spec, color: 'red' });
  });

  test('takes null for absent where it is not allowed', () => {
    expect(storeWithWidgets().create(widgetOf({ size: 1, code: null }), widget, us)['spec']).toEqual({
      size: 1,
      color: 'red',
    });
  });

  test('refuses null for what is required', () => {
    const refusal = refusalOf(() => storeWithWidgets().create(widgetOf({ size: null }), widget, us));
    expect(refusal).toMatchObject({ code: 422, causes: [{ reason: 'FieldValueRequired', field: 'spec.size' }, {}] });
  });

  test('refuses an unknown field by name under strict validation', () => {
    const refusal = refusalOf(() => storeWithWidgets().create(widgetOf({ size: 1, sise: 2 }), widget, us));
    expect(refusal).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(refusal.message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.sise"',
    );
  });

  test('prunes an unknown field and tells it when asked to warn', () => {
    const told: string[] = [];
    const write = {
      ...us,
      fieldValidation: 'Warn',
      onUnknownFields: (paths: readonly string[]) => told.push(...paths),
    } as const;
    const created = storeWithWidgets().create(widgetOf({ size: 1, sise: 2 }), widget, write);
    expect(created['spec']).toEqual({ size: 1, color: 'red' });
    expect(told).toEqual(['spec.sise']);
  });

  test('refuses the change of what is immutable, and allows all else', () => {
    const store = storeWithWidgets();
    store.create(widgetOf({ size: 1, plan: { hash: 'a' } }), widget, us);
    store.mergePatch(ref, { spec: { size: 2 } }, us);
    const refusal = refusalOf(() => store.mergePatch(ref, { spec: { plan: { hash: 'b' } } }, us));
    expect(refusal).toMatchObject({ code: 422, causes: [{ field: 'spec.plan' }] });
    expect(refusal.message).toContain('a plan never changes');
  });

  test('with a rule that would not be evaluated is refused', () => {
    const spec = { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.a > 1' }] };
    const refusal = refusalOf(() => newStore().create(definition(spec), kinds.customResourceDefinition, us));
    expect(refusal).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(refusal.message).toContain('self.a > 1');
  });

  test('that is registered is established, and its kind goes with it', () => {
    const store = storeWithWidgets();
    store.create(widgetOf({ size: 1 }), widget, us);
    const crd = { kind: kinds.customResourceDefinition, namespace: null, name: 'widgets.example.dev' };
    expect(store.get(crd)?.['status']).toMatchObject({
      conditions: [{ type: 'NamesAccepted' }, { type: 'Established' }],
    });
    store.delete(crd);
    expect(refusalOf(() => store.get(ref))).toMatchObject({ code: 404, reason: 'NotFound' });
  });

  test('of a changed definition counts from then on', () => {
    const store = storeWithWidgets();
    store.mergePatch(
      { kind: kinds.customResourceDefinition, namespace: null, name: 'widgets.example.dev' },
      {
        spec: definition({ ...widgetSpec, properties: { ...widgetSpec.properties, more: { type: 'string' } } })['spec'],
      },
      us,
    );
    expect(store.create(widgetOf({ size: 1, more: 'x' }), widget, us)['spec']).toMatchObject({ more: 'x' });
  });
});

describe('the kinds of Argo Rollouts and of the core', () => {
  test('the selector of a Rollout is immutable', () => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const refusal = refusalOf(() =>
      store.mergePatch(rolloutRef(), { spec: { selector: { matchLabels: { a: 'b' } } } }, us),
    );
    expect(refusal).toMatchObject({ code: 422, causes: [{ field: 'spec.selector' }] });
  });

  test('a step with a misspelt key is refused by name', () => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const refusal = refusalOf(() =>
      store.mergePatch(rolloutRef(), { spec: { strategy: { canary: { steps: [{ setWeigth: 10 }] } } } }, us),
    );
    expect(refusal).toMatchObject({ code: 422, reason: 'Invalid', causes: [{ field: 'patch' }] });
    expect(refusal.message).toContain('strict decoding error: unknown field "spec.strategy.canary.steps[0].setWeigth"');
  });

  test('a Service gets its defaults', () => {
    const created = newStore().create(service(), kinds.service, us);
    expect(created['spec']).toMatchObject({ type: 'ClusterIP', ports: [{ port: 80, protocol: 'TCP' }] });
  });

  test('a Service with a misspelt field is refused', () => {
    const object = { ...service(), spec: { selektor: {} } };
    expect(refusalOf(() => newStore().create(object, kinds.service, us)).message).toContain('"spec.selektor"');
  });

  test('a wrong type in a built-in kind cannot be read at all', () => {
    const refusal = refusalOf(() => newStore().create(service([{ port: 'x' }]), kinds.service, us));
    expect(refusal).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(refusal.message).toContain('spec.ports[0].port in body must be of type integer');
  });

  test('a Lease is replaced only under the version that was read', () => {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'leader', namespace: 'default' },
      spec: { holderIdentity: 'a', leaseDurationSeconds: 15 },
    };
    const store = newStore();
    const created = store.create(lease, kinds.lease, us);
    const taken = { ...created, spec: { holderIdentity: 'b', leaseDurationSeconds: 15 } };
    expect(refusalOf(() => store.update(lease, kinds.lease, us))).toMatchObject({ code: 422, reason: 'Invalid' });
    expect(store.update(taken, kinds.lease, us)['spec']).toMatchObject({ holderIdentity: 'b' });
    expect(refusalOf(() => store.update(taken, kinds.lease, us))).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('a Lease of zero seconds is refused', () => {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'leader', namespace: 'default' },
      spec: { leaseDurationSeconds: 0 },
    };
    expect(refusalOf(() => newStore().create(lease, kinds.lease, us))).toMatchObject({
      code: 422,
      causes: [{ field: 'spec.leaseDurationSeconds' }],
    });
  });

  test('two containers of one name are refused', () => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const twice = [
      { name: 'app', image: 'a' },
      { name: 'app', image: 'b' },
    ];
    const refusal = refusalOf(() =>
      store.mergePatch(rolloutRef(), { spec: { template: { spec: { containers: twice } } } }, us),
    );
    expect(refusal.causes).toEqual([expect.objectContaining({ reason: 'FieldValueDuplicate' })]);
  });
});
