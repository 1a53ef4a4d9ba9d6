import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl } from '../../lab/kubectl.ts';
import { daemonRights, type Right } from '../../src/cli/shipped-objects.ts';
import { TerminalError } from '../../src/domain/errors.ts';
import { mayI, mayUser, whoAmI } from '../../src/ports/access-review.ts';
import { type ConnectedLab, connectLab } from './connected-lab.ts';
import { type Call, hubCalls, prepareCalls, targetCalls } from './rights/calls.ts';
import { installRole } from './rights/installed.ts';
import { type LabUser, logIn, newUser } from './service-account.ts';

const lab = inject('lab');

const spell = ({ verb, group, resource, subresource }: Right) =>
  `${verb} ${resource}${subresource === null ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;

describe.skipIf(lab === null)('the rights that are shipped, under RBAC', () => {
  let connected: ConnectedLab;
  /** Hub and target at once. */
  let namespace: string;
  let daemon: LabUser;
  let stranger: LabUser;

  beforeAll(async () => {
    connected = await connectLab(lab);
    namespace = await connected.namespace('rights');
    await installRole(connected, namespace, 'hub');
    await installRole(connected, namespace, 'target');
    daemon = await logIn(lab!, namespace, 'tidegate');
    stranger = await newUser(lab!, namespace);
    await prepareCalls(connected.api, namespace);
  });

  afterAll(async () => {
    await Promise.all([daemon.stop(), stranger.stop(), connected.api.close()]);
  });

  describe.each([
    ['hub', hubCalls],
    ['target', targetCalls],
  ] as const)('in a %s', (role, calls) => {
    test('each right is one that a call of the daemon takes, and no call goes without', () => {
      expect([...new Set(calls.map(({ right }) => right))].sort()).toEqual(daemonRights(role).map(spell).sort());
    });

    test.each(calls)('the daemon may $right', async ({ perform }: Call) => {
      await perform(daemon.api, namespace);
    });

    test.each(calls)('an account without the role may not $right, and is told so', async ({ right, perform }: Call) => {
      const refused = perform(stranger.api, namespace);
      await expect(refused).rejects.toBeInstanceOf(TerminalError);
      await expect(refused).rejects.toThrow(`not allowed (403)`);
      // a server-side apply is asked for the right to patch first, be the object there or not
      const missing = right.replace(/^create (analysistemplates|poddisruptionbudgets)/, 'patch $1');
      const [verb, resource = ''] = missing.split(' ');
      await expect(refused).rejects.toThrow(
        `grant ${verb} on ${resource.replace(/^(\w+)\/status(.*)$/, '$1$2/status')}`,
      );
    });
  });

  describe('the daemon may not', () => {
    test.each([
      ['delete', 'rollouts', 'argoproj.io', null],
      ['update', 'services', '', null],
      ['patch', 'services', '', null],
      ['create', 'pods', '', null],
      ['delete', 'pods', '', null],
      ['patch', 'replicasets', 'apps', null],
      ['get', 'configmaps', '', null],
      ['list', 'secrets', '', null],
      ['create', 'secrets', '', null],
      ['create', 'approvals', 'tidegate.dev', null],
      ['create', 'rollbacks', 'tidegate.dev', null],
      ['delete', 'freezes', 'tidegate.dev', null],
      ['patch', 'releases', 'tidegate.dev', null],
      ['delete', 'releases', 'tidegate.dev', null],
      ['patch', 'planslices', 'tidegate.dev', null],
      ['delete', 'planslices', 'tidegate.dev', null],
      ['patch', 'waveplans', 'tidegate.dev', null],
      ['get', 'secrets', '', 'kube-system'],
      ['list', 'releases', 'tidegate.dev', 'kube-system'],
      ['patch', 'leases', 'coordination.k8s.io', 'kube-system'],
    ])('%s %s.%s (elsewhere: %s)', async (verb, resource, group, elsewhere) => {
      const access = { verb, resource, group, namespace: elsewhere ?? namespace };
      expect(await mayI(daemon.api, access)).toMatchObject({ allowed: false });
    });
  });

  describe('no role for people is a way to more', () => {
    const beyond = [
      ['get', 'secrets', ''],
      ['list', 'secrets', ''],
      ['create', 'serviceaccounts/token', ''],
      ['create', 'pods', ''],
      ['create', 'pods/exec', ''],
      ['create', 'rolebindings', 'rbac.authorization.k8s.io'],
      ['patch', 'rolebindings', 'rbac.authorization.k8s.io'],
      ['patch', 'roles', 'rbac.authorization.k8s.io'],
      ['bind', 'roles', 'rbac.authorization.k8s.io'],
      ['escalate', 'roles', 'rbac.authorization.k8s.io'],
      ['impersonate', 'serviceaccounts', ''],
      ['patch', 'leases', 'coordination.k8s.io'],
      ['patch', 'releases', 'tidegate.dev'],
      ['delete', 'releases', 'tidegate.dev'],
      ['patch', 'releases/status', 'tidegate.dev'],
      ['patch', 'approvals', 'tidegate.dev'],
      ['create', 'planslices', 'tidegate.dev'],
      ['create', 'waveruns', 'tidegate.dev'],
      ['patch', 'waveruns/status', 'tidegate.dev'],
      ['create', 'rollouts', 'argoproj.io'],
    ] as const;

    test.each([
      'Role/tidegate-viewer',
      'Role/tidegate-release-manager',
      'Role/tidegate-approver',
      'Role/tidegate-ci',
      'Role/tidegate-fleet-editor',
      'ClusterRole/tidegate-ci',
      'ClusterRole/tidegate-adopter',
    ])('%s', async (role) => {
      const person = await newUser(lab!, namespace, role);
      const user = await whoAmI(person.api);
      const may = async (verb: string, path: string, group: string, place = namespace) => {
        const [resource = '', subresource] = path.split('/');
        const access = {
          verb,
          resource,
          group,
          namespace: place,
          ...(subresource === undefined ? {} : { subresource }),
        };
        return (await mayUser(connected.api, user, access)).allowed;
      };
      const allowed: string[] = [];
      for (const [verb, path, group] of beyond) if (await may(verb, path, group)) allowed.push(`${verb} ${path}`);
      expect(allowed).toEqual([]);
      expect(await may('list', 'releases', 'tidegate.dev', 'default')).toBe(false);

      expect(await may('list', 'webhooks', 'tidegate.dev')).toBe(role === 'Role/tidegate-fleet-editor');
      await person.stop();
    });

    test('nobody but the daemon is bound to anything by an installation', async () => {
      const subjects = await kubectl(lab!.kubectlPath, lab!.kubeconfigPath, [
        'get',
        'rolebindings,clusterrolebindings',
        '-n',
        namespace,
        '-l',
        'app.kubernetes.io/part-of=tidegate',
        '-o',
        'jsonpath={range .items[*]}{.roleRef.name} {.subjects[*].name}{"\\n"}{end}',
      ]);
      const bound = subjects.trim().split('\n').sort();
      expect(new Set(bound)).toEqual(new Set(['tidegate-hub tidegate', 'tidegate-target tidegate']));
    });
  });
});
