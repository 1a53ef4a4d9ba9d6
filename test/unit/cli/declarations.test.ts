import { beforeEach, describe, expect, it } from 'vitest';
import { readFiles } from '../../../src/adapters/files/read-files.ts';
import { checkDeclarations, writeDeclarations } from '../../../src/cli/declarations.ts';
import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import type { InputFile } from '../../../src/config/yaml-documents.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { kinds } from '../../../src/ports/kinds.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import { createVirtualClock } from '../../../src/sandbox/clock/virtual-clock.ts';
import { createInProcessApi, type InProcessApi } from '../../../src/sandbox/kubernetes/in-process-api.ts';
import { createStore } from '../../../src/sandbox/kubernetes/store.ts';

const NAMESPACE = 'tidegate-system';
const FLEET = ['waves/fleet.yaml', 'waves/storefront.yaml', 'waves/quick.yaml', 'waves/saas-tiers.yaml'];
const write = { fieldManager: 'kubectl', force: true };
let hub: InProcessApi;
let files: readonly InputFile[];

beforeEach(async () => {
  const clock = createVirtualClock();
  hub = createInProcessApi(createStore({ clock, cluster: 'hub' }));
  await install(hub, clock, installedObjects(NAMESPACE));
  files = await readFiles(FLEET);
});

async function applied(given: readonly InputFile[]): Promise<Readonly<Record<string, readonly string[]>>> {
  const { changes } = await checkDeclarations(hub, NAMESPACE, given);
  await writeDeclarations(hub, changes);
  const outcomes = Map.groupBy(changes, ({ outcome }) => outcome);
  return Object.fromEntries(
    [...outcomes].map(([outcome, all]) => [outcome, all.map(({ kind, name }) => `${kind}/${name}`)]),
  );
}

function edited(path: string, from: string, to: string): readonly InputFile[] {
  return files.map((file) => (file.path === path ? { path, text: file.text.replace(from, to) } : file));
}

async function versionOf(api: KubernetesApi, name: string): Promise<string | undefined> {
  return (await api.get({ kind: kinds.tenant, namespace: NAMESPACE, name }))?.metadata.resourceVersion;
}

describe('declaring to the hub', () => {
  it('creates what is not there, and nothing more the second time', async () => {
    const first = await applied(files);
    const before = await versionOf(hub, 'acme');
    const second = await applied(files);
    expect(first['created']).toHaveLength(51);
    expect(Object.keys(first)).toEqual(['created']);
    expect(Object.keys(second)).toEqual(['unchanged']);
    expect(await versionOf(hub, 'acme')).toBe(before);
  });

  it('changes what is declared otherwise, and that alone', async () => {
    await applied(files);
    const outcomes = await applied(edited('waves/fleet.yaml', 'weight: 5200', 'weight: 5300'));
    expect(outcomes['changed']).toEqual(['Tenant/acme']);
    const acme = await hub.get({ kind: kinds.tenant, namespace: NAMESPACE, name: 'acme' });
    expect(acme?.['spec']).toMatchObject({ weight: 5300 });
  });

  it('reads a file together with what the hub has', async () => {
    await applied(files);
    const path = 'one.yaml';
    const text =
      'apiVersion: tidegate.dev/v1alpha1\nkind: Pool\nmetadata: { name: more }\nspec: { cluster: shared-eu, namespace: more }\n';
    expect(await applied([{ path, text }])).toEqual({ created: ['Pool/more'] });
  });

  it('changes nothing when anything is wrong', async () => {
    const wrong = edited('waves/fleet.yaml', 'cluster: acme-prod, namespace', 'cluster: acme-prd, namespace');
    await expect(applied(wrong)).rejects.toThrow(InvalidInput);
    expect((await hub.list(kinds.tenant, { namespace: NAMESPACE })).items).toEqual([]);
  });

  it('changes nothing when the API server refuses one of many', async () => {
    const faulty: KubernetesApi = {
      ...hub,
      apply: (object, kind, options) =>
        object.metadata.name === 'umbrella' ? Promise.reject(new Error('forbidden')) : hub.apply(object, kind, options),
    };
    await expect(checkDeclarations(faulty, NAMESPACE, files)).rejects.toThrow('forbidden');
    expect((await hub.list(kinds.tenant, { namespace: NAMESPACE })).items).toEqual([]);
  });

  it('refuses a document of another namespace', async () => {
    const elsewhere = edited('waves/storefront.yaml', '{ name: storefront }', '{ name: storefront, namespace: shop }');
    await expect(checkDeclarations(hub, NAMESPACE, elsewhere)).rejects.toThrow(
      "waves/storefront.yaml:4:42 metadata.namespace: the hub's objects are in tidegate-system, not in shop",
    );
  });

  it('leaves releases to be started', async () => {
    const release = await readFiles(['waves/releases/storefront-4.12.0.yaml']);
    const { left } = await checkDeclarations(hub, NAMESPACE, [...files, ...release]);
    expect(left).toEqual([
      { kind: 'Release', name: 'storefront-4.12.0', next: 'start it with tidegate release start -f FILE' },
    ]);
    expect((await hub.list(kinds.release, { namespace: NAMESPACE })).items).toEqual([]);
  });

  it('tells of objects in the hub that cannot be read, unless the files mend them', async () => {
    await applied(files);
    // only our own reader refuses it: no schema of a definition can say what may be filled in
    const spec = { url: 'http://a', matchers: { team: '${tenant.name}' }, labels: { tenant: 'id' } };
    const metadata = { name: 'odd', namespace: NAMESPACE };
    const odd = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'MetricSource', metadata, spec };
    await hub.apply(odd, kinds.metricSource, write);
    const before = await checkDeclarations(hub, NAMESPACE, files);
    const text =
      'apiVersion: tidegate.dev/v1alpha1\nkind: MetricSource\nmetadata: { name: odd }\nspec: { url: "http://a", scrapeInterval: 1s, labels: { tenant: id } }\n';
    const after = await checkDeclarations(hub, NAMESPACE, [...files, { path: 'odd.yaml', text }]);
    expect(before.unreadable).toEqual([expect.stringContaining('MetricSource/odd spec.matchers.team: ')]);
    expect(after.unreadable).toEqual([]);
  });
});

describe('installing', () => {
  it('changes nothing the second time', async () => {
    const outcomes = await install(hub, createVirtualClock(), installedObjects(NAMESPACE));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
    expect(outcomes).toHaveLength(24);
  });
});
