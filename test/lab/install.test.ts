import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { daemonObjects } from '../../src/cli/installed-daemon.ts';
import { installedObjects } from '../../src/cli/installed-objects.ts';
import { installedLabels } from '../../src/cli/shipped-objects.ts';
import { kinds } from '../../src/ports/kinds.ts';
import type { KubernetesObject } from '../../src/ports/kubernetes-api.ts';
import { codeBlocks, readDocs } from '../docs/read-docs.ts';
import { say } from '../unit/cli/fake-context.ts';
import { IMAGE, type InstallLab, namesOf, startInstallLab } from './install-lab.ts';

const lab = inject('lab');
const NAMESPACE = 'tidegate-system';
const WITH_DAEMON = ['install', '--image', IMAGE];
const ENFORCED = 'pod-security.kubernetes.io/enforce';
const choice = { image: IMAGE, replicas: 2, serviceMonitor: false };

/** One installation from its first day to its last; each test goes on where the one before it ended. */
describe.skipIf(lab === null)('an installation', () => {
  let world: InstallLab;

  beforeAll(async () => {
    world = await startInstallLab();
  });

  afterAll(() => world?.stop());

  const meant = () => installedObjects(NAMESPACE, 'hub', choice) as unknown as readonly KubernetesObject[];
  const deployed = () =>
    world.get('-n', NAMESPACE, 'deployment', 'tidegate') as Promise<unknown> as Promise<Deployment>;
  const rollout = () => world.kubectl('-n', NAMESPACE, 'rollout', 'status', 'deployment/tidegate', '--timeout=90s');

  test('writes everything, and a second time nothing', async () => {
    const first = await world.told(...WITH_DAEMON);
    expect(namesOf(first, 'created')).toEqual(meant().map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    const second = await world.told(...WITH_DAEMON);
    expect(namesOf(second, 'unchanged')).toHaveLength(meant().length);
    expect(second).toHaveLength(meant().length);
  });

  test('prints what a strict API server finds just as it is', async () => {
    const { stdout } = await say(...WITH_DAEMON, '--dry-run', '-o', 'json');
    const { objects } = JSON.parse(stdout) as { readonly objects: readonly object[] };
    expect(objects).toEqual(meant());
    const flags = ['--server-side', '--field-manager', 'tidegate', '--dry-run=server', '--validate=strict'];
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    expect(await world.kubectlWith(list, 'diff', '--server-side', '--field-manager', 'tidegate', '-f', '-')).toBe('');
    const applied = await world.kubectlWith(list, 'apply', ...flags, '-f', '-');
    expect(applied.trimEnd().split('\n')).toHaveLength(meant().length);
  });

  test('runs two daemons, which the namespace takes as restricted', async () => {
    expect(await rollout()).toContain('successfully rolled out');
    const { spec } = await deployed();
    const template = spec.template as unknown as { metadata: object; spec: PodSpec };
    const pod = (podSpec: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name: 'by-hand', namespace: NAMESPACE },
      spec: podSpec,
    });
    const create = ['create', '--dry-run=server', '-f', '-'];
    expect(await world.kubectlWith(pod(template.spec), ...create)).toContain('pod/by-hand created');
    const [container] = template.spec.containers;
    for (const [field, value] of Object.entries({
      allowPrivilegeEscalation: true,
      capabilities: { drop: [] },
      runAsUser: 0,
    })) {
      const weaker = { ...container, securityContext: { ...container!.securityContext, [field]: value } };
      const refused = world.kubectlWith(pod({ ...template.spec, containers: [weaker] }), ...create);
      await expect(refused, field).rejects.toThrow('violates PodSecurity "restricted:latest"');
    }
  });

  test('is brought to another image, one daemon after the other', async () => {
    const other = IMAGE.replace('9.9.9', '9.9.10');
    expect(namesOf(await world.told('install', '--image', other, '--replicas', '3'), 'changed')).toEqual([
      'Deployment/tidegate',
    ]);
    expect(await rollout()).toContain('successfully rolled out');
    expect((await deployed()).spec).toMatchObject({
      replicas: 3,
      template: { spec: { containers: [{ image: other }] } },
    });
    await world.told(...WITH_DAEMON);
    expect((await deployed()).spec).toMatchObject({ replicas: 2 });
  });

  test('keeps what the people of the platform added to it', async () => {
    await world.kubectl('-n', NAMESPACE, 'set', 'env', 'deployment/tidegate', 'TIDEGATE_LOG_LEVEL=debug');
    const secrets = JSON.stringify({ imagePullSecrets: [{ name: 'pull' }] });
    await world.kubectl('-n', NAMESPACE, 'patch', 'serviceaccount', 'tidegate', '-p', secrets);
    await world.kubectl('label', 'namespace', NAMESPACE, 'team=platform');
    const priority = JSON.stringify({ spec: { template: { spec: { priorityClassName: 'system-cluster-critical' } } } });
    await world.kubectl('-n', NAMESPACE, 'patch', 'deployment', 'tidegate', '-p', priority);
    const again = await world.told(...WITH_DAEMON);
    expect(namesOf(again, 'unchanged')).toHaveLength(meant().length);
    const { spec } = (await deployed()).spec.template;
    expect(spec).toMatchObject({ priorityClassName: 'system-cluster-critical' });
    const { env } = spec.containers[0]!;
    expect(env).toContainEqual({ name: 'TIDEGATE_LOG_LEVEL', value: 'debug' });
    expect(await world.get('-n', NAMESPACE, 'serviceaccount', 'tidegate')).toMatchObject({
      imagePullSecrets: [{ name: 'pull' }],
    });
    expect(await world.get('namespace', NAMESPACE)).toMatchObject({
      metadata: { labels: { team: 'platform', 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
  });

  test('takes beside it the policy for what goes out that the documentation has', async () => {
    const { text } = readDocs().find(({ path }) => path === 'docs/install.md')!;
    const [policy] = codeBlocks(text, 'yaml').map((block) => parse(block) as KubernetesObject);
    expect(policy).toMatchObject({ kind: 'NetworkPolicy', spec: { policyTypes: ['Egress'] } });
    await world.kubectlWith(policy!, 'create', '--validate=strict', '-f', '-');
    const shipped = await world.get('-n', NAMESPACE, 'networkpolicy', 'tidegate');
    const selected = (object: Record<string, unknown>) => (object['spec'] as { podSelector: object }).podSelector;
    expect(selected(policy! as unknown as Record<string, unknown>)).toEqual(selected(shipped));
    expect(namesOf(await world.told(...WITH_DAEMON), 'removed')).toEqual([]);
  });

  test('may be hub and target in one cluster: neither takes from the other', async () => {
    await world.told('install', '--target');
    expect(new Set((await world.told('install', '--target')).map(({ outcome }) => outcome))).toEqual(
      new Set(['unchanged']),
    );
    expect(namesOf(await world.told(...WITH_DAEMON), 'unchanged')).toHaveLength(meant().length);
  });

  test('is upgraded from an older version: what changed is written anew, what is gone is removed, what is not ours stays', async () => {
    await makeOlder(world);
    const upgraded = await world.told(...WITH_DAEMON);
    expect([...namesOf(upgraded, 'changed')].sort()).toEqual([
      'CustomResourceDefinition/tenants.tidegate.dev',
      'Deployment/tidegate',
      'Namespace/tidegate-system',
      'Role/tidegate-hub',
      'ServiceAccount/tidegate',
    ]);
    expect([...namesOf(upgraded, 'removed')].sort()).toEqual([
      'ClusterRole/tidegate-older',
      'ClusterRoleBinding/tidegate-older',
      'Role/tidegate-older',
      'Service/tidegate-older',
    ]);
    expect(namesOf(await world.told(...WITH_DAEMON), 'unchanged')).toHaveLength(meant().length);
    const rules = meant().find(({ metadata }) => metadata.name === 'tidegate-hub')?.['rules'];
    expect((await world.get('-n', NAMESPACE, 'role', 'tidegate-hub'))['rules']).toEqual(rules);
    for (const stays of [
      ['-n', NAMESPACE, 'role', 'of-a-person'],
      ['-n', 'elsewhere', 'role', 'tidegate-older'],
      ['clusterrolebinding', 'tidegate-older-elsewhere'],
    ])
      expect(await world.get(...stays), stays.join(' ')).toBeDefined();
  });

  test('without a word on the daemon leaves it, with --without-daemon takes out it and nothing else', async () => {
    const { stdout } = await world.tidegate('install');
    expect(stdout).toContain('Deployment/tidegate left as it is');
    expect(stdout).not.toContain('removed');
    const without = await world.told('install', '--without-daemon');
    expect([...namesOf(without, 'removed')].sort()).toEqual(
      daemonObjects(NAMESPACE, choice)
        .map((object) => `${object['kind'] as string}/tidegate`)
        .sort(),
    );
    expect((await world.tidegate('install')).stdout).not.toContain('Deployment/');
    await world.told(...WITH_DAEMON);
  });

  test('tells the Prometheus operator where there is one, and takes that back', async () => {
    const { stdout } = await world.tidegate(...WITH_DAEMON, '--service-monitor');
    expect(stdout).toContain('ServiceMonitor/tidegate left out: this API server does not have its kind');
    await world.apply(serviceMonitorDefinition);
    await world.kubectl(
      'wait',
      'crd/servicemonitors.monitoring.coreos.com',
      '--for=condition=Established',
      '--timeout=30s',
    );
    const again = await world.told(...WITH_DAEMON, '--service-monitor');
    expect(namesOf(again, 'created')).toEqual(['ServiceMonitor/tidegate']);
    expect(namesOf(await world.told(...WITH_DAEMON), 'removed')).toEqual(['ServiceMonitor/tidegate']);
  });

  test('does not hold others to restricted pods, unless that is said', async () => {
    const spec = {
      containers: [{ name: 'app', image: 'registry.example/app:1', securityContext: { privileged: true } }],
    };
    await world.kubectl('create', 'namespace', 'crowded');
    const metadata = { name: 'privileged', namespace: 'crowded' };
    await world.kubectlWith({ apiVersion: 'v1', kind: 'Pod', metadata, spec }, 'create', '-f', '-');
    for (const role of [[], ['--target']])
      await expect(world.tidegate('install', ...role, '-n', 'crowded')).rejects.toThrow(
        'pod privileged and what else runs there would be held to restricted Pod Security',
      );
    expect(await world.get('namespace', 'crowded')).not.toHaveProperty(['metadata', 'labels', ENFORCED]);
    await world.kubectl('label', 'namespace', 'crowded', `${ENFORCED}=restricted`);
    expect(namesOf(await world.told('install', '-n', 'crowded'), 'created')).toContain('Role/tidegate-hub');
  });

  test('that belongs to Helm is left to Helm', async () => {
    const annotations = { 'meta.helm.sh/release-name': 'gate' };
    const metadata = {
      name: 'tidegate',
      namespace: 'elsewhere',
      annotations,
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    };
    await world.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, 'helm');
    for (const command of [WITH_DAEMON, ['uninstall']])
      await expect(world.tidegate(...command, '-n', 'elsewhere')).rejects.toThrow('belongs to the Helm release gate');
    expect(await world.api.list(kinds.service, { namespace: 'elsewhere' })).toMatchObject({ items: [] });
  });
});

interface PodSpec {
  readonly containers: readonly { readonly env: readonly object[]; readonly securityContext: object }[];
}

interface Deployment {
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

const RBAC = { apiVersion: 'rbac.authorization.k8s.io/v1' };

/** What an older version would have left: other rights, another field, objects that are not shipped any more, and things of others beside them. */
async function makeOlder(world: InstallLab): Promise<void> {
  await world.kubectl('create', 'namespace', 'elsewhere');
  const labels = installedLabels;
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
  const older = { name: 'tidegate-older', labels };
  const here = { ...older, namespace: NAMESPACE };
  const bound = (namespace: string) => ({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'tidegate-older' },
    subjects: [{ kind: 'ServiceAccount', name: 'tidegate', namespace }],
  });
  for (const object of [
    // the first version had neither labels nor Pod Security
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'tidegate', namespace: NAMESPACE } },
    { ...RBAC, kind: 'Role', metadata: { name: 'tidegate-hub', namespace: NAMESPACE, labels }, rules },
    { ...RBAC, kind: 'Role', metadata: here, rules },
    { ...RBAC, kind: 'ClusterRole', metadata: older, rules },
    { ...RBAC, kind: 'ClusterRoleBinding', metadata: older, ...bound(NAMESPACE) },
    { apiVersion: 'v1', kind: 'Service', metadata: here, spec: { ports: [{ port: 80 }], selector: { a: 'b' } } },
    // not ours, or not of this installation
    { ...RBAC, kind: 'Role', metadata: { name: 'of-a-person', namespace: NAMESPACE }, rules },
    { ...RBAC, kind: 'Role', metadata: { ...older, namespace: 'elsewhere' }, rules },
    {
      ...RBAC,
      kind: 'ClusterRoleBinding',
      metadata: { ...older, name: 'tidegate-older-elsewhere' },
      ...bound('elsewhere'),
    },
  ])
    await world.apply(object);
  const args = [{ op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--older' }];
  await world.kubectl('-n', NAMESPACE, 'patch', 'deployment', 'tidegate', '--type=json', '-p', JSON.stringify(args));
  const column = '/spec/versions/0/additionalPrinterColumns/0/name';
  const names = [{ op: 'replace', path: column, value: 'Older' }];
  await world.kubectl('patch', 'crd', 'tenants.tidegate.dev', '--type=json', '-p', JSON.stringify(names));
}

const serviceMonitorDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    names: {
      kind: 'ServiceMonitor',
      listKind: 'ServiceMonitorList',
      plural: 'servicemonitors',
      singular: 'servicemonitor',
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
