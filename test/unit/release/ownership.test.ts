import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../../src/release/field-owners.ts';
import { remedyFor } from '../../../src/release/owner-remedy.ts';
import { adoptedBy, adoptionFindings, otherWriters, ownedFields } from '../../../src/release/ownership.ts';

const STEPS = { 'f:strategy': { 'f:canary': { 'f:steps': {} } } };
const container = (name: string, fields: object) => ({
  [`k:{"name":"${name}"}`]: { '.': {}, 'f:name': {}, ...fields },
});
const containers = (...of: readonly object[]) => ({
  'f:template': { 'f:spec': { 'f:containers': Object.assign({}, ...of) as object } },
});
const entry = (manager: string, spec: object, operation = 'Update', more: object = {}) => ({
  manager,
  operation,
  time: '2026-11-22T12:00:00Z',
  fieldsV1: { 'f:spec': spec },
  ...more,
});
const IMAGE = { 'f:image': {} };

/** As `kubectl apply` makes it. */
const byKubectl = entry('kubectl-client-side-apply', {
  ...containers(container('app', IMAGE), container('side', IMAGE)),
  ...STEPS,
});
/** The forced apply of an adoption: others keep the image, and lose the steps, which are changed. */
const byKubectlBeside = entry('kubectl-client-side-apply', {
  ...containers(container('app', IMAGE), container('side', IMAGE)),
  'f:strategy': {},
});
const byAdoption = entry('tidegate', { ...containers(container('app', IMAGE)), ...STEPS }, 'Apply');
/** After a release has written by JSON patch. */
const keptByAdoption = entry('tidegate', containers(container('app', {})), 'Apply');
const byRelease = entry('tidegate', {
  'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } },
  ...STEPS,
});

interface Rollout {
  readonly managedFields?: readonly object[];
  readonly isAdopted?: boolean;
  readonly spec?: object;
  readonly steps?: readonly object[] | undefined;
}

function rollout({ managedFields, isAdopted = false, spec = {}, steps = [{ setWeight: 20 }] }: Rollout) {
  return {
    metadata: {
      name: 'storefront',
      namespace: 'acme',
      ...(managedFields === undefined ? {} : { managedFields }),
      annotations: isAdopted ? { 'tidegate.dev/adopted': 'shop' } : {},
    },
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'side', image: 'side:v1' },
            { name: 'app', image: 'app:v1' },
          ],
          initContainers: [{ name: 'migrate', image: 'app:v1' }],
        },
      },
      strategy: { canary: { maxSurge: 1, steps } },
      ...spec,
    },
  };
}

const reasonsOf = (given: Rollout, names = ['app']) =>
  adoptionFindings(rollout(given), names).map(({ severity, reason, message }) => ({ severity, reason, message }));

describe('who owns a field', () => {
  const image = ['spec', 'template', 'spec', 'containers', { name: 'app' }, 'image'];

  it('is every manager that has it, with how it wrote', () => {
    expect(ownersOf([byKubectlBeside, byAdoption], image)).toEqual([
      { manager: 'kubectl-client-side-apply', operation: 'Update', time: '2026-11-22T12:00:00Z' },
      { manager: 'tidegate', operation: 'Apply', time: '2026-11-22T12:00:00Z' },
    ]);
  });

  it('is not one that has its item alone', () => {
    expect(ownersOf([keptByAdoption, byRelease], image).map(({ operation }) => operation)).toEqual(['Update']);
  });

  it('is one that has a list above it in one piece, as an old definition of Rollouts keeps containers', () => {
    const whole = entry('helm', { 'f:template': { 'f:spec': { 'f:containers': {} } } });
    expect(ownersOf([whole], image).map(({ manager }) => manager)).toEqual(['helm']);
  });

  it('is nobody of those who wrote the status, of another container or of nothing', () => {
    const ofStatus = entry('x', containers(container('app', IMAGE)), 'Update', { subresource: 'status' });
    expect(ownersOf([ofStatus, entry('y', containers(container('side', IMAGE))), {}], image)).toEqual([]);
    expect(ownersOf(undefined, image)).toEqual([]);
  });

  it('of an item is who owns its presence', () => {
    expect(ownersOf([byRelease, byKubectl], image.slice(0, -1)).map(({ manager }) => manager)).toEqual([
      'kubectl-client-side-apply',
    ]);
  });
});

describe('the fields of a release', () => {
  it('are images, of init containers too, and steps', () => {
    expect(ownedFields(rollout({}), ['app', 'migrate'])).toEqual([
      { name: 'image of app', path: ['spec', 'template', 'spec', 'containers', { name: 'app' }, 'image'] },
      { name: 'image of migrate', path: ['spec', 'template', 'spec', 'initContainers', { name: 'migrate' }, 'image'] },
      { name: 'canary steps', path: ['spec', 'strategy', 'canary', 'steps'] },
    ]);
  });

  it('without steps are the images alone', () => {
    const bare = rollout({ spec: { strategy: { canary: {} } } });
    expect(ownedFields(bare, ['app']).map(({ name }) => name)).toEqual(['image of app']);
  });
});

