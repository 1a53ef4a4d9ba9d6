import { describe, expect, test } from 'vitest';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../../src/ports/kubernetes-api.ts';
import { containerOf, newStore, refusalOf, rollout, rolloutRef, service, us } from './sandbox-objects.ts';

const forced = { ...us, force: true };
const unforced = { ...us, force: false };

/** A configuration with the template alone: an image, variables and labels. */
function configuration(image: string, env: Record<string, string>, labels?: Record<string, string>): KubernetesObject {
  const whole = rollout({ image, env, ...(labels === undefined ? {} : { labels }) });
  const { template } = whole['spec'] as { template: unknown };
  return { ...whole, spec: { template } };
}

function ownersOf(object: KubernetesObject): string[] {
  const entries = object.metadata.managedFields as { manager: string; operation: string; subresource?: string }[];
  return entries.map(({ manager, operation, subresource }) =>
    [manager, operation, subresource].filter(Boolean).join(' '),
  );
}

describe('server-side apply', () => {
  test('creates what is not there, owned by who applied it', () => {
    const applied = newStore().apply(rollout(), kinds.rollout, unforced);
    expect(ownersOf(applied)).toEqual(['tidegate Apply']);
    expect(applied.metadata.generation).toBe(1);
  });

  test('of the same configuration changes nothing, not even the version', () => {
    const store = newStore();
    const first = store.apply(rollout({ env: { A: '1' } }), kinds.rollout, unforced);
    expect(store.apply(rollout({ env: { A: '1' } }), kinds.rollout, unforced)).toBe(first);
  });

  test('removes what the manager applied before and now leaves out', () => {
    const store = newStore();
    store.apply(configuration('a:1', { A: '1', B: '2' }, { x: 'y' }), kinds.rollout, unforced);
    const applied = store.apply(configuration('a:2', { B: '3' }), kinds.rollout, unforced);
    expect(containerOf(applied)).toEqual({ image: 'a:2', env: { B: '3' } });
    expect(applied.metadata.labels).toBeUndefined();
  });

  test('keeps what others own, also inside a list of ours', () => {
    const store = newStore();
    store.apply(configuration('a:1', { A: '1' }), kinds.rollout, unforced);
    store.apply(configuration('a:1', { HAND: 'x' }), kinds.rollout, { fieldManager: 'person', force: false });
    const applied = store.apply(configuration('a:2', {}), kinds.rollout, forced);
    expect(containerOf(applied)).toEqual({ image: 'a:2', env: { HAND: 'x' } });
  });

  test("a stranger's edit inside the template survives a forced apply", () => {
    const store = newStore();
    store.apply(configuration('a:1', { A: '1' }), kinds.rollout, unforced);
    store.jsonPatch(
      rolloutRef(),
      [{ op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'DEBUG', value: '1' } }],
      { fieldManager: 'kubectl-edit' },
    );
    const applied = store.apply(configuration('a:1', { A: '1' }), kinds.rollout, forced);
    expect(containerOf(applied).env).toEqual({ A: '1', DEBUG: '1' });
  });

  test('a field written by JSON patch and then applied by the same manager has two owners: it comes back', () => {
    const store = newStore();
    store.create(rollout({ image: 'a:1', env: { OLD: '1' } }), kinds.rollout, us);
    store.apply(configuration('a:1', { OLD: '1' }), kinds.rollout, unforced);
    const applied = store.apply(configuration('a:1', {}), kinds.rollout, unforced);
    expect(containerOf(applied).env).toEqual({ OLD: '1' });
    expect(ownersOf(applied)).toEqual(['tidegate Update', 'tidegate Apply']);
  });

  test('a field written by JSON patch and then applied differently by the same manager conflicts with itself', () => {
    const store = newStore();
    store.create(rollout({ image: 'a:1' }), kinds.rollout, us);
    const refusal = refusalOf(() => store.apply(configuration('a:2', {}), kinds.rollout, unforced));
    expect(refusal).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(refusal.causes).toEqual([
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "tidegate" using argoproj.io/v1alpha1',
        field: '.spec.template.spec.containers[name="app"].image',
      },
    ]);
  });

  test('names every manager and field of a conflict, and takes them over by force', () => {
    const store = newStore();
    store.apply(rollout({ image: 'a:1' }), kinds.rollout, unforced);
    const other = { fieldManager: 'person', force: false };
    const theirs = {
      ...rollout({ image: 'a:2' }),
      spec: { ...(rollout({ image: 'a:2' })['spec'] as object), replicas: 30 },
    };
    const refusal = refusalOf(() => store.apply(theirs, kinds.rollout, other));
    expect(refusal.causes.map((cause) => cause.field)).toEqual([
      '.spec.replicas',
      '.spec.template.spec.containers[name="app"].image',
    ]);
    const taken = store.apply(theirs, kinds.rollout, { ...other, force: true });
    expect((taken['spec'] as { replicas: number }).replicas).toBe(30);
    expect(refusalOf(() => store.apply(rollout({ image: 'a:1' }), kinds.rollout, unforced)).code).toBe(409);
  });

  test('the same value may have two owners, and stays while one of them applies it', () => {
    const store = newStore();
    const other = { fieldManager: 'person', force: false };
    store.apply(configuration('a:1', { A: '1' }), kinds.rollout, unforced);
    store.apply(configuration('a:1', { A: '1' }), kinds.rollout, other);
    expect(containerOf(store.apply(configuration('a:1', {}), kinds.rollout, unforced)).env).toEqual({ A: '1' });
    expect(containerOf(store.apply(configuration('a:1', {}), kinds.rollout, other)).env).toEqual({});
  });

  test('dropping replicas from an apply that owned it deletes the field', () => {
    const store = newStore();
    store.apply(rollout(), kinds.rollout, unforced);
    const { replicas: _replicas, ...rest } = rollout()['spec'] as Record<string, unknown>;
    const applied = store.apply({ ...rollout(), spec: rest }, kinds.rollout, unforced);
    expect(applied['spec']).not.toHaveProperty('replicas');
  });

  test('the selector of a Service conflicts as a whole, and by force loses what the controller added', () => {
    const store = newStore();
    store.apply(service(), kinds.service, unforced);
    const selector = { app: 'storefront', 'rollouts-pod-template-hash': 'abc' };
    store.mergePatch(
      { kind: kinds.service, namespace: 'default', name: 'storefront' },
      { spec: { selector } },
      {
        fieldManager: 'rollouts-controller',
      },
    );
    const refusal = refusalOf(() => store.apply(service(), kinds.service, unforced));
    expect(refusal.causes.map((cause) => cause.field)).toEqual(['.spec.selector']);
    expect(store.apply(service(), kinds.service, forced)['spec']).toMatchObject({ selector: { app: 'storefront' } });
  });

  test('ports merge by port and protocol, TCP when left out', () => {
    const store = newStore();
    store.apply(service([{ port: 80, name: 'http' }]), kinds.service, unforced);
    const applied = store.apply(
      service([
        { port: 443, name: 'https' },
        { port: 80, protocol: 'TCP', name: 'web' },
      ]),
      kinds.service,
      unforced,
    );
    expect((applied['spec'] as { ports: unknown }).ports).toEqual([
      { port: 443, name: 'https', protocol: 'TCP' },
      { port: 80, name: 'web', protocol: 'TCP' },
    ]);
  });

  test('an atomic list is owned as a whole', () => {
    const store = newStore();
    store.apply(rollout(), kinds.rollout, unforced);
    const steps = { ...rollout(), spec: { strategy: { canary: { steps: [{ setWeight: 50 }] } } } };
    const refusal = refusalOf(() => store.apply(steps, kinds.rollout, { fieldManager: 'person', force: false }));
    expect(refusal.causes.map((cause) => cause.field)).toEqual(['.spec.strategy.canary.steps']);
  });

  test('a stale resourceVersion is refused even by force', () => {
    const store = newStore();
    store.apply(rollout(), kinds.rollout, unforced);
    const stale = { ...rollout(), metadata: { name: 'storefront', namespace: 'default', resourceVersion: '1' } };
    expect(refusalOf(() => store.apply(stale, kinds.rollout, forced))).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('ignores a status where it is a subresource', () => {
    const applied = newStore().apply({ ...rollout(), status: { abort: true } }, kinds.rollout, unforced);
    expect(applied['status']).toBeUndefined();
    expect(JSON.stringify(applied.metadata.managedFields)).not.toContain('f:status');
  });

  test('moving an item is no change of what it holds', () => {
    const store = newStore();
    const containers = (...names: string[]) => ({
      ...rollout(),
      spec: { template: { spec: { containers: names.map((name) => ({ name, image: name, args: ['x'] })) } } },
    });
    store.apply(containers('app', 'side'), kinds.rollout, unforced);
    store.apply(containers('side', 'app'), kinds.rollout, { fieldManager: 'person', force: false });
    const applied = store.apply(containers('side'), kinds.rollout, unforced);
    expect(ownersOf(applied)).toEqual(['person Apply', 'tidegate Apply']);
  });

  test('an item goes with its last owner, and with it what others own only inside', () => {
    const store = newStore();
    const side = { name: 'side', image: 's:1' };
    const withSide = { ...rollout(), spec: { template: { spec: { containers: [{ name: 'app' }, side] } } } };
    store.apply(withSide, kinds.rollout, unforced);
    store.jsonPatch(rolloutRef(), [{ op: 'add', path: '/spec/template/spec/containers/1/args', value: ['--debug'] }], {
      fieldManager: 'person',
    });
    const applied = store.apply(configuration('a:1', {}), kinds.rollout, unforced);
    expect(JSON.stringify(applied['spec'])).not.toContain('side');
    expect(ownersOf(applied)).toEqual(['tidegate Apply']);
  });

  test('an empty list of items owns nothing, an empty map owns itself', () => {
    const object = { ...rollout(), spec: { strategy: {}, template: { spec: { containers: [] } } } };
    const applied = newStore().apply(object, kinds.rollout, unforced);
    expect(applied.metadata.managedFields).toMatchObject([{ fieldsV1: { 'f:spec': { 'f:strategy': {} } } }]);
    expect(JSON.stringify(applied.metadata.managedFields)).not.toContain('f:template');
  });

  test('an apply that leaves an empty map where it had members is refused, as by the real server', () => {
    const store = newStore();
    store.apply(rollout(), kinds.rollout, unforced);
    const refusal = refusalOf(() => store.apply({ ...rollout(), spec: {} }, kinds.rollout, unforced));
    expect(refusal).toMatchObject({ code: 422, causes: [{ reason: 'FieldValueTypeInvalid', field: 'spec' }] });
  });

  test.each([
    { title: 'an unknown field', spec: { foo: 1 }, says: '.spec.foo: field not declared in schema' },
    { title: 'a wrong type', spec: { replicas: 'x' }, says: '.spec.replicas: Invalid value: "string"' },
  ])('answers 500 for $title, as the real server does', ({ spec, says }) => {
    const store = newStore();
    const refusal = refusalOf(() => store.apply({ ...rollout(), spec }, kinds.rollout, forced));
    expect(refusal).toMatchObject({ code: 500, reason: '' });
    expect(refusal.message).toContain(
      `failed to create typed patch object (default/storefront; argoproj.io/v1alpha1, Kind=Rollout): ${says}`,
    );
  });

  test('tells several conflicts line by line', () => {
    const store = newStore();
    store.apply(rollout(), kinds.rollout, unforced);
    const theirs = { ...rollout(), spec: { replicas: 9, strategy: { canary: { steps: [] } } } };
    const refusal = refusalOf(() => store.apply(theirs, kinds.rollout, { fieldManager: 'person', force: false }));
    expect(refusal.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "tidegate" using argoproj.io/v1alpha1:\n- .spec.replicas\n- .spec.strategy.canary.steps',
    );
  });

  test('needs a field manager', () => {
    const refusal = refusalOf(() => newStore().apply(rollout(), kinds.rollout, { fieldManager: '', force: true }));
    expect(refusal).toMatchObject({ code: 422, causes: [{ field: 'fieldManager' }] });
  });
});

