import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installedLabels } from '../../src/cli/shipped-objects.ts';
import { mayUser } from '../../src/ports/access-review.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { IMAGE, type InstallLab, namesOf, startInstallLab } from './install-lab.ts';

const lab = inject('lab');
const NAMESPACE = 'tidegate-system';
/** What roles say holds a moment later. */
const POLL = { timeout: 20_000, interval: 200 };
const RELEASE = 'storefront-4.14.0';
const PEOPLE = ['fleet-editor', 'ci', 'approver', 'release-manager', 'viewer'].map((name) => `Role/tidegate-${name}`);
const DAEMON = ['Deployment', 'PodDisruptionBudget', 'NetworkPolicy', 'Service'].map((kind) => `${kind}/tidegate`);
const RIGHTS = ['RoleBinding/tidegate-hub', 'Role/tidegate-hub'];
const POLICY = ['ValidatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy'].map(
  (kind) => `${kind}/tidegate-own-name`,
);

/** Two hubs and a target in one cluster, with a release on its way; they go one after the other. */
describe.skipIf(lab === null)('uninstalling', () => {
  let world: InstallLab;

  beforeAll(async () => {
    world = await startInstallLab();
    await world.tidegate('install', '--image', IMAGE);
    await world.tidegate('install', '--target');
    await world.tidegate('install', '-n', 'second');
    await world.tidegate('apply', '-f', 'waves');
    await world.kubectl('-n', NAMESPACE, 'apply', '-f', `waves/releases/${RELEASE}.yaml`);
    const status = ['--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Progressing"}}'];
    await world.kubectl('-n', NAMESPACE, 'patch', 'release', RELEASE, ...status);
    await world.kubectl('-n', NAMESPACE, 'create', 'rolebinding', 'ada', '--role=tidegate-approver', '--user=ada');
    await world.kubectl('create', 'namespace', 'shop');
    await world.apply(rollout, 'somebody');
    await world.kubectl(
      '-n',
      'shop',
      'wait',
      'rollout/shop',
      '--for=jsonpath={.status.phase}=Healthy',
      '--timeout=90s',
    );
  });

  afterAll(() => world?.stop());

  const declared = async () =>
    (await world.kubectl('get', 'tidegate', '-n', NAMESPACE, '-o', 'name')).trimEnd().split('\n').sort();
  const live = async () => {
    const { metadata, spec, status } = (await world.get(
      '-n',
      'shop',
      'rollout',
      'shop',
    )) as unknown as KubernetesObject;
    return { uid: metadata.uid, generation: metadata.generation, spec, phase: (status as { phase: string }).phase };
  };
  const daemon = { name: `system:serviceaccount:${NAMESPACE}:tidegate`, groups: [] };
  const may = (verb: string, group: string, resource: string) =>
    expect.poll(async () => {
      const answer = await mayUser(world.api, daemon, { verb, group, resource, namespace: NAMESPACE });
      return answer.allowed;
    }, POLL);

  test('says what would go, and removes nothing', async () => {
    const before = await world.kubectl('get', 'all,roles,rolebindings,serviceaccounts', '-n', NAMESPACE, '-o', 'name');
    const told = await world.told('uninstall', '--dry-run');
    expect(namesOf(told, 'removed')).toEqual([...DAEMON, ...PEOPLE, ...RIGHTS]);
    const { stdout } = await world.tidegate('uninstall', '--dry-run');
    expect(stdout).toContain('Deployment/tidegate would be removed');
    expect(await world.kubectl('get', 'all,roles,rolebindings,serviceaccounts', '-n', NAMESPACE, '-o', 'name')).toBe(
      before,
    );
  });

  test('and upgrading leave what is for the whole cluster to a second installation, which may be newer', async () => {
    const metadata = { name: 'tidegate-newer', labels: installedLabels };
    await world.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules: [] });
    expect(namesOf(await world.told('install', '--image', IMAGE), 'removed')).toEqual([]);
    expect(namesOf(await world.told('uninstall', '--dry-run'), 'removed')).not.toContain('ClusterRole/tidegate-newer');
  });

  test('takes the daemon and the rights; leaves the kinds, what is declared, Rollouts, and what others in the cluster need', async () => {
    const [things, shop] = [await declared(), await live()];
    expect(things.length).toBeGreaterThan(50);
    const { stdout, stderr } = await world.tidegate('uninstall');
    for (const name of [...DAEMON, ...PEOPLE, ...RIGHTS]) expect(stdout).toContain(`${name} removed`);
    for (const name of POLICY)
      expect(stdout).toContain(`${name} stays: it is needed for the installation in namespace second`);
    expect(stdout).toContain('ServiceAccount/tidegate stays: it is needed for releases to this cluster');
    expect(stdout).toContain(
      `left: 13 kinds, ${things.length} objects of them in ${NAMESPACE}, and every Rollout as it is`,
    );
    expect(stdout).toContain(`kubectl delete namespace ${NAMESPACE}`);
    expect(stderr).toContain(`warning: release ${RELEASE} is under way`);
    await world.kubectl('-n', NAMESPACE, 'wait', 'pods', '--all', '--for=delete', '--timeout=60s');
    expect(await declared()).toEqual(things);
    expect(await live()).toEqual(shop);
    await may('list', 'tidegate.dev', 'releases').toBe(false);
    await may('patch', 'argoproj.io', 'rollouts').toBe(true);
    expect(await world.get('-n', NAMESPACE, 'rolebinding', 'ada')).toBeDefined();
  });

  test('of the target takes the rights there, and the account that nobody needs any more', async () => {
    const gone = namesOf(await world.told('uninstall', '--target'), 'removed');
    expect(gone).toContain('ClusterRoleBinding/tidegate-target');
    expect(gone).toContain('ClusterRole/tidegate-target');
    expect(gone).toContain('ServiceAccount/tidegate');
    await may('patch', 'argoproj.io', 'rollouts').toBe(false);
    for (const role of [[], ['--target']])
      expect((await world.tidegate('uninstall', ...role)).stdout).toMatch(
        /nothing is installed here|needed for the installation in namespace second/,
      );
  });

  test('of the last hub takes the policy too', async () => {
    const gone = namesOf(await world.told('uninstall', '-n', 'second'), 'removed');
    expect(gone).toEqual(['ClusterRole/tidegate-newer', ...POLICY, ...PEOPLE, ...RIGHTS, 'ServiceAccount/tidegate']);
    expect((await world.tidegate('uninstall')).stdout).toContain('nothing is installed here');
  });

  test('is undone by another installation: what was declared is still there', async () => {
    const things = await declared();
    await world.tidegate('install', '--image', IMAGE);
    expect(await declared()).toEqual(things);
    const rollout = await world.kubectl('-n', NAMESPACE, 'rollout', 'status', 'deployment/tidegate', '--timeout=90s');
    expect(rollout).toContain('successfully rolled out');
    await may('list', 'tidegate.dev', 'releases').toBe(true);
  });

  test('what it says removes the rest, and Rollouts outlive that too', async () => {
    const shop = await live();
    const { stdout } = await world.tidegate('uninstall');
    const commands = [...stdout.matchAll(/: kubectl (delete .*)$/gm)].map(([, command]) => command!.split(' '));
    expect(commands).toHaveLength(2);
    for (const command of commands) await world.kubectl(...command, '--timeout=90s');
    expect(await world.kubectl('get', 'crd', '-o', 'name')).not.toContain('tidegate.dev');
    expect(await world.api.get({ kind: kinds.namespace, namespace: null, name: NAMESPACE })).toBeUndefined();
    expect((await world.tidegate('uninstall')).stdout).toContain(
      'nothing is installed here\nleft: every Rollout as it is',
    );
    expect(await live()).toEqual(shop);
  });
});

const rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' } },
      spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
    },
    strategy: { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } },
  },
};