describe('a Rollout that others made', () => {
  it.each<[string, Rollout]>([
    ['was adopted', { managedFields: [byKubectlBeside, byAdoption], isAdopted: true }],
    ['was adopted and released', { managedFields: [byKubectlBeside, keptByAdoption, byRelease], isAdopted: true }],
    [
      'was taken back to having no steps, which nobody owns',
      {
        managedFields: [byKubectlBeside, keptByAdoption, entry('tidegate', containers(container('app', IMAGE)))],
        isAdopted: true,
        spec: { strategy: { canary: { maxSurge: 1 } } },
      },
    ],
    [
      'has been taken over from a Deployment, all of its template ours',
      {
        managedFields: [
          entry('tidegate', { ...containers(container('app', IMAGE), container('side', IMAGE)), ...STEPS }),
        ],
        isAdopted: true,
      },
    ],
  ])('may be released into when it %s', (_, given) => {
    expect(reasonsOf(given)).toEqual([]);
  });

  it.each<[string, Rollout, string, string]>([
    [
      'never adopted, names its maker and what keeps it off',
      { managedFields: [byKubectl] },
      'NotAdopted',
      'image of app, canary steps of the Rollout storefront: owned by kubectl-client-side-apply, which may put it back; apply its manifest with --server-side --force-conflicts, without image and steps: kubectl apply puts back what it says; then run tidegate adopt storefront -n acme --prove',
    ],
    [
      'adopted and written by somebody since, names who',
      { managedFields: [keptByAdoption, byRelease, byKubectl].with(1, entry('tidegate', STEPS)), isAdopted: true },
      'ForeignWriter',
      'image of app of the Rollout storefront: kubectl-client-side-apply has written it since it was adopted; apply its manifest with --server-side --force-conflicts, without image and steps: kubectl apply puts back what it says; then run tidegate adopt storefront -n acme --prove',
    ],
    [
      'whose owners were wiped out, belongs to nobody',
      { managedFields: [], isAdopted: true },
      'NotAdopted',
      'image of app, canary steps of the Rollout storefront: nobody owns it, run tidegate adopt storefront -n acme --prove',
    ],
    [
      'with a blueGreen strategy, is refused by name',
      { managedFields: [byKubectl], spec: { strategy: { blueGreen: { activeService: 'a' } } } },
      'BlueGreen',
      'the Rollout storefront is blue-green: Tidegate releases by canary, change its strategy first',
    ],
    [
      'with a workloadRef, is taken over first',
      { spec: { template: undefined, workloadRef: { kind: 'Deployment', name: 'storefront' } } },
      'WorkloadRef',
      'the Rollout storefront takes its template from Deployment storefront: run tidegate adopt storefront -n acme --prove to take it over',
    ],
    [
      'with a rollbackWindow, would skip gates',
      { managedFields: [byAdoption], isAdopted: true, spec: { rollbackWindow: { revisions: 3 } } },
      'RollbackWindow',
      'the Rollout storefront has a rollbackWindow: a release to a version it ran before would skip its steps, remove spec.rollbackWindow',
    ],
    [
      'whose owner renamed the container, is not released as two',
      {
        managedFields: [byAdoption, entry('argocd-controller', containers(container('side', IMAGE)), 'Apply')],
        isAdopted: true,
      },
      'AbandonedContainer',
      'container app of the Rollout storefront is kept by Tidegate alone, its owner dropped or renamed it: remove it there, and correct source.existing.containers',
    ],
  ])('%s', (_, given, reason, message) => {
    expect(reasonsOf(given)).toEqual([{ severity: 'error', reason, message }]);
  });

  it('of an adoption that was broken off, is not adopted', () => {
    expect(reasonsOf({ managedFields: [byKubectlBeside, byAdoption] })).toEqual([
      {
        severity: 'error',
        reason: 'NotAdopted',
        message:
          'the Rollout storefront: its adoption was not brought to its end, run tidegate adopt storefront -n acme --prove',
      },
    ]);
  });

  it('without the container, says which it has', () => {
    expect(reasonsOf({ managedFields: [byAdoption] }, ['web'])).toEqual([
      {
        severity: 'error',
        reason: 'ContainerMissing',
        message:
          'the Rollout storefront has no container web, it has side, app, migrate: correct source.existing.containers',
      },
    ]);
  });

  it('adopted or not, has writers who may put back what a release wrote', () => {
    const after = rollout({ managedFields: [byKubectlBeside, keptByAdoption, byRelease], isAdopted: true });
    expect(otherWriters(after, ['app'])).toEqual([
      {
        severity: 'warning',
        reason: 'OtherWriter',
        message:
          'kubectl-client-side-apply also writes containers of the Rollout storefront: apply its manifest with --server-side --force-conflicts, without image and steps: kubectl apply puts back what it says',
      },
    ]);
    expect(otherWriters(rollout({ managedFields: [keptByAdoption, byRelease] }), ['app'])).toEqual([]);
  });

  it('says by which workload it was adopted', () => {
    expect(adoptedBy(rollout({ isAdopted: true }))).toBe('shop');
    expect(adoptedBy(rollout({}))).toBeNull();
  });
});

describe('the remedy', () => {
  it.each([
    ['argocd-controller', 'managedFieldsManagers: [tidegate]'],
    ['argocd-controller', 'RespectIgnoreDifferences=true'],
    ['kustomize-controller', 'Flux'],
    ['helm', 'upgrade the chart'],
    ['helm-controller', 'upgrade the chart'],
    ['Helm', 'upgrade the chart'],
    ['kubectl-edit', 'by hand'],
    ['kubectl-client-side-apply', '--server-side'],
    ['keel', 'let keel leave'],
  ])('for %s names %s', (manager, words) => {
    expect(remedyFor(manager)).toContain(words);
  });
});
