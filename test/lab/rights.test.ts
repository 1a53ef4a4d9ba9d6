import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
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

  describe('of people', () => {
    const acts = [
      ['create', 'releases'],
      ['delete', 'releases'],
      ['create', 'freezes'],
      ['delete', 'freezes'],
      ['create', 'rollbacks'],
      ['create', 'approvals'],
      ['patch', 'tenants'],
      ['create', 'clusters'],
      ['patch', 'releases'],
      ['update', 'approvals'],
      ['create', 'planslices'],
      ['patch', 'waveruns'],
    ] as const;

    test.each([
      ['tidegate-viewer', []],
      [
        'tidegate-release-manager',
        ['create releases', 'delete releases', 'create freezes', 'delete freezes', 'create rollbacks'],
      ],
      ['tidegate-approver', ['create approvals']],
      ['tidegate-ci', ['create releases']],
      ['tidegate-fleet-editor', ['patch tenants', 'create clusters']],
    ] as const)('a %s sees all of ours and may %j', async (role, wanted) => {
      const person = await newUser(lab!, namespace, `Role/${role}`);
      const user = await whoAmI(person.api);
      const may = async (verb: string, resource: string, group = 'tidegate.dev', place = namespace) =>
        (await mayUser(connected.api, user, { verb, resource, group, namespace: place })).allowed;
      const allowed: string[] = [];
      for (const [verb, resource] of acts) if (await may(verb, resource)) allowed.push(`${verb} ${resource}`);
      expect(allowed).toEqual(wanted);
      for (const resource of ['releases', 'approvals', 'planslices', 'waveruns', 'tenants'])
        for (const verb of ['get', 'list', 'watch'])
          expect(await may(verb, resource), `${verb} ${resource}`).toBe(true);
      expect(await may('get', 'secrets', '')).toBe(false);
      expect(await may('get', 'releases', 'tidegate.dev', 'default')).toBe(false);
      await person.stop();
    });
  });
});