describe('ownership of updates', () => {
  test('a status patch is owned apart from the spec', () => {
    const store = newStore();
    store.create(rollout(), kinds.rollout, us);
    const patched = store.mergePatch(rolloutRef(), { status: { abort: true } }, { ...us, subresource: 'status' });
    expect(ownersOf(patched)).toEqual(['tidegate Update', 'tidegate Update status']);
  });

  test('what is new is owned with the maps and lists around it, what is applied by its leaves alone', () => {
    const labels = (object: KubernetesObject) =>
      (object.metadata.managedFields as { fieldsV1: { 'f:metadata': { 'f:labels': unknown } } }[])[0]?.fieldsV1[
        'f:metadata'
      ]['f:labels'];
    const object = rollout({ labels: { a: '1' } });
    expect(labels(newStore().create(object, kinds.rollout, us))).toEqual({ '.': {}, 'f:a': {} });
    expect(labels(newStore().apply(object, kinds.rollout, unforced))).toEqual({ 'f:a': {} });
  });

  test('who changes a leaf takes it from its owner, and nobody owns what is gone', () => {
    const store = newStore();
    store.create(rollout({ labels: { a: '1', b: '2' } }), kinds.rollout, us);
    const patched = store.mergePatch(
      rolloutRef(),
      { metadata: { labels: { a: '3', b: null } } },
      { fieldManager: 'person' },
    );
    const byManager = new Map(
      (patched.metadata.managedFields as { manager: string; fieldsV1: object }[]).map((entry) => [
        entry.manager,
        JSON.stringify(entry.fieldsV1),
      ]),
    );
    expect(byManager.get('person')).toBe('{"f:metadata":{"f:labels":{"f:a":{}}}}');
    expect(byManager.get('tidegate')).not.toMatch(/"f:[ab]":/);
  });
});
