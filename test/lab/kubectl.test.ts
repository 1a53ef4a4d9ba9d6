import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { crds } from '../../src/config/crds.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { ResourceKind } from '../../src/ports/kubernetes-api.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { installRole } from './rights/installed.ts';
import { readYamlFolder } from './yaml-folder.ts';

const lab = inject('lab');
const API_VERSION = 'tidegate.dev/v1alpha1';

interface Definition {
  readonly spec: {
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly additionalPrinterColumns: readonly { readonly name: string; readonly priority?: number }[];
    }[];
  };
}

const definitions = (crds() as unknown as readonly Definition[]).map(({ spec }) => ({
  ...spec.names,
  columns: spec.versions[0]!.additionalPrinterColumns.filter(({ priority = 0 }) => priority === 0).map(
    ({ name }) => name,
  ),
}));

const by = 'lab-admin';

/** One object of each kind that the worked example has none of: kubectl shows no header without one. */
const bareObjects: ReadonlyMap<string, object> = new Map([
  ['Approval', { spec: { release: 'r', planHash: 'c0ffee00'.repeat(8), wave: 'free', by } }],
  ['Freeze', { spec: { scope: { all: true }, reason: 'r', by } }],
  ['Rollback', { spec: { release: 'r', scope: 'wave', reason: 'r', by } }],
  ['PlanSlice', { spec: { release: 'r', planHash: 'h', index: 0, count: 1, part: '{}' } }],
  ['Webhook', { spec: { url: 'https://alerts.example.com/tidegate' } }],
  ['WaveRun', { spec: { release: 'r', planHash: 'h', wave: 'free', index: 0 } }],
]);

describe.skipIf(lab === null)('the real kubectl on our kinds', () => {
  let connected: ConnectedLab;
  let namespace: string;

  const run = (parameters: readonly string[], input?: object) =>
    kubectl(lab!.kubectlPath, lab!.kubeconfigPath, ['-n', namespace, ...parameters], input);
  const example = readYamlFolder('waves').flatMap(({ objects }) => objects);
  const releases = readYamlFolder('waves/releases').flatMap(({ objects }) => objects);

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('kubectl');
    await installRole(connected, namespace, 'hub');
    for (const [kind, bare] of bareObjects) {
      const resource = Object.values<ResourceKind>(kinds).find((one) => one.kind === kind)!;
      const object = { apiVersion: API_VERSION, kind, metadata: { name: 'bare', namespace }, ...bare };
      await connected.api.create(object, resource, { fieldManager: 'somebody' });
    }
  });

  afterAll(() => connected.api.close());

  test('apply takes the worked example, and finds it unchanged the second time', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [...example, ...releases] };
    const lines = (text: string) => text.trimEnd().split('\n');
    const first = lines(await run(['apply', '-f', '-'], list));
    expect(first).toHaveLength(list.items.length);
    expect(first.filter((line) => !line.endsWith(' created'))).toEqual([]);
    const before = await versions();
    const second = lines(await run(['apply', '-f', '-'], list));
    // kubectl compares lists with what was applied, and the server has filled in defaults inside of them
    const isFilledIn = (line: string) => line.startsWith('waveplan.') && line.endsWith(' configured');
    expect(second.filter((line) => !line.endsWith(' unchanged') && !isFilledIn(line))).toEqual([]);
    expect(await versions()).toEqual(before);
  });

  test('get shows the columns of every kind', async () => {
    const tables = (await run(['get', definitions.map(({ plural }) => plural).join(',')])).trimEnd().split('\n\n');
    const headers = tables.map((table) => table.split('\n')[0]!.trim().split(/ {2,}/));
    const wanted = definitions.map(({ columns }) => ['NAME', ...columns.map((name) => name.toUpperCase())]);
    expect(headers).toEqual(wanted);
  });

  test('get tidegate lists all that is ours', async () => {
    const names = (await run(['get', 'tidegate', '-o', 'name'])).trimEnd().split('\n');
    expect(names).toHaveLength(example.length + releases.length + bareObjects.size);
    expect(names).toContain('release.tidegate.dev/storefront-4.12.0');
    expect(names).toContain('tenant.tidegate.dev/acme');
  });

  test.each([
    ['release.spec.plan', 'The WavePlan to follow.'],
    ['release.spec.version.images', 'Container to image, pinned by digest.'],
    ['approval.spec.by', 'checked against the authenticated user'],
    ['tenant.spec.hold', 'FIELDS:'],
    ['waveplan.spec.waves', 'maxConcurrency'],
  ])('explain %s tells what it is', async (path, said) => {
    expect((await run(['explain', path])).replaceAll(/\s+/g, ' ')).toContain(said);
  });

  test.each(['apply', 'create'])('%s refuses a field that no schema knows, and names it', async (verb) => {
    const pool = { apiVersion: API_VERSION, kind: 'Pool', metadata: { name: 'odd' } };
    const given = { ...pool, spec: { cluster: 'shared-eu', namespace: 'pool', namspace: 'pool' } };
    await expect(run([verb, '-f', '-'], given)).rejects.toThrow('unknown field "spec.namspace"');
    await expect(run(['get', 'pool', 'odd'])).rejects.toThrow('not found');
  });

  test('apply refuses to change a release, and says what to do instead', async () => {
    const release = releases[0]!;
    const changed = { ...release, spec: { ...(release['spec'] as object), plan: 'another' } };
    await expect(run(['apply', '-f', '-'], changed)).rejects.toThrow(
      'the spec of a Release never changes: create another one',
    );
  });

  test('patch of the spec does not reach the status, nor that of the status the spec', async () => {
    const name = releases[0]!.metadata.name;
    const patch = (...more: readonly string[]) =>
      run(['patch', 'release', name, '--type=merge', '-p', '{"status":{"phase":"Completed"}}', ...more]);
    expect(await patch()).toContain('(no change)');
    expect(await patch('--subresource=status')).toContain('patched');
    const live = await connected.api.get({ kind: kinds.release, namespace, name });
    expect(live).toMatchObject({ metadata: { generation: 1 }, status: { phase: 'Completed' } });
  });

  test('wait waits for a phase', async () => {
    const name = releases[0]!.metadata.name;
    const waited = await run(['wait', `release/${name}`, '--for=jsonpath={.status.phase}=Completed', '--timeout=30s']);
    expect(waited).toContain('condition met');
  });

  /** Names and versions of all that is ours. */
  function versions(): Promise<string> {
    const columns = 'KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion';
    return run(['get', 'tidegate', '-o', `custom-columns=${columns}`]);
  }
});
